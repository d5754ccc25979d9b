"""Exit codes: one table and one function, whatever the command and the report."""

from collections.abc import Iterable
from enum import IntEnum

from hklint.failure import Reason
from hklint.run import HostResult, RunHeader
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict


class Exit(IntEnum):
    """What a command's end means."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    UNDETERMINED = 4
    BUG = 5


MEANING: dict[Exit, str] = {
    Exit.PASSED: "everything that was judged passed",
    Exit.FAILED: "a rule failed; a gate is shut",
    Exit.USAGE: "the command line is wrong, or a file it names can't be used",
    Exit.INVALID: "a policy or model is invalid",
    Exit.UNDETERMINED: "a verdict is unknown, a host was not reached, or nothing was judged",
    Exit.BUG: "hklint has a bug",
}

PRECEDENCE = (Exit.BUG, Exit.INVALID, Exit.USAGE, Exit.FAILED, Exit.UNDETERMINED, Exit.PASSED)
"""When several hold, the first of these is the exit code."""


def worst(codes: Iterable[Exit]) -> Exit:
    """The one that counts of several."""
    return min(codes, key=PRECEDENCE.index, default=Exit.PASSED)


def exit_code(header: RunHeader, hosts: Iterable[HostResult]) -> Exit:
    """The exit code of a run. It is never PASSED when nothing was judged.

    A check has to have judged something somewhere; a gate has to have judged something on every
    host, because it lets each of them through.
    """
    codes: set[Exit] = set()
    judged: list[bool] = []
    for host in hosts:
        if host.failure is not None:
            internal = host.failure.reason is Reason.INTERNAL_ERROR
            codes.add(Exit.BUG if internal else Exit.UNDETERMINED)
            continue
        outcomes = {item.outcome for item in host.verdicts if counts(item, header.fail_on)}
        judged.append(bool(outcomes & {Outcome.PASS, Outcome.FAIL}))
        if Outcome.FAIL in outcomes:
            codes.add(Exit.FAILED)
        if Outcome.UNKNOWN in outcomes and not header.allow_unknown:
            codes.add(Exit.UNDETERMINED)
    enough = all(judged) if header.command == "gate" else any(judged)
    if not judged or not enough:
        codes.add(Exit.UNDETERMINED)
    return worst(codes)


def counts(verdict: Verdict, fail_on: Severity) -> bool:
    """Whether a verdict is severe enough to count for the exit code."""
    return SEVERITIES.index(verdict.severity) <= SEVERITIES.index(fail_on)
