"""What the tests of comparisons share: runs made of a few words."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import msgspec
import pytest

from hklint.comparing.baseline import compare, learn
from hklint.exit_code import Exit
from hklint.fact import Present, RegistryValue
from hklint.failure import Failure, Reason
from hklint.gate import exit_code
from hklint.run import (
    RUN_VERSION,
    Baseline,
    HostResult,
    PolicyInfo,
    RuleInfo,
    Run,
    RunHeader,
    Summary,
)
from hklint.span import Span
from hklint.tally import Tally
from hklint.verdict import Evidence, Explanation, Outcome, Verdict
from hklint.waiver import WaiverMark

SPAN = Span("policy.yaml", 1, 1, 2)
END = datetime.fromisoformat("2027-01-01T00:00:00Z")
MARK = WaiverMark("w-1", "why", "owner", "approver", "T-1", END, SPAN)
RULES = ("a", "b", "c")


def _verdict(name: str, said: str) -> Verdict:
    """A verdict from words: `fail`, `waived fail`, `expired fail`, `low fail`, `fail 7`.

    The number is what was read, and found: 1 in a pass, 0 in a failure, unless given.
    """
    rule, _, instance = name.removesuffix("]").partition("[")
    words = said.split()
    number = int(words.pop()) if words[-1].isdigit() else None
    outcome = Outcome(words.pop())
    read = number if number is not None else int(outcome is Outcome.PASS)
    fact = RegistryValue("HKLM", f"SOFTWARE\\{rule}", "Enabled")
    severity: Any = next((word for word in words if word in ("low", "medium", "critical")), "high")
    return Verdict(
        policy="policy",
        rule=rule,
        instance=instance,
        title=f"{rule} is on",
        severity=severity,
        outcome=outcome,
        wanted="1",
        found="" if outcome is Outcome.UNKNOWN else str(read),
        reason="access denied" if outcome is Outcome.UNKNOWN else "",
        span=SPAN,
        evidence=(Evidence(fact, Present("REG_DWORD", read), f"{read} (REG_DWORD)"),),
        rows=(),
        changes=(),
        explanation=Explanation(),
        waiver=MARK if "waived" in words else None,
        expired_waiver=MARK if "expired" in words else None,
    )


def host(name: str, target: str = "", failure: Reason | None = None, **said: str) -> HostResult:
    """A host with these verdicts by rule; an instance is written `rule__instance`."""
    names = {rule.replace("__", "[") + ("]" if "__" in rule else ""): rule for rule in said}
    return HostResult(
        host=name,
        target=target or f"psrp://{name}",
        windows="",
        started="2026-06-01T00:00:00Z",
        seconds=1.0,
        failure=None if failure is None else Failure(failure, "connecting", "seen"),
        snapshot=None,
        diagnoses=(),
        verdicts=tuple(_verdict(rule, said[key]) for rule, key in names.items()),
    )


def run(*hosts: HostResult, **fields: Any) -> Run:  # noqa: ANN401 - fields of a header
    """A run of policy `policy` with rules a, b and c; `fields` are those of its header."""
    rules = tuple(
        RuleInfo(rule, "", "high", "", "", (), (), SPAN)
        for rule in dict.fromkeys((*RULES, *(one.rule for each in hosts for one in each.verdicts)))
    )
    usual: Mapping[str, Any] = {
        "version": RUN_VERSION,
        "hklint": "1.0",
        "started": "2026-06-01T00:00:00Z",
        "command": "check",
        "arguments": (),
        "fail_on": "info",
        "allow_unknown": False,
        "policies": (PolicyInfo("policy", "", "1.0.0", "policy.yaml", "0" * 64, rules),),
        "parameters": {},
        "documents": {},
        "collector_sha256": "",
        "targets": len(hosts),
    }
    header = RunHeader(**{**usual, **fields})
    return whole(header, hosts)


def whole(header: RunHeader, hosts: tuple[HostResult, ...]) -> Run:
    """A run with the summary that its hosts give."""
    total = Tally(header)
    for each in hosts:
        total.add(each)
    summary = Summary(
        ended=header.started,
        hosts=total.hosts,
        hosts_not_reached=total.not_reached,
        counts=total.counts,
        interrupted=header.targets > total.hosts,
        exit_code=exit_code(total),
    )
    return Run.counted(total, hosts, summary)


@pytest.fixture(scope="session")
def make_host() -> Callable[..., HostResult]:
    return host


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    return run


@pytest.fixture(scope="session")
def held_against() -> Callable[..., tuple[Run, Exit]]:
    """A run as it is with a baseline, and its exit code."""

    def hold(later: Run, earlier: Run, *, decides: bool = True) -> tuple[Run, Exit]:
        about = Baseline("before.jsonl", earlier.header.started, earlier.summary.hosts, decides)
        header = msgspec.structs.replace(later.header, baseline=about)
        known = learn(earlier, later.header)
        marked = whole(header, tuple(compare(each, known) for each in later.hosts))
        return marked, Exit(marked.summary.exit_code)

    return hold
