"""OCSF: every event of every case is valid, and says the same as the run."""

import json
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from hklint.controls import CATALOGUES
from hklint.run import Baseline, Control, Gone, Run
from hklint.verdict import Outcome
from hklint_reports.ocsf.events import CLASS, VERSION

Events = Callable[[Run], list[dict[str, Any]]]
CONTROLS = (
    Control("nist-800-53", "SC-8"),
    Control("nist-800-53", "SC-13"),
    Control("cis-controls", "3.10"),
    Control("contoso", "4711"),
)


@pytest.fixture
def events(render: Callable[..., str]) -> Events:
    return lambda run: [json.loads(line) for line in render(run, "ocsf").splitlines()]


@cache
def schema() -> jsonschema_rs.Draft202012Validator:
    """The schema of the class with the profile `host`; it refuses attributes it does not know."""
    maker = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION))
    found = maker.get_class_schema("compliance_finding", profiles=["host"])
    return jsonschema_rs.Draft202012Validator(found)


def mistakes(event: dict[str, Any]) -> list[str]:
    return [f"{error.instance_path}: {error.message}" for error in schema().iter_errors(event)]


def with_controls(run: Run) -> Run:
    """The run with controls on its first rule."""
    (policy,) = run.header.policies
    first = msgspec.structs.replace(policy.rules[0], controls=CONTROLS)
    policy = msgspec.structs.replace(policy, rules=(first, *policy.rules[1:]))
    header = msgspec.structs.replace(run.header, policies=(policy,))
    return Run(header, run.hosts, run.summary)


def of_rule(found: list[dict[str, Any]], rule: str) -> list[dict[str, Any]]:
    return [event for event in found if event.get("unmapped", {}).get("rule") == rule]


def test_every_event_is_valid(recorded: Run, events: Events) -> None:
    found = events(with_controls(recorded))
    assert found
    assert [text for event in found for text in mistakes(event)] == []


def test_the_schema_refuses_what_it_does_not_know(runs: ModuleType, events: Events) -> None:
    """Otherwise the test above would prove nothing."""
    event = events(runs.single())[0]
    assert mistakes(event | {"colour": "blue"})
    assert mistakes(event | {"severity_id": 17})
    assert mistakes({key: value for key, value in event.items() if key != "finding_info"})


def test_identifiers_fit_each_other(recorded: Run, events: Events) -> None:
    for event in events(recorded):
        assert event["class_uid"] == CLASS
        assert event["category_uid"] == CLASS // 1000
        assert event["type_uid"] == CLASS * 100 + event["activity_id"]


def test_what_every_outcome_becomes(runs: ModuleType, events: Events) -> None:
    """compliance.status_id, finding status, severity; shared with the other formats' tables."""
    found = {
        (event["compliance"]["status_code"], "comment" in event): (
            event["compliance"]["status_id"],
            event["status_id"],
            event["severity_id"],
        )
        for event in [*events(runs.waived()), *events(runs.not_reached())]
    }
    assert found == {
        ("pass", False): (1, 99, 1),
        ("fail", False): (3, 1, 4),
        ("fail", True): (3, 3, 4),
        ("unknown", True): (0, 3, 4),
        ("not_applicable", False): (99, 99, 1),
        ("not_reached", False): (0, 1, 0),
    }


def test_a_waiver_is_told(runs: ModuleType, events: Events) -> None:
    waived = [event for event in events(runs.waived()) if "waiver" in event["unmapped"]]
    mark = next(event["unmapped"]["waiver"] for event in waived)
    assert mark.keys() == {"id", "until", "reason", "owner", "approver", "ticket", "place"}
    assert all(event["comment"].startswith("waived until ") for event in waived)


def test_controls(runs: ModuleType, events: Events) -> None:
    run = with_controls(runs.single())
    event = of_rule(events(run), "tls-1.2-client-usable")[0]
    nist, cis = CATALOGUES["nist-800-53"], CATALOGUES["cis-controls"]
    assert event["compliance"]["standards"] == [
        "Exchange can download add-ins from the Microsoft Store 1.0.0",
        "NIST SP 800-53 Revision 5",
        "CIS Controls 8.1",
    ]
    assert event["compliance"]["requirements"] == [
        "NIST SP 800-53 Revision 5 SC-8",
        "NIST SP 800-53 Revision 5 SC-13",
        "CIS Controls 8.1 3.10",
        "contoso 4711",
    ]
    assert event["compliance"]["compliance_standards"] == [
        {"title": nist.title, "src_url": nist.uri},
        {"title": cis.title, "src_url": cis.uri},
    ]
    assert event["remediation"]["cis_controls"] == [{"name": "3.10", "version": "8.1"}]


