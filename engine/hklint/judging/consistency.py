"""Consistency across hosts: what each host has, and whether all hosts of its group have the same.

A host is judged when all were heard. What is kept until then grows with what differs, not with the
hosts.
"""

import hashlib
from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from hklint import values
from hklint.consistency import MOST_NAMES, MOST_SHARES, Consistency, HostGroup, Share
from hklint.fact import Absent, Observation, Present, Unreadable
from hklint.fold import fold
from hklint.judging import show
from hklint.judging.evaluate import Judgement
from hklint.judging.named_hosts import asked_names, named_hosts
from hklint.judging.table import TableResult
from hklint.policy import ConsistentExpectation, Policy
from hklint.run import HostResult
from hklint.verdict import Outcome, Verdict

ALL = ""
"""The name of the group that all hosts are in where none are given."""
IN_NONE = "the host is in none of the groups"
ALONE = "there is no other host of its group to compare it with"
MOST_FOUND = 3
_DIGEST_BYTES = 8

_Place = tuple[str, str, str, str]
"""A group with a policy, a rule and its instance."""


def compares(policies: Iterable[Policy]) -> bool:
    """Whether a rule compares hosts."""
    rules = (rule for policy in policies for rule in policy.rules)
    return any(isinstance(rule.expectation, ConsistentExpectation) for rule in rules)


def consistency(judgement: Judgement) -> Consistency | None:
    """What a host has that will be compared; None if it is not to be compared."""
    expectation = judgement.rule.expectation
    if not isinstance(expectation, ConsistentExpectation):
        return None
    match judgement.basis:
        case TableResult() as result:
            return _state(result)
        case Present() | Absent() | Unreadable() as seen:
            return _value(seen, exact=expectation.exact)
        case None:
            return Consistency() if judgement.outcome is Outcome.UNKNOWN else None


def _state(result: TableResult) -> Consistency:
    if len(result.states) != 1:
        return Consistency()
    (state,) = result.states
    doubt = result.table.model.states[state].doubt
    return Consistency() if doubt else Consistency(state, _digest("state", state))


def _value(seen: Observation, *, exact: bool) -> Consistency:
    match seen:
        case Absent():
            return Consistency("absent", _digest("absent"))
        case Present():
            value = values.normal(seen.type, seen.value, exact=exact)
            if value is None:
                return Consistency()
            return Consistency(show.show(seen), _digest(seen.type, value))
        case Unreadable():
            return Consistency()


def _digest(*parts: object) -> str:
    text = msgspec.json.encode(parts)
    return hashlib.blake2b(text, digest_size=_DIGEST_BYTES).hexdigest()


class Groups:
    """Who has what, by group and rule, as hosts are heard one by one."""

    def __init__(self, groups: Iterable[HostGroup]) -> None:
        self._groups = [(group.name, named_hosts(group.hosts)) for group in groups]
        self._having: dict[_Place, dict[str, Share]] = {}
        self._not_known: dict[_Place, Share] = {}
        self._silent: dict[str, Share] = {}
        self._met: set[str] = set()

    def add(self, result: HostResult) -> None:
        """One more host."""
        group = self._group_of(result)
        if group is None:
            return
        self._met.add(group)
        if result.failure is not None:
            self._silent[group] = _with(self._silent.get(group), "", result.host)
        for verdict in result.verdicts:
            if verdict.consistency is None:
                continue
            place, has = _place(group, verdict), verdict.consistency
            if has.digest:
                shares = self._having.setdefault(place, {})
                shares[has.digest] = _with(shares.get(has.digest), has.has, result.host)
            else:
                self._not_known[place] = _with(self._not_known.get(place), "", result.host)

    def empty(self) -> list[str]:
        """The groups of which no host was added."""
        return [name for name, _ in self._groups if name not in self._met]

    def judged(self, result: HostResult) -> HostResult:
        """A host that was added, with its verdicts on its group."""
        group = self._group_of(result)
        verdicts = tuple(
            verdict if verdict.consistency is None else self._verdict(verdict, group)
            for verdict in result.verdicts
        )
        return replace(result, verdicts=verdicts)

    def _group_of(self, result: HostResult) -> str | None:
        """The first group that names a host; None if none does."""
        if not self._groups:
            return ALL
        addresses = {fold(name) for name in asked_names(result)}
        shown = fold(result.host)
        return next((name for name, hosts in self._groups if hosts.have(shown, addresses)), None)

    def _verdict(self, verdict: Verdict, group: str | None) -> Verdict:
        assert verdict.consistency is not None
        if group is None:
            return _not_applicable(verdict, IN_NONE)
        place = _place(group, verdict)
        shares = sorted(self._having.get(place, {}).values(), key=_rank)
        story = replace(
            verdict.consistency,
            group=group,
            hosts=sum(share.hosts for share in shares),
            different=len(shares),
            shares=tuple(shares[:MOST_SHARES]),
            not_known=_together(self._not_known.get(place), self._silent.get(group)),
        )
        return _judged(replace(verdict, consistency=story), story)


