"""Solving: the changes for rules that hang together, and the rules that can't pass together."""

import itertools
from collections.abc import Sequence

import msgspec

from hklint.fact import Fact, RegistryValue
from hklint.judging.remedy import broken_by
from hklint.judging.repair import Repair, repair
from hklint.policy import Rule
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import SEVERITIES, Change


class Clash(msgspec.Struct, frozen=True):
    """Places of rules that can't pass together, and the values they differ on."""

    rules: tuple[int, ...]
    facts: tuple[RegistryValue, ...]


class Solution(msgspec.Struct, frozen=True):
    """The changes for one group of rules."""

    changes: tuple[Change, ...]
    clashes: tuple[Clash, ...]
    smallest: bool


Numbered = Sequence[tuple[int, Rule]]
"""Rules with their places."""


def solve(goals: Numbered, kept: Numbered, snapshot: Snapshot) -> Solution:
    """The smallest changes with which the goals pass and nothing kept is lost.

    Of goals that can't pass together none is mended: somebody has to decide first. The same holds
    of a goal that would cost a rule that passes.
    """
    alone = {place: repair([rule], (), snapshot) for place, rule in goals}
    wanted = [item for item in goals if alone[item[0]] is not None]
    rules = [rule for _, rule in kept]
    clashes: list[Clash] = []
    found = _together(wanted, rules, snapshot)
    if found is None:
        clashes = _clashes(wanted, kept, alone, snapshot)
        clashing = {place for clash in clashes for place in clash.rules}
        wanted = [item for item in wanted if item[0] not in clashing]
        found = _together(wanted, rules, snapshot)
    while found is None:  # what clashes only in threes: the mildest goes first
        mildest = max(wanted, key=lambda item: SEVERITIES.index(item[1].info.severity))
        wanted.remove(mildest)
        found = _together(wanted, rules, snapshot)
    return Solution(found.changes, tuple(clashes), found.smallest)


def _together(wanted: Numbered, kept: Sequence[Rule], snapshot: Snapshot) -> Repair | None:
    if not wanted:
        return Repair((), smallest=True)
    return repair([rule for _, rule in wanted], kept, snapshot)


def _clashes(
    wanted: Numbered,
    kept: Numbered,
    alone: dict[int, Repair | None],
    snapshot: Snapshot,
) -> list[Clash]:
    clashes: list[Clash] = []
    possible: list[tuple[int, Rule]] = []
    rules = [rule for _, rule in kept]
    for place, rule in wanted:
        if repair([rule], rules, snapshot) is not None:
            possible.append((place, rule))
            continue
        changes = _changes(alone[place])
        costs = {id(item) for item in broken_by(changes, rules, snapshot)}
        lost = [(other, item) for other, item in kept if id(item) in costs]
        facts = _shared([rule, *(item for _, item in lost)], changes)
        clashes.append(Clash((place, *(other for other, _ in lost)), facts))
    for one, other in itertools.combinations(possible, 2):
        if repair([one[1], other[1]], rules, snapshot) is None:
            changes = (*_changes(alone[one[0]]), *_changes(alone[other[0]]))
            clashes.append(Clash((one[0], other[0]), _shared([one[1], other[1]], changes)))
    return clashes


def _changes(found: Repair | None) -> tuple[Change, ...]:
    return () if found is None else found.changes


def _shared(rules: Sequence[Rule], changes: Sequence[Change]) -> tuple[RegistryValue, ...]:
    """The values changed that all of the rules rest on."""
    common = frozenset[Fact].intersection(*(rule.facts for rule in rules))
    facts: dict[RegistryValue, None] = {}
    for change in changes:
        fact = change.fact
        assert isinstance(fact, RegistryValue)
        if lookup_key(fact) in common:
            facts.setdefault(fact)
    return tuple(facts)
