"""A checklist of the user's own: what rules serve is filled in, and other files are refused."""

import copy
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from hklint.errors import UsageError
from hklint.run import Run
from hklint_reports.cklb import prepare

Write = Callable[..., list[dict[str, Any]]]
Serving = Callable[..., Run]
TLS, NET, STORE = "V-254001", "V-254002", "V-254004"


def rules(checklist: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["group_id"]: rule for stig in checklist["stigs"] for rule in stig["rules"]}


def statuses(checklist: dict[str, Any]) -> dict[str, str]:
    return {group: rule["status"] for group, rule in rules(checklist).items()}


def validator(shape: ModuleType) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(shape.CHECKLIST)


def test_a_filled_checklist_is_of_the_shape_as_well(
    recorded: Run, write: Write, serving: Serving, shape: ModuleType
) -> None:
    blank = shape.checklist(shape.rule(254001), shape.rule(254099))
    for checklist in write(serving(recorded), blank):
        assert [error.message for error in validator(shape).iter_errors(checklist)] == []


def test_the_users_checklist_keeps_what_no_rule_serves(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    mine = shape.rule(254099, status="not_a_finding", comments="Seen by me.", finding_details="ok")
    overridden = shape.rule(
        254001,
        severity="high",
        overrides={"severity": {"severity": "low", "reason": "There is a firewall."}},
        comments="Ask Dana.",
    )
    blank = shape.checklist(overridden, mine, role="Member Server", technology_area="Exchange")
    blank["evaluate-stig"] = {"version": "1.2510.0"}
    (checklist,) = write(serving(runs.single()), blank)
    filled, other = checklist["stigs"][0]["rules"]
    assert other == mine
    changed = {key for key in filled if filled[key] != overridden[key]}
    assert changed == {"status", "finding_details"}
    assert {key for key in checklist if checklist[key] != blank[key]} == {
        "title",
        "id",
        "stigs",
        "target_data",
    }
    assert checklist["target_data"] == blank["target_data"] | {
        "host_name": "ex01",
        "fqdn": "ex01.corp.example",
    }


def test_a_group_without_a_verdict_stays_as_it_is(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    mine = shape.rule(254001, status="open", comments="By hand.")
    run = serving(runs.run([runs.host("ex01", (runs.passed("store-reachable"),))], 0))
    (checklist,) = write(run, shape.checklist(mine, shape.rule(254004)))
    assert rules(checklist)[TLS] == mine
    assert rules(checklist)[STORE]["status"] == "not_a_finding"


def test_a_review_by_hand_does_not_outlive_doubt(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    """An unknown verdict never leaves Not a Finding behind."""
    blank = shape.checklist(shape.rule(254001, status="not_a_finding"))
    _, second, _ = write(serving(runs.fleet()), blank)
    assert statuses(second) == {TLS: "not_reviewed"}


def test_comments_are_kept_and_a_waiver_is_told_once(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    blank = shape.checklist(shape.rule(254002, comments="Ask Dana."))
    first = write(serving(runs.waived()), blank)[0]
    again = write(serving(runs.waived()), first)[0]
    comment = rules(first)[NET]["comments"]
    assert comment.splitlines()[0] == "Ask Dana."
    assert len(comment.splitlines()) == 2
    assert rules(again)[NET]["comments"] == comment


def test_an_address_of_another_host_does_not_stay(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    known = {"ip_address": "192.0.2.1", "mac_address": "00:00:5e:00:53:01"}
    blank = shape.checklist(shape.rule(254001), host_name="EX01", **known)
    first, second, _ = write(serving(runs.fleet()), blank)
    assert first["target_data"].items() >= known.items()
    assert second["target_data"].items() >= dict.fromkeys(known, "").items()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "the checklist is no JSON: Expecting property name"),
        ('{"a": NaN}', "the checklist is no JSON: NaN is no number of JSON"),
        ('{"a": ' + "9" * 5000 + "}", "the checklist is no JSON: Exceeds the limit"),
        ("\ufeff <?xml version='1.0'?><CHECKLIST/>", "the checklist is XML, as STIG Viewer 2"),
        ("[" * 60 + "]" * 60, "the checklist is nested more than 50 levels deep"),
        ("[" * 100_000, "the checklist is nested more than 50 levels deep"),
        ("[]", "this is no checklist of STIG Viewer 3: the checklist is no object"),
        ("{}", "this is no checklist of STIG Viewer 3: stigs is no list"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_checklist_is_refused(
    text: str, said: str, runs: ModuleType, write: Write, serving: Serving
) -> None:
    with pytest.raises(UsageError) as caught:
        write(serving(runs.single()), text)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 300


RULE = ("stigs", 0, "rules", 0)


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ((("stigs",), []), "the checklist has no STIG in it: add one in STIG Viewer"),
        ((("stigs", 0), 1), "stigs[0] is no object"),
        ((("stigs", 0, "rules"), {}), "stigs[0].rules is no list"),
        ((("stigs", 0, "rules"), []), "the checklist has no group of a STIG in it"),
        ((("stigs", 0, "rules", 1), 7), "stigs[0].rules[1] is no object"),
        ((("target_data",), 1), "target_data is no object"),
        (((*RULE, "group_id"), 1), "rules[0].group_id is no text"),
        (((*RULE, "status"), "Open"), "rules[0].status is none of"),
        (((*RULE, "status"), ["open"]), "rules[0].status is none of"),
        (((*RULE, "comments"), None), "rules[0].comments is no text"),
        (((*RULE, "finding_details"), {}), "rules[0].finding_details is no text"),
    ],
)
def test_a_checklist_of_another_shape_is_refused(
    spoiled: tuple[Sequence[Any], object],
    said: str,
    runs: ModuleType,
    write: Write,
    serving: Serving,
    shape: ModuleType,
) -> None:
    place, value = spoiled
    document = copy.deepcopy(shape.checklist(shape.rule(254001), shape.rule(254002)))
    node = document
    for step in place[:-1]:
        node = node[step]
    node[place[-1]] = value
    with pytest.raises(UsageError) as caught:
        write(serving(runs.single()), document)
    assert said in str(caught.value)


def test_a_checklist_that_no_rule_serves_is_refused(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    other = shape.checklist(*map(shape.rule, range(100, 110)))
    with pytest.raises(UsageError) as caught:
        write(serving(runs.single()), other)
    assert str(caught.value) == (
        "the checklist has V-100, V-101, V-102, V-103, V-104 and 5 other groups, and no rule of "
        "this run serves any of these; the rules serve V-254001, V-254002, V-254003, V-254004"
    )


def test_a_checklist_can_be_refused_before_a_host_is_asked(
    runs: ModuleType, serving: Serving
) -> None:
    with pytest.raises(UsageError):
        prepare(serving(runs.single()).header, "{")
