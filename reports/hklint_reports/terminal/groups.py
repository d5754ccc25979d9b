"""Grouping: what several hosts share is told once."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from hklint.verdict import Diagnosis, Evidence, Verdict

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Group(Generic[T]):
    """Something that holds for all of these hosts."""

    item: T
    hosts: tuple[str, ...]


def grouped(items: Iterable[tuple[str, T]], *, evidence: bool = False) -> list[Group[T]]:
    """Hosts by what they have in common, in the order of its first appearance.

    Verdicts and diagnoses are alike if they read the same; with `evidence` they also have to show
    the same evidence.
    """
    hosts: dict[Hashable, list[str]] = {}
    first: dict[Hashable, T] = {}
    for host, item in items:
        key = _key(item, evidence=evidence)
        first.setdefault(key, item)
        hosts.setdefault(key, []).append(host)
    return [Group(item, tuple(hosts[key])) for key, item in first.items()]


def _key(item: object, *, evidence: bool) -> Hashable:
    if isinstance(item, Verdict | Diagnosis):
        shown = tuple((str(entry.fact), entry.shown) for entry in item.evidence)
        without_evidence = msgspec.structs.replace(item, evidence=tuple[Evidence, ...]())
        return without_evidence, shown if evidence else ()
    if isinstance(item, Hashable):
        return item
    raise TypeError(f"{type(item).__name__} can't be grouped")
