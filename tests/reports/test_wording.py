"""What could not be judged and does not count is told as such, beside the exit code it led to."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import msgspec
import pytest

from hklint.audit import summary
from hklint.run import Baseline, Gone, GoneState, Run
from hklint.tally import tally
from hklint_reports.wording import exit_reason, gate_reason

CASES: dict[str, tuple[dict[str, Any], bool, str, str]] = {
    # fields of the header, whether a severe rule passed, the reason of the end, that of the gate
    "below": (
        {"fail_on": "high"},
        True,
        "0: nothing failed; unknown verdicts are below high",
        "1 verdict passed, 1 verdict could not be judged below high",
    ),
    "allowed": (
        {"allow_unknown": True},
        True,
        "0: nothing failed; unknown verdicts were allowed",
        "1 verdict passed, 1 verdict could not be judged (allowed)",
    ),
    "below, and nothing else was judged": (
        {"fail_on": "high"},
        False,
        "4: nothing was judged",
        "1 verdict could not be judged below high, nothing was judged",
    ),
    "open": (
        {},
        True,
        "4: a rule could not be judged",
        "1 verdict could not be judged",
    ),
}


def _run(runs: ModuleType, fields: dict[str, Any], verdicts: list[Any]) -> Run:
    done = runs.run([runs.host("ex01", verdicts)], 0, "gate")
    header = msgspec.structs.replace(done.header, **fields)
    total = tally(header, done.hosts)
    return Run.counted(total, done.hosts, summary(total))


@pytest.mark.parametrize("name", CASES)
def test_unknown(runs: ModuleType, name: str) -> None:
    fields, passed, end, gate = CASES[name]
    mild = msgspec.structs.replace(runs.DENIED, severity="low")
    well = [runs.passed("tls-1.2-client-usable")] if passed else []
    run = _run(runs, fields, [*well, mild])
    assert f"{run.summary.exit_code}: {exit_reason(run)}" == end
    assert gate_reason(run) == gate


def test_allowed_unknowns_are_told_beside_failures_that_do_not_count(runs: ModuleType) -> None:
    failed = runs.judged("values-set-alike", runs.Outcome.FAIL, wanted="1", found="0")
    mild = msgspec.structs.replace(failed, severity="low")
    verdicts = [runs.passed("tls-1.2-client-usable"), mild, runs.DENIED]
    run = _run(runs, {"fail_on": "high", "allow_unknown": True}, verdicts)
    end = "nothing failed of severity high or above; unknown verdicts were allowed"
    assert (run.summary.exit_code, exit_reason(run)) == (0, end)


@pytest.mark.parametrize("form", ["terminal", "markdown"])
def test_a_rule_that_is_not_judged_any_more_is_no_fix(
    runs: ModuleType, render: Callable[..., str], form: str
) -> None:
    done = runs.all_pass()
    (host,) = done.hosts
    states: tuple[GoneState, ...] = ("pass", "not_applicable", "absent")
    gone = tuple(Gone(runs.POLICY, f"rule-{now}", "", "It is so", "low", now) for now in states)
    baseline = Baseline("before.jsonl", "2026-11-01T10:00:00Z", 1)
    run = Run(
        msgspec.structs.replace(done.header, baseline=baseline),
        (msgspec.structs.replace(host, gone=gone),),
        done.summary,
    )
    text = " ".join(render(run, form).split())
    told = [piece.split("rule-")[0] for piece in text.split("It is so")[1:]]
    assert ["no fix" in piece for piece in told] == [False, True, True]
