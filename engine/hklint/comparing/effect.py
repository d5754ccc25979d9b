"""Whether what passes is in effect: the rule judged by the values from before the last restart."""

from typing import NamedTuple

from msgspec.structs import replace

from hklint.comparing.earlier import Earlier, Was
from hklint.comparing.restarted import Restarted, to_second
from hklint.comparing.seen import short
from hklint.fact import Absent, Fact, Observation, Present
from hklint.judging import show
from hklint.judging.evaluate import judge_rule
from hklint.judging.restarts import restart_facts
from hklint.policy import Rule
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.verdict import Outcome, Verdict

_NO_SOURCE = Source("", "", "", "", "")


class Changed(NamedTuple):
    """A value that was read differently, in words."""

    fact: Fact
    was: str


def with_effect(
    verdict: Verdict, rule: Rule, was: Was | None, earlier: Earlier, restarted: Restarted
) -> Verdict:
    """A verdict that passes, with what is known of its being in effect.

    Windows reads some values only when it starts. If such values have changed since the earlier
    run, and the host has not restarted since, then what is in effect is what was read then: a rule
    that does not pass by that is not in effect yet. What was not in effect then is in effect after
    a restart only. What was not read then is taken as it is now.
    """
    if restarted.since:
        return verdict
    changed = () if was is not None and was.effect else _changed(verdict, rule, earlier)
    if not changed and (was is None or not was.effect):
        return verdict
    pending = restarted.since is False and (was is None or was.effect != "unknown")
    then = to_second(earlier.clock) if earlier.clock else "the earlier run"
    said = verdict.explanation
    means = tuple(_means(changed, restarted.says, then, pending=pending))
    return replace(
        verdict,
        effect="pending" if pending else "unknown",
        explanation=replace(
            said, means=(*said.means, *means), then=(*said.then, _then(then, pending=pending))
        ),
    )


def _changed(verdict: Verdict, rule: Rule, earlier: Earlier) -> tuple[Changed, ...]:
    """The values that keep a rule from being in effect; none if it passes by the earlier ones."""
    now: dict[Fact, Observation] = {
        lookup_key(item.fact): item.observation for item in verdict.evidence
    }
    facts = restart_facts(rule.expectation)
    before: dict[Fact, Observation] = {
        read.fact: read.observation
        for read in earlier.reads
        if read.fact in facts and _differ(read.observation, now.get(read.fact))
    }
    if not before:
        return ()
    in_effect = Snapshot("", "", _NO_SOURCE, {}, {**now, **before})
    if judge_rule(rule, in_effect).outcome is Outcome.PASS:
        return ()
    return tuple(
        Changed(item.fact, short(show.show(before[lookup_key(item.fact)])))
        for item in verdict.evidence
        if lookup_key(item.fact) in before
    )


def _differ(was: Present | Absent, now: Observation | None) -> bool:
    """Whether a value is another; what is absent is absent, with its key or without."""
    if isinstance(now, Absent):
        return not isinstance(was, Absent)
    return isinstance(now, Present) and was != now


def _means(changed: tuple[Changed, ...], says: str, then: str, *, pending: bool) -> list[str]:
    lines = [f"    {item.fact}: was {item.was}" for item in changed]
    if not lines:
        before = f"That was so at {then} already, and {says}."
    else:
        before = f"The values were changed after {then}, and {says}."
    what = "takes effect after a restart" if pending else "whether it is in effect is not known"
    return [f"Set, but {what}. {before}", *lines]


def _then(then: str, *, pending: bool) -> str:
    if pending:
        return "Restart the computer, then check again."
    return (
        f"Find out on the host when it last started. If that was before {then}, or before the "
        "values were changed, restart the computer."
    )
