"""Checklists: of the shape that readers ask for, and never better than the verdicts."""

import itertools
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from hklint.errors import UsageError
from hklint.run import Run
from hklint.verdict import Explanation, Outcome

Write = Callable[..., list[dict[str, Any]]]
Serving = Callable[..., Run]
TLS, NET, STYLE, STORE = "V-254001", "V-254002", "V-254003", "V-254004"


def rules(checklist: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {rule["group_id"]: rule for stig in checklist["stigs"] for rule in stig["rules"]}


def statuses(checklist: dict[str, Any]) -> dict[str, str]:
    return {group: rule["status"] for group, rule in rules(checklist).items()}


def validator(shape: ModuleType) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(shape.CHECKLIST)


def test_every_case_is_of_the_shape(
    recorded: Run, write: Write, serving: Serving, shape: ModuleType
) -> None:
    for checklist in write(serving(recorded)):
        assert [error.message for error in validator(shape).iter_errors(checklist)] == []


def test_the_shape_refuses_what_is_not_known(
    runs: ModuleType, write: Write, serving: Serving, shape: ModuleType
) -> None:
    """Otherwise the tests above would prove nothing."""
    (checklist,) = write(serving(runs.single()))
    assert not validator(shape).is_valid(checklist | {"colour": "blue"})
    assert not validator(shape).is_valid(checklist | {"cklb_version": "2.0"})
    rule = checklist["stigs"][0]["rules"][0]
    rule["status"] = "NotAFinding"
    assert not validator(shape).is_valid(checklist)


def test_what_every_outcome_becomes(runs: ModuleType, write: Write, serving: Serving) -> None:
    first, second, third = write(serving(runs.fleet()))
    assert statuses(first) == statuses(third)
    assert statuses(first) == {
        TLS: "open",
        NET: "open",
        STYLE: "not_a_finding",
        STORE: "open",
    }
    assert statuses(second) == {
        TLS: "not_reviewed",
        NET: "not_a_finding",
        STYLE: "not_a_finding",
        STORE: "not_applicable",
    }


def test_a_host_that_was_not_reached_is_not_reviewed(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    _, lost = write(serving(runs.not_reached()))
    assert set(statuses(lost).values()) == {"not_reviewed"}
    details = rules(lost)[TLS]["finding_details"]
    assert details.startswith("The host was not reached.\nreason: timed-out")
    assert "this never counts as a pass" in details


def test_a_waived_failure_stays_open_and_says_who_accepted_it(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    first, second, _ = write(serving(runs.waived()))
    net = rules(first)[NET]
    assert net["status"] == "open"
    assert net["comments"].startswith("waived until ")
    assert net["comments"].count("\n") == 0, "the waiver of two verdicts is told once"
    denied = rules(second)[TLS]
    assert denied["status"] == "not_reviewed"
    assert denied["comments"].startswith("waived until ")


WORST = [Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS, Outcome.NOT_APPLICABLE]
WORDS = ["open", "not_reviewed", "not_a_finding", "not_applicable"]


@pytest.mark.parametrize("outcomes", list(itertools.product(WORST, repeat=3)))
def test_the_worst_verdict_of_a_group_decides(
    outcomes: tuple[Outcome, ...], runs: ModuleType, write: Write, serving: Serving
) -> None:
    """Of two instances of a rule and another rule."""
    judged = [
        runs.judged(rule, outcome, wanted="1", found="0", instance=instance, reason="why")
        for outcome, (rule, instance) in zip(
            outcomes,
            [
                ("dotnet-uses-schannel-defaults", "view=64-bit"),
                ("dotnet-uses-schannel-defaults", "view=32-bit"),
                ("values-set-alike", ""),
            ],
            strict=True,
        )
    ]
    run = serving(runs.run([runs.host("ex01", tuple(judged))], 1))
    (checklist,) = write(run)
    net = rules(checklist)[NET]
    assert net["status"] == WORDS[min(map(WORST.index, outcomes))]
    told = [line.partition(":")[0] for line in net["finding_details"].split("\n\n")[1:]]
    by_weight = sorted(outcomes, key=WORST.index)
    assert told == [outcome.value.replace("_", " ") for outcome in by_weight]


def test_details_explain(runs: ModuleType, write: Write, serving: Serving) -> None:
    (checklist,) = write(serving(runs.single()))
    lines = rules(checklist)[TLS]["finding_details"].splitlines()
    assert lines[:4] == [
        "Judged by hklint 0.1.0 on 2026-11-23T10:00:01Z.",
        "",
        f"fail: exchange-store-addins, tls-1.2-client-usable: {runs.RULES[0].title}",
        "expected usable, found blocked",
    ]
    assert any(line.startswith("means: Enabled is 0") for line in lines)


def test_details_are_not_longer_than_readers_keep(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    long = Explanation(read=tuple(f"line {number} " + "x" * 100 for number in range(1000)))
    verdict = runs.judged("store-reachable", Outcome.FAIL, wanted="1", found="0", explanation=long)
    (checklist,) = write(serving(runs.run([runs.host("ex01", (verdict,))], 1)))
    details = rules(checklist)[STORE]["finding_details"]
    assert 29_000 < len(details) < 32_767
    assert details.splitlines()[-1].startswith("... and ")


def test_a_rule_without_a_verdict_is_not_reviewed(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    run = serving(runs.run([runs.host("ex01", (runs.passed("store-reachable"),))], 0))
    (checklist,) = write(run)
    assert statuses(checklist) == dict.fromkeys((TLS, NET, STYLE), "not_reviewed") | {
        STORE: "not_a_finding"
    }


def test_the_same_run_gives_the_same_checklists(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    run = serving(runs.fleet())
    assert write(run) == write(run)
    ids = [checklist["id"] for checklist in write(run)]
    assert len(set(ids)) == len(ids)


def test_without_a_group_of_a_stig_nothing_is_written(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    with pytest.raises(UsageError) as caught:
        write(serving(runs.single(), {}))
    assert str(caught.value) == (
        "cklb: no rule of exchange-store-addins serves a group of a STIG, so a checklist would be "
        "empty; a rule says so with `controls: {stig: [V-...]}`"
    )


def test_hostile_text_is_harmless_and_readable(
    runs: ModuleType, write: Write, serving: Serving
) -> None:
    first, second = write(serving(runs.hostile()))
    shown = "".join(_texts([first, second]))
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert r"\x1b]0;own\x07" in shown
    assert r"\u202e" in rules(first)[TLS]["finding_details"]
    assert len(first["target_data"]["host_name"]) <= 255


def _texts(node: object) -> Iterable[str]:
    match node:
        case str():
            return [node]
        case dict():
            return [text for item in node.items() for part in item for text in _texts(part)]
        case list():
            return [text for item in node for text in _texts(item)]
        case _:
            return []


def test_a_host_without_a_name_gets_one(runs: ModuleType, write: Write, serving: Serving) -> None:
    """STIG Manager refuses a checklist of no host."""
    (checklist,) = write(serving(runs.run([runs.host("", runs.ALL_PASS)], 0)))
    assert checklist["title"] == checklist["target_data"]["host_name"] == "localhost"
