"""Exit codes: the runs of `exit_codes.yaml`, and the order among several codes."""

import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hklint.documents.document import read_document
from hklint.exit_code import MEANING, PRECEDENCE, Exit, worst
from hklint.failure import Failure, Reason
from hklint.gate import exit_code
from hklint.run import RUN_VERSION, HostResult, PolicyInfo, RuleInfo, RunHeader
from hklint.span import Span
from hklint.tally import tally
from hklint.verdict import Explanation, Outcome, Verdict
from hklint.waiver import WaiverMark

RUNS: dict[str, Any] = read_document(Path(__file__).parent / "exit_codes.yaml").root
SPAN = Span("policy.yaml", 1, 1, 2)
MARK = WaiverMark(
    "waiver-1", "why", "who", "by whom", "T-1", datetime(2026, 1, 1, tzinfo=UTC), SPAN
)


@pytest.mark.parametrize("name", RUNS)
def test_run(name: str) -> None:
    run = RUNS[name]
    assert exit_code(tally(_header(run), map(_host, run["hosts"]))) == run["code"]


@pytest.mark.parametrize("name", RUNS)
def test_the_order_of_hosts_does_not_matter(name: str) -> None:
    run = RUNS[name]
    for hosts in itertools.permutations(run["hosts"]):
        assert exit_code(tally(_header(run), map(_host, hosts))) == run["code"]


def test_a_run_knows_no_more_keys_than_these() -> None:
    known = {
        *("hosts", "code", "command", "fail_on", "allow_unknown", "policies", "expired_waivers")
    }
    assert set().union(*RUNS.values()) == known


def test_the_worst_of_several() -> None:
    """5, 3, 2, 1, 4: what says most about what to do comes first."""
    assert PRECEDENCE == (5, 3, 2, 1, 4, 0)
    for number, code in enumerate(PRECEDENCE):
        assert worst(PRECEDENCE[number:]) is code
    assert worst([]) is Exit.PASSED


def test_every_code_says_what_it_means() -> None:
    assert set(MEANING) == set(PRECEDENCE) == set(Exit)


def _header(run: dict[str, Any]) -> RunHeader:
    return RunHeader(
        version=RUN_VERSION,
        hklint="0",
        started="2026-03-04T05:06:07Z",
        command=run.get("command", "check"),
        arguments=(),
        fail_on=run.get("fail_on", "info"),
        allow_unknown=run.get("allow_unknown", False),
        policies=tuple(
            PolicyInfo(name, name, "1.0.0", "policy.yaml", "0" * 64, (_rule(severity),))
            for name, severity in run.get("policies", {"policy": "critical"}).items()
        ),
        parameters={},
        documents={},
        collector_sha256="0" * 64,
        targets=len(run["hosts"]),
        expired_waivers=run.get("expired_waivers", "warn"),
    )


def _rule(severity: Any) -> RuleInfo:  # noqa: ANN401 - data of the test
    return RuleInfo("rule", "Rule", severity, "why", "", (), (), SPAN)


def _host(said: list[str] | str) -> HostResult:
    failure = Failure(Reason(said), "connecting", "") if isinstance(said, str) else None
    verdicts = () if isinstance(said, str) else tuple(map(_verdict, said))
    started = "2026-03-04T05:06:07Z"
    return HostResult("EX01", "ex01", "", started, 1.0, failure, None, (), verdicts)


def _verdict(said: str) -> Verdict:
    severity, outcome, *mark = said.split()
    return Verdict(
        policy="policy",
        rule="rule",
        instance="",
        title="",
        severity=severity,  # type: ignore[arg-type] # data of the test
        outcome=Outcome(outcome),
        wanted="",
        found="",
        reason="",
        span=SPAN,
        evidence=(),
        rows=(),
        changes=(),
        explanation=Explanation(),
        waiver=MARK if mark == ["waived"] else None,
        expired_waiver=MARK if mark == ["expired"] else None,
    )
