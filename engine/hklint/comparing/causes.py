"""Why a verdict turned: the host is another than before, or what it is judged by."""

from typing import NamedTuple

from hklint.comparing.judged_by import changed_models, parameter_changes
from hklint.comparing.seen import Seen
from hklint.comparison import Cause, FactChange, Kind, State
from hklint.run import RunHeader

_TROUBLE = frozenset({State.FAIL, State.UNKNOWN})
_NOTHING_TURNED = frozenset({Kind.STILL_FAILING, Kind.STILL_UNKNOWN, Kind.STILL_WAIVED})


class Judges(NamedTuple):
    """The policies, by id, that judge in the later run otherwise, and whether hklint is another."""

    policies: frozenset[str]
    hklint: bool


def judges(before: RunHeader, after: RunHeader) -> Judges:
    """What two runs judge by differently. A changed model counts for every policy."""
    theirs = {policy.id: policy.sha256 for policy in before.policies}
    common = {policy.id for policy in after.policies if policy.id in theirs}
    changed = {policy.id for policy in after.policies if theirs.get(policy.id) != policy.sha256}
    if changed_models(before, after):
        changed |= common
    parameters = [change.name for change in parameter_changes(before, after)]
    changed |= {
        policy for policy in common if any(name.startswith(f"{policy}.") for name in parameters)
    }
    return Judges(frozenset(changed), before.hklint != after.hklint)


def fact_changes(was: Seen | None, now: Seen | None) -> tuple[FactChange, ...]:
    """The facts that were read differently, in the order of the later run."""
    if was is None or now is None:
        return ()
    before, after = dict(was.facts), dict(now.facts)
    return tuple(
        FactChange(fact, before.get(fact, ""), after.get(fact, ""))
        for fact in {**after, **before}
        if before.get(fact) != after.get(fact)
    )


def cause(
    kind: Kind, was: Seen | None, now: Seen | None, facts: tuple[FactChange, ...], by: Judges
) -> Cause:
    """Who turned a verdict that both runs have, or that the later one has no more.

    Judging is made of the host's facts, of policies, parameters and models, and of hklint. Where
    the rest is the same it was the host, whether or not the evidence shows how. Where the policy
    has changed too, but wants the same in the same words, it is the host if facts differ that both
    runs have read.
    """
    if was is None or now is None:
        return Cause.POLICY
    if kind in _NOTHING_TURNED:
        return Cause.NOT_KNOWN
    if kind is Kind.WAIVER_ENDED or (kind is Kind.NEWLY_WAIVED and was.side.state in _TROUBLE):
        return Cause.WAIVER
    policy = now.policy in by.policies
    if any(fact.was and fact.now for fact in facts):
        return Cause.BOTH if policy and was.side.wanted != now.side.wanted else Cause.HOST
    if policy:
        return Cause.POLICY
    return Cause.HKLINT if by.hklint else Cause.HOST
