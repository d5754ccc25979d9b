"""Grouping in one pass over the hosts: what several of them share is kept once.

What is kept does not grow with the number of hosts: of a group the first names and a count, of a
kind the first different things and how many hosts have others.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

NAMES_KEPT = 100
"""Of the hosts of a group; no report names more."""
DIFFERENT_KEPT = 50
"""Of one kind, such as the verdicts of one rule that read differently."""

T = TypeVar("T")


@dataclass(slots=True)
class Hosts:
    """Some hosts of a run: how many, and the names of the first in the order of the run.

    `mark` is the same for the same hosts, and differs for others.
    """

    number: int = 0
    first: list[str] = field(default_factory=list[str])
    mark: int = 0
    _last: int = -1

    def add(self, position: int, name: str) -> None:
        """One more host of the run, by its position there; the last one again changes nothing."""
        if position == self._last:
            return
        self._last = position
        self.number += 1
        self.mark = hash((self.mark, position))
        if len(self.first) < NAMES_KEPT:
            self.first.append(name)

    def names(self, limit: int) -> tuple[list[str], int]:
        """The first names, and how many hosts are left out."""
        shown = self.first[:limit]
        return shown, self.number - len(shown)


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Something that holds for all of these hosts."""

    item: T
    hosts: Hosts


class Groups(Generic[T]):
    """Hosts by what they have in common, in the order of its first appearance.

    `others` has, by kind, the hosts with something different from all that is kept of it.
    """

    def __init__(self) -> None:
        self._groups: dict[Hashable, dict[Hashable, Group[T]]] = {}
        self.others: dict[Hashable, Group[T]] = {}

    def add(self, item: T, position: int, host: str, *, kind: Hashable, key: Hashable) -> None:
        """A host with something; of one kind, things with equal keys are alike."""
        groups = self._groups.setdefault(kind, {})
        group = groups.get(key)
        if group is None and len(groups) < DIFFERENT_KEPT:
            group = groups[key] = Group(item, Hosts())
        elif group is None:
            group = self.others.setdefault(kind, Group(item, Hosts()))
        group.hosts.add(position, host)

    def __iter__(self) -> Iterator[Group[T]]:
        for groups in self._groups.values():
            yield from groups.values()
