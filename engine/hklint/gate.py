"""The gate: whether a run as a whole passes, and with which exit code it ends."""

from collections.abc import Iterable

from hklint.exit_code import Exit, worst
from hklint.failure import Reason
from hklint.run import HostResult, RunHeader
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict


def exit_code(header: RunHeader, hosts: Iterable[HostResult]) -> Exit:
    """The exit code of a run. It is never PASSED when nothing was judged.

    A check has to have judged something somewhere; a gate has to have judged something by every
    policy on every host, because it lets each of them through.
    """
    is_gate = header.command == "gate"
    codes: set[Exit] = set()
    enough: list[bool] = []
    for host in hosts:
        if host.failure is not None:
            internal = host.failure.reason is Reason.INTERNAL_ERROR
            codes.add(Exit.BUG if internal else Exit.UNDETERMINED)
            continue
        outcomes = {item.outcome for item in host.verdicts if counts(item, header.fail_on)}
        if Outcome.FAIL in outcomes:
            codes.add(Exit.FAILED)
        if Outcome.UNKNOWN in outcomes and not header.allow_unknown:
            codes.add(Exit.UNDETERMINED)
        left_out = unjudged(header, host)
        enough.append(not left_out if is_gate else len(left_out) < len(header.policies))
    if not enough or not (all(enough) if is_gate else any(enough)):
        codes.add(Exit.UNDETERMINED)
    return worst(codes)


def unjudged(header: RunHeader, host: HostResult) -> tuple[str, ...]:
    """The policies that say nothing on a host: none of their rules that count passed or failed."""
    judged = {
        item.policy
        for item in host.verdicts
        if counts(item, header.fail_on) and item.outcome in {Outcome.PASS, Outcome.FAIL}
    }
    return tuple(policy.id for policy in header.policies if policy.id not in judged)


def counts(verdict: Verdict, fail_on: Severity) -> bool:
    """Whether a verdict is severe enough to count for the exit code."""
    return SEVERITIES.index(verdict.severity) <= SEVERITIES.index(fail_on)