def test_a_finding_is_the_same_in_the_next_run(runs: ModuleType, events: Events) -> None:
    run = runs.fleet()
    later = msgspec.structs.replace(run.header, started="2027-01-01T00:00:00Z")
    first, second = events(run), events(Run(later, run.hosts, run.summary))
    uids = [event["finding_info"]["uid"] for event in first]
    assert uids == [event["finding_info"]["uid"] for event in second]
    assert len(set(uids)) == len(uids)
    each = [event["metadata"]["uid"] for event in [*first, *second]]
    assert len(set(each)) == len(each)


def test_a_finding_has_the_fingerprint_of_sarif(
    runs: ModuleType, events: Events, render: Callable[..., str]
) -> None:
    run = runs.fleet()
    (log,) = json.loads(render(run, "sarif"))["runs"]
    marks = {result["partialFingerprints"]["policyRuleHost/v1"] for result in log["results"]}
    failed = {
        event["finding_info"]["uid"]
        for event in events(run)
        if event["compliance"]["status_code"] == "fail"
    }
    assert marks == failed


def test_times_are_milliseconds_of_the_host(runs: ModuleType, events: Events) -> None:
    assert {event["time"] for event in events(runs.single())} == {1795428001000}


def test_against_a_baseline(runs: ModuleType, events: Events) -> None:
    """What is there still is an update, what is gone a resolved finding that is closed."""
    run = runs.single()
    (host,) = run.hosts
    known = msgspec.structs.replace(host.verdicts[0], baseline_state="unchanged")
    passed = host.verdicts[3]
    assert passed.outcome is Outcome.PASS
    gone = Gone(passed.policy, passed.rule, passed.instance, passed.title, passed.severity, "pass")
    changed = msgspec.structs.replace(host, verdicts=(known, *host.verdicts[1:]), gone=(gone,))
    header = msgspec.structs.replace(
        run.header, baseline=Baseline("before.jsonl", "2026-11-01T00:00:00Z", 1)
    )
    found = events(Run(header, (changed,), run.summary))
    assert [event["activity_name"] for event in found] == [
        "Update",
        "Create",
        "Create",
        "Close",
        "Create",
    ]
    assert (found[3]["status"], found[3]["compliance"]["status"]) == ("Resolved", "Pass")
    assert [text for event in found for text in mistakes(event)] == []


@pytest.mark.parametrize("name", ["interrupted", "gate-empty"])
def test_a_run_without_an_answer_is_never_all_green(
    name: str, runs: ModuleType, events: Events
) -> None:
    *others, last = events(runs.RUNS[name]())
    assert {event["compliance"]["status_id"] for event in others} <= {1, 99}
    assert last["compliance"]["status_code"] == "run_not_completed"
    assert last["compliance"]["status_id"] == 0
    assert "device" not in last


def test_an_address_is_told(runs: ModuleType, events: Events) -> None:
    host = runs.host("192.0.2.7", runs.ALL_PASS)
    event = events(runs.run([host], 0))[0]
    assert event["device"]["ip"] == "192.0.2.7"
    assert {item["name"]: item["value"] for item in event["observables"]} == {
        "device.hostname": "192.0.2.7",
        "device.ip": "192.0.2.7",
    }


def test_hostile_text_is_harmless_and_readable(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.hostile(), "ocsf")
    assert text.isascii()
    assert text.endswith("\n")
    texts = [json.loads(line) for line in text.splitlines()]
    shown = "".join(_texts(texts))
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert r"\x1b]0;own\x07" in shown
    assert r"\u202e" in shown


def _texts(node: object) -> list[str]:
    match node:
        case str():
            return [node]
        case dict():
            return [text for item in node.items() for part in item for text in _texts(part)]
        case list():
            return [text for item in node for text in _texts(item)]
        case _:
            return []
