"""Ties: which rules hang together, because a change for the one may touch the other."""

from collections.abc import Iterable, Iterator, Sequence

from hklint.fact import Fact, RegistryKey, RegistryName, RegistryValue
from hklint.judging.changed import keys_of
from hklint.policy import Rule


def tied(rules: Sequence[Rule]) -> list[tuple[int, ...]]:
    """The places of the rules, in groups that share no registry value and no key."""
    keys = {fact for rule in rules for fact in rule.facts if isinstance(fact, RegistryKey)}
    first: dict[Fact, int] = {}
    above = list(range(len(rules)))
    for place, rule in enumerate(rules):
        for fact in _touched(rule.facts, keys):
            _join(above, place, first.setdefault(fact, place))
    groups: dict[int, list[int]] = {}
    for place in range(len(rules)):
        groups.setdefault(_top(above, place), []).append(place)
    return [tuple(group) for group in groups.values()]


def _touched(facts: Iterable[Fact], keys: set[RegistryKey]) -> Iterator[Fact]:
    for fact in facts:
        if isinstance(fact, RegistryKey):
            yield fact
        elif isinstance(fact, RegistryValue | RegistryName):
            value = RegistryValue(fact.hive, fact.key, fact.value, fact.view)
            yield value
            yield from keys.intersection(keys_of(value))


def _top(above: list[int], place: int) -> int:
    while above[place] != place:
        above[place] = above[above[place]]
        place = above[place]
    return place


def _join(above: list[int], one: int, other: int) -> None:
    one, other = sorted((_top(above, one), _top(above, other)))
    above[other] = one
