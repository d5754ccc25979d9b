"""The gate: whether a run as a whole passes, and with which exit code it ends."""

from collections.abc import Iterable

from hklint.exit_code import Exit, worst
from hklint.failure import Reason
from hklint.run import HostResult, RunHeader
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict


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
