"""Fleets: GitHub's limits, memory that does not grow with hosts, and one pass over them."""

import json
import tracemalloc
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from hklint_reports import FORMATS, Options

Json = dict[str, Any]
Parse = Callable[..., Json]
PART = "hklint_reports.sarif.part"


class Nowhere:
    """A stream that counts what is written."""

    written = 0

    def write(self, text: str) -> int:
        self.written += len(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)


def _notices(run: Json, notice_id: str) -> list[Json]:
    found = run["invocations"][0]["toolExecutionNotifications"]
    return [notice for notice in found if notice["descriptor"]["id"] == notice_id]


def test_above_the_limit_a_result_is_a_rule(
    runs: ModuleType,
    sarif_log: Parse,
    sarif_schema: jsonschema_rs.Draft4Validator,
    sarif_prose: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 7)
    log = sarif_log(runs.fleet())
    (run,) = log["runs"]
    assert len(run["results"]) == 4
    first = run["results"][0]
    assert first["message"]["text"].startswith(
        "'tls-1.2-client-usable' fails on '2 hosts, the first of them ex01', where it is 'blocked',"
    )
    assert first["message"]["markdown"].endswith("\n\n- `ex01`\n- `ex03`")
    assert first["properties"]["hosts"] == ["ex01", "ex03"]
    (notice,) = _notices(run, "results-counted")
    assert notice["properties"] == {"results": 8}
    assert sarif_schema.is_valid(log)
    assert sarif_prose.problems(log) == []


def test_at_the_limit_each_result_is_a_host(
    runs: ModuleType, sarif_log: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 8)
    (run,) = sarif_log(runs.fleet())["runs"]
    assert len(run["results"]) == 8
    assert _notices(run, "results-counted") == []


def test_what_is_waived_does_not_count_for_the_limit(
    runs: ModuleType, sarif_log: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 7)
    (run,) = sarif_log(runs.waived())["runs"]
    assert len(run["results"]) == 7
    assert all(result["properties"]["hostCount"] == 1 for result in run["results"])


def test_results_that_pack_to_more_than_github_takes_are_counted(
    runs: ModuleType, sarif_log: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_PACKED", 1)
    (run,) = sarif_log(runs.fleet())["runs"]
    assert [result["properties"]["hostCount"] for result in run["results"]] == [2, 2, 2, 2]


def test_above_the_limit_waived_hosts_are_apart_from_others(
    runs: ModuleType,
    sarif_log: Parse,
    sarif_prose: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 1)
    log = sarif_log(runs.waived(), all_kinds=True)
    found = [
        (result["kind"], result["properties"]["hosts"], bool(result["suppressions"]))
        for result in log["runs"][0]["results"]
        if result["properties"]["instance"] == "view=32-bit"
    ]
    assert found == [
        ("fail", ["ex01"], True),
        ("pass", ["ex02"], False),
        ("fail", ["ex03"], False),
    ]
    assert sarif_prose.problems(log, findings=False) == []


def test_fingerprints_of_many_hosts_do_not_move_with_the_hosts(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 1)
    few, many = (
        {
            result["ruleId"]: result["partialFingerprints"]
            for result in sarif_log(sarif_runs.fleet(runs, hosts, 3, every=3))["runs"][0]["results"]
        }
        for hosts in (3, 30)
    )
    assert few == many
    assert len(few) == 3


def test_hosts_are_counted_and_the_first_ones_named(
    runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 50)
    monkeypatch.setattr(f"{PART}.MAX_NOTICES", 9)
    (run,) = sarif_log(sarif_runs.fleet(runs, 2_000, 2, every=2))["runs"]
    away, unknown = (
        _notices(run, notice_id)[0] for notice_id in ("host-not-reached", "rule-not-judged")
    )
    about = [each["properties"] for each in (run["results"][0], away, unknown)]
    assert [len(each["hosts"]) for each in about] == [100, 20, 100]
    assert [each["hostCount"] for each in about] == [1_000, 20, 180]
    assert run["results"][0]["message"]["markdown"].endswith("\n- and 900 more")
    assert away["message"]["text"].startswith(
        "Hosts 'server-00099.corp.example and 19 others' were not reached: "
        "the host did not answer in time ('no answer from server-00099.corp.example')."
    )
    assert unknown["message"]["text"].startswith(
        "On hosts 'server-00009.corp.example and 179 others', 'rule-0' could not be judged: "
    )
    assert len(_notices(run, "host-not-reached")) == 1


def _written(run: Any, **options: bool) -> int:  # noqa: ANN401 - a Run
    nowhere = Nowhere()
    FORMATS["sarif"].write(run, nowhere, Options(**options))  # type: ignore[arg-type]
    return nowhere.written


@pytest.mark.parametrize("policies", [1, 3])
def test_hosts_are_read_once(runs: ModuleType, sarif_runs: ModuleType, policies: int) -> None:
    """They may be lines of a file, and are decoded at each pass."""
    run = sarif_runs.fleet(runs, 200, 5, policies=policies)
    _written(run)
    assert run.hosts.passes == 1


@pytest.mark.parametrize("all_kinds", [False, True])
def test_memory_does_not_grow_with_the_hosts(
    runs: ModuleType,
    sarif_runs: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    *,
    all_kinds: bool,
) -> None:
    monkeypatch.setattr(f"{PART}.MAX_RESULTS", 500)
    monkeypatch.setattr(f"{PART}.MAX_NOTICES", 50)
    _written(sarif_runs.fleet(runs, 100, 10))
    peaks: list[int] = []
    for hosts in (1_000, 4_000):
        run = sarif_runs.fleet(runs, hosts, 10)
        tracemalloc.start()
        _written(run, all_kinds=all_kinds)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 200_000, peaks


def test_output_is_ascii_and_a_result_is_a_line(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.hostile(), "sarif", all_kinds=True)
    assert text.isascii()
    lines = [line.rstrip(",") for line in text.splitlines() if line.startswith('{"ruleId"')]
    assert [json.loads(line)["kind"] for line in lines] == ["pass", "fail", "open", "notApplicable"]