def _rank(share: Share) -> tuple[int, str]:
    """The largest share first."""
    return -share.hosts, share.has


def _place(group: str, verdict: Verdict) -> _Place:
    return group, verdict.policy, verdict.rule, verdict.instance


def _with(share: Share | None, has: str, host: str) -> Share:
    if share is None:
        return Share(has, 1, (host,))
    names = tuple(sorted((*share.names, host), key=fold)[:MOST_NAMES])
    return Share(share.has, share.hosts + 1, names)


def _together(one: Share | None, other: Share | None) -> Share | None:
    if one is None or other is None:
        return one or other
    names = tuple(sorted((*one.names, *other.names), key=fold)[:MOST_NAMES])
    return Share("", one.hosts + other.hosts, names)


def _judged(verdict: Verdict, story: Consistency) -> Verdict:
    said = verdict.explanation
    said = replace(said, means=(*said.means, *who_has_what(story)))
    if not story.digest:
        return replace(verdict, explanation=said)
    if story.different > 1:
        then = "Decide which of them is right, set the others to it, and check them all again."
        said = replace(said, missing=(), then=(then,))
        found = _found(story)
        return replace(verdict, outcome=Outcome.FAIL, found=found, reason="", explanation=said)
    if story.not_known is not None:
        return _not_known(replace(verdict, explanation=said), story.not_known)
    if story.hosts == 1:
        return _not_applicable(verdict, ALONE)
    said = replace(said, missing=(), matters="", fix=(), then=())
    return replace(verdict, outcome=Outcome.PASS, reason="", explanation=said)


def _not_applicable(verdict: Verdict, reason: str) -> Verdict:
    said = replace(verdict.explanation, missing=(), matters="", fix=(), then=())
    return replace(verdict, outcome=Outcome.NOT_APPLICABLE, reason=reason, explanation=said)


def _not_known(verdict: Verdict, others: Share) -> Verdict:
    one = others.hosts == 1
    missing = f"what {_hosts(others)} {'has' if one else 'have'}"
    then = "Find out why it was not read there, and check all hosts of the group again."
    said = replace(verdict.explanation, missing=(missing,), then=(then,))
    have = "host of its group has" if one else "hosts of its group have"
    reason = f"what {others.hosts} {have} is not known"
    return replace(verdict, reason=reason, explanation=said)


def who_has_what(story: Consistency) -> Iterator[str]:
    """The hosts of a group by what they have, the largest share first; none if it is alone.

    Of more than MOST_SHARES different things the rest is counted.
    """
    if story.hosts <= 1 and story.not_known is None:
        return
    where = f"of the group {story.group}" if story.group else "of this run"
    if story.different > 1:
        yield f"The {story.hosts} hosts {where} differ:"
    elif story.not_known is None:
        yield f"All {story.hosts} hosts {where} have the same:"
    else:
        yield f"What the hosts {where} have:"
    for share in story.shares:
        yield f"    {share.has}: {_hosts(share)}"
    if story.different > MOST_SHARES:
        rest = story.hosts - sum(share.hosts for share in story.shares)
        yield f"    something else: {_number(rest)}"
    if story.not_known is not None:
        yield f"    not known: {_hosts(story.not_known)}"


def _found(story: Consistency) -> str:
    """Who has what, in half a sentence."""
    said = [f"{share.has} on {_hosts(share, most=1)}" for share in story.shares[:MOST_FOUND]]
    more = story.different - MOST_FOUND
    return ", ".join([*said, f"and {more} more"] if more > 0 else said)


def _hosts(share: Share, most: int = MOST_NAMES) -> str:
    """The hosts by name, or how many they are."""
    if share.hosts <= most:
        return ", ".join(share.names)
    named = f" ({', '.join(share.names)}, ...)" if most > 1 else ""
    return f"{_number(share.hosts)}{named}"


def _number(hosts: int) -> str:
    return "1 host" if hosts == 1 else f"{hosts} hosts"
