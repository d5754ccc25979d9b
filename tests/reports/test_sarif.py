import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hklint.run import Run
from hklint_reports.sarif.places import relative_uri

Json = dict[str, Any]


@pytest.fixture
def log(recorded: Run, sarif_log: Callable[..., Json]) -> Json:
    return sarif_log(recorded)


def test_valid(log: Json, sarif_schema: jsonschema_rs.Draft4Validator) -> None:
    assert [(list(e.instance_path), e.message) for e in sarif_schema.iter_errors(log)] == []


def test_readers_take_it(log: Json, sarif_prose: ModuleType) -> None:
    assert sarif_prose.problems(log) == []


def test_each_layer_sees_its_mistakes(
    log_with: Callable[..., Json],
    sarif_schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
    sarif_defect: tuple[str, Callable[..., object]],
) -> None:
    layers, plant = sarif_defect
    log = log_with(plant)
    seen = ["schema"] * (not sarif_schema.is_valid(log))
    seen += ["prose"] * bool(sarif_prose.problems(log))
    assert seen == [layer for layer in layers.split() if layer != "multitool"]
    assert layers


def test_two_runs_of_one_category_are_seen(
    runs: ModuleType, sarif_log: Callable[..., Json], sarif_prose: ModuleType
) -> None:
    log = sarif_log(runs.single())
    log["runs"] *= 2
    assert sarif_prose.problems(log) == ["GitHub: two runs of one category"]


def test_only_findings_are_results(runs: ModuleType, sarif_log: Callable[..., Json]) -> None:
    run = sarif_log(runs.fleet())["runs"][0]
    assert {result["kind"] for result in run["results"]} == {"fail"}
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert [notice["descriptor"]["id"] for notice in notices] == ["rule-not-judged"]
    assert notices[0]["associatedRule"] == {"id": "tls-1.2-client-usable", "index": 0}


def test_a_host_not_reached_is_a_notification(
    runs: ModuleType, sarif_log: Callable[..., Json]
) -> None:
    invocation = sarif_log(runs.not_reached())["runs"][0]["invocations"][0]
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["descriptor"]["id"] == "host-not-reached"
    assert notice["message"]["text"].startswith(
        "Host 'ex09.corp.example' was not reached: the host did not answer in time "
        "('no answer from port 5985 in 30 s')."
    )
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (4, True)


def test_an_interrupted_run_was_not_successful(
    runs: ModuleType, sarif_log: Callable[..., Json]
) -> None:
    invocation = sarif_log(runs.interrupted())["runs"][0]["invocations"][0]
    assert invocation["executionSuccessful"] is False
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["message"]["text"] == "The run was interrupted: 4 of 5 hosts left no result."


def _marks(log: Json) -> list[str]:
    return [
        result["partialFingerprints"]["primaryLocationLineHash"]
        for run in log["runs"]
        for result in run["results"]
    ]


def test_fingerprints_tell_policy_rule_instance_and_host_apart(
    runs: ModuleType, sarif_log: Callable[..., Json]
) -> None:
    marks = _marks(sarif_log(runs.fleet()))
    assert len(set(marks)) == len(marks) == 8


def test_fingerprints_do_not_move_with_lines_time_or_case(
    runs: ModuleType, sarif_log: Callable[..., Json]
) -> None:
    before = runs.single()
    info = before.header.policies[0]
    rules = tuple(msgspec.structs.replace(rule, span=runs.span("kind")) for rule in info.rules)
    header = msgspec.structs.replace(
        before.header,
        started="2027-01-01T00:00:00Z",
        policies=(msgspec.structs.replace(info, rules=rules, path="x.yaml"),),
    )
    host = msgspec.structs.replace(before.hosts[0], host="EX01.corp.example")
    after = msgspec.structs.replace(before, header=header, hosts=(host,))
    assert _marks(sarif_log(before)) == _marks(sarif_log(after))


def test_a_run_for_each_policy(
    runs: ModuleType,
    sarif_log: Callable[..., Json],
    sarif_schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
) -> None:
    run = runs.single()
    info = run.header.policies[0]
    other = msgspec.structs.replace(info, id="other")
    header = msgspec.structs.replace(run.header, policies=(info, other))
    verdict = msgspec.structs.replace(runs.REFUSED, policy="other")
    host = msgspec.structs.replace(run.hosts[0], verdicts=(*run.hosts[0].verdicts, verdict))
    log = sarif_log(msgspec.structs.replace(run, header=header, hosts=(host,)))
    assert [len(each["results"]) for each in log["runs"]] == [4, 1]
    assert sarif_schema.is_valid(log)
    assert sarif_prose.problems(log) == []
    assert len(set(_marks(log))) == 5


def test_hostile_text_stays_text(runs: ModuleType, render: Callable[..., str]) -> None:
    text = render(runs.hostile(), "sarif")
    log = json.loads(text)
    message = log["runs"][0]["results"][0]["message"]["text"]
    assert "{{0}} {{guid}}" in message
    assert r"[click]\x28javascript:1)" in message
    assert r"\x1b]0;own\x07" in message
    shown = [s for s in _strings(log["runs"][0]["results"]) if not s.isprintable()]
    assert all(s in runs.POLICY_TEXT for s in shown)
    assert all(s.encode() for s in _strings(log))


def test_a_policy_gives_no_command_to_a_build_server(
    runs: ModuleType, sarif_runs: ModuleType, render: Callable[..., str]
) -> None:
    """Its text is embedded, and a log may be written to the screen of a pipeline."""
    run = runs.single()
    evil = runs.POLICY_TEXT.replace("kind: policy", "kind: policy ##vso[task.x]y")
    evil = evil.replace("severity: high", "severity: high ##[error]")
    header = sarif_runs.with_header(run, documents={runs.POLICY_PATH: evil})
    text = render(Run(header, run.hosts, run.summary), "sarif")
    assert "##" not in text
    (artifact, *_) = json.loads(text)["runs"][0]["artifacts"]
    assert artifact["contents"]["text"] == evil


def _strings(node: object) -> Iterator[str]:
    match node:
        case str():
            yield node
        case list():
            for item in node:
                yield from _strings(item)
        case dict():
            for key, value in node.items():
                yield from (key, *_strings(value))


@pytest.mark.parametrize(
    ("path", "folder", "uri"),
    [
        ("policies/a.yaml", "", "policies/a.yaml"),
        ("./policies/a b.yaml", "", "policies/a%20b.yaml"),
        ("policies\\a.yaml", "", "policies/a.yaml"),
        ("/home/me/repo/policies/a.yaml", "/home/me/repo", "policies/a.yaml"),
        ("C:\\repo\\policies\\a.yaml", "C:\\repo\\", "policies/a.yaml"),
        ("../other/a.yaml", "/home/me/repo", "other/a.yaml"),
        ("/etc/hklint/a.yaml", "/home/me/repo", "etc/hklint/a.yaml"),
        ("D:/a.yaml", "", "a.yaml"),
        ("/usr/lib/python3/hklint/policies/exchange/a.yaml", "", "policies/exchange/a.yaml"),
        ("ab:c%#?.yaml", "", "ab%3Ac%25%23%3F.yaml"),
    ],
)
def test_uris_are_relative(path: str, folder: str, uri: str) -> None:
    assert relative_uri(path, folder) == uri
