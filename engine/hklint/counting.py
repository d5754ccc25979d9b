"""Which verdicts count for the exit code of a run, and which hosts and policies they leave out."""

from hklint.run import HostResult, RunHeader
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict


def counts(verdict: Verdict, fail_on: Severity) -> bool:
    """Whether a verdict is severe enough to count for the exit code."""
    return is_severe(verdict.severity, fail_on)


def is_severe(severity: Severity, fail_on: Severity) -> bool:
    """Whether a severity is at least the one that counts."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(fail_on)


def is_known(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a failed or unknown verdict does not count because the baseline has it already."""
    decides = header.baseline is not None and header.baseline.decides
    return decides and verdict.baseline_state in ("unchanged", "updated")


def fails(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict alone makes the run fail, but for the end of a waiver."""
    return verdict.outcome is Outcome.FAIL and _stands(header, verdict)


def leaves_open(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict alone makes the run undetermined."""
    allowed = header.allow_unknown
    return verdict.outcome is Outcome.UNKNOWN and not allowed and _stands(header, verdict)


def holds(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict passes, but makes the run undetermined, not being in effect yet."""
    held = verdict.effect == "pending" or (verdict.effect == "unknown" and not header.allow_unknown)
    return held and counts(verdict, header.fail_on)


def _stands(header: RunHeader, verdict: Verdict) -> bool:
    accepted = verdict.waiver is not None or is_known(header, verdict)
    return not accepted and counts(verdict, header.fail_on)


def expired(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict counts as failed because its waiver has expired and the user wants that.

    Neither its severity nor `allow_unknown` nor a baseline matters: somebody accepted it until a
    day, which is over.
    """
    return header.expired_waivers == "fail" and verdict.expired_waiver is not None


def prevents_a_pass(header: RunHeader, verdict: Verdict) -> bool:
    """Whether a verdict alone keeps the exit code from being 0."""
    undetermined = leaves_open(header, verdict) or holds(header, verdict)
    return fails(header, verdict) or undetermined or expired(header, verdict)


def judged(header: RunHeader, host: HostResult) -> set[str]:
    """The policies by which something that counts was judged on a host."""
    return {
        item.policy
        for item in host.verdicts
        if counts(item, header.fail_on) and item.outcome in {Outcome.PASS, Outcome.FAIL}
    }


def expecting(header: RunHeader) -> tuple[str, ...]:
    """The policies that should judge something on every host.

    Of a policy without rules that count, as a profile may choose them, nothing is expected.
    """
    return tuple(
        policy.id
        for policy in header.policies
        if any(is_severe(rule.severity, header.fail_on) for rule in policy.rules)
    )
