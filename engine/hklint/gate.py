"""The gate: whether a run as a whole passes, and with which exit code it ends."""

from collections.abc import Iterable

from hklint.exit_code import Exit, worst
from hklint.failure import Reason
from hklint.run import HostResult, RunHeader
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict


def exit_code(header: RunHeader, hosts: Iterable[HostResult]) -> Exit:
    """The exit code of a run. It is never PASSED when nothing was judged.

    A check has to have judged something somewhere. A gate lets every host through, so it has to
    have judged something on each of them, by every policy with rules that count. A waived failure
    has been judged and does not count; a waived unknown does not count either, and has not been
    judged.
    """
    is_gate = header.command == "gate"
    codes: set[Exit] = set()
    enough: list[bool] = []
    for host in hosts:
        if host.failure is not None:
            internal = host.failure.reason is Reason.INTERNAL_ERROR
            codes.add(Exit.BUG if internal else Exit.UNDETERMINED)
            continue
        outcomes = {
            item.outcome
            for item in host.verdicts
            if item.waiver is None and counts(item, header.fail_on)
        }
        if Outcome.FAIL in outcomes or any(expired(header, item) for item in host.verdicts):
            codes.add(Exit.FAILED)
        if Outcome.UNKNOWN in outcomes and not header.allow_unknown:
            codes.add(Exit.UNDETERMINED)
        something = bool(judged(header, host))
        enough.append(something and not unjudged(header, host) if is_gate else something)
    if not enough or not (all(enough) if is_gate else any(enough)):
        codes.add(Exit.UNDETERMINED)
    return worst(codes)


def unjudged(header: RunHeader, host: HostResult) -> tuple[str, ...]:
    """The policies that should say something on a host, and don't.

    None of their rules that count passed or failed. Of a policy without such rules, as a profile
    may choose them, nothing is expected.
    """
    by = judged(header, host)
    return tuple(
        policy.id
        for policy in header.policies
        if policy.id not in by
        and any(is_severe(rule.severity, header.fail_on) for rule in policy.rules)
    )


def judged(header: RunHeader, host: HostResult) -> set[str]:
    """The policies by which something that counts was judged on a host."""
    return {
        item.policy
        for item in host.verdicts
        if counts(item, header.fail_on) and item.outcome in {Outcome.PASS, Outcome.FAIL}
    }


def counts(verdict: Verdict, fail_on: Severity) -> bool:
    """Whether a verdict is severe enough to count for the exit code."""
    return is_severe(verdict.severity, fail_on)


def is_severe(severity: Severity, fail_on: Severity) -> bool:
    """Whether a severity is at least the one that counts."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)


def expired(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict counts as failed because its waiver has expired and the user wants that.

    Neither its severity nor `allow_unknown` matters: somebody accepted it until a day, which is
    over.
    """
    return header.expired_waivers == "fail" and verdict.expired_waiver is not None
