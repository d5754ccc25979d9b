"""A host as it would be with changes made, to be judged like any other."""

from collections import ChainMap
from collections.abc import Iterable, Iterator
from typing import cast

import msgspec

from hklint.fact import (
    Absent,
    Fact,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
)
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change


def changed(snapshot: Snapshot, changes: Iterable[Change]) -> Snapshot:
    """The snapshot with these changes, laid over the one there is.

    Writing a value makes its key, and the keys above it, where they are absent. Deleting one leaves
    its key as it is.
    """
    over: dict[Fact, Observation] = {}
    for change in changes:
        fact = lookup_key(change.fact)
        assert isinstance(fact, RegistryValue)
        name = RegistryName(fact.hive, fact.key, fact.value, fact.view)
        if change.value is None:
            over[fact] = over[name] = Absent("value")
            continue
        over |= {key: Present("key", "") for key in keys_of(fact)}
        over[fact] = Present(change.type, change.value)
        over[name] = Present("name", "")
    below = cast("dict[Fact, Observation]", snapshot.observations)
    return msgspec.structs.replace(snapshot, observations=ChainMap(over, below))


def keys_of(fact: RegistryValue) -> Iterator[RegistryKey]:
    """The keys above the value's own, the uppermost first, and then that."""
    names = fact.key.split("\\")
    for number in range(1, len(names) + 1):
        yield RegistryKey(fact.hive, "\\".join(names[:number]), fact.view)
