"""Results against an earlier run: states, and what is gone."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest

Json = dict[str, Any]
Parse = Callable[..., Json]


def _states(log: Json) -> dict[str, str]:
    return {_name(result): result["baselineState"] for result in log["runs"][0]["results"]}


def _name(result: Json) -> str:
    about = result["properties"]
    return f"{result['ruleId']} {about['instance']} {about['hosts'][0]}"


NET = "dotnet-uses-schannel-defaults"
FINDINGS = {
    "tls-1.2-client-usable  ex01": "unchanged",
    f"{NET} view=64-bit ex01": "updated",
    "store-reachable  ex01": "new",
    f"{NET} view=64-bit ex02": "unchanged",
}
OTHERS = {
    f"{NET} view=32-bit ex01": "updated",  # it passes now
    f"{NET} view=32-bit ex02": "absent",
    "tls-1.2-client-usable  ex02": "unchanged",
    "store-reachable  ex02": "unchanged",
}


@pytest.mark.parametrize("all_kinds", [False, True])
def test_every_result_has_its_state(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse, *, all_kinds: bool
) -> None:
    log = sarif_log(sarif_runs.later(runs), all_kinds=all_kinds)
    assert _states(log) == FINDINGS | (OTHERS if all_kinds else {})


@pytest.mark.parametrize("all_kinds", [False, True])
def test_valid(
    runs: ModuleType,
    sarif_runs: ModuleType,
    sarif_log: Parse,
    sarif_schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
    *,
    all_kinds: bool,
) -> None:
    log = sarif_log(sarif_runs.later(runs), all_kinds=all_kinds)
    assert sarif_schema.is_valid(log)
    assert sarif_prose.problems(log, findings=not all_kinds) == []


def test_without_an_earlier_run_there_is_no_state(runs: ModuleType, sarif_log: Parse) -> None:
    (run,) = sarif_log(runs.fleet())["runs"]
    assert not any("baselineState" in result for result in run["results"])
    assert "baselineGuid" not in run


def test_the_earlier_run_is_the_one_of_its_own_log(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse
) -> None:
    (earlier,) = sarif_log(sarif_runs.earlier(runs))["runs"]
    (later,) = sarif_log(sarif_runs.later(runs))["runs"]
    assert later["baselineGuid"] == earlier["automationDetails"]["guid"]
    assert later["automationDetails"]["guid"] != later["baselineGuid"]


def test_what_is_gone_is_no_finding_and_is_counted(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse
) -> None:
    """GitHub and others would show a result that is absent as one that is open."""
    (run,) = sarif_log(sarif_runs.later(runs))["runs"]
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (notice["descriptor"]["id"], notice["level"]) == ("failures-gone", "note")
    assert notice["message"]["text"] == (
        "'2 failures' of policy 'exchange-store-addins' in the earlier run 'before.jsonl' are gone."
    )


def test_a_rule_that_left_the_policy_is_counted_in_either_form(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse
) -> None:
    later = sarif_runs.later(runs)
    gone = msgspec.structs.replace(later.hosts[0].gone[0], rule="left-the-policy")
    hosts = (msgspec.structs.replace(later.hosts[0], gone=(gone,)),)
    log = sarif_log(type(later)(later.header, hosts, later.summary), all_kinds=True)
    (notice,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert notice["properties"] == {"failures": 1}
    assert "absent" not in _states(log).values()


@pytest.mark.parametrize(
    ("every_host", "state"), [(1, "unchanged"), (2, "updated")], ids=["all", "one of two"]
)
def test_a_result_of_many_hosts_changes_with_any(
    runs: ModuleType,
    sarif_runs: ModuleType,
    sarif_log: Parse,
    monkeypatch: pytest.MonkeyPatch,
    every_host: int,
    state: str,
) -> None:
    monkeypatch.setattr("hklint_reports.sarif.part.MAX_RESULTS", 0)
    run = sarif_runs.later(runs)
    names = ["unchanged", "new"][:every_host]
    hosts = [
        runs.host(f"ex0{number}", (sarif_runs.in_state(runs.CLIENT_OFF, name),))
        for number, name in enumerate(names)
    ]
    done = runs.run(hosts, 1)
    changed = sarif_runs.with_header(done, baseline=run.header.baseline)
    ((result,),) = (
        each["results"] for each in sarif_log(type(done)(changed, hosts, done.summary))["runs"]
    )
    assert result["baselineState"] == state
