"""A host as a test states it: its identity, its registry, and how its requests end."""

from collections.abc import Iterable, Mapping
from typing import cast

import msgspec

from hklint.fact import Absent, Hive, Observation, RegistryKey, Unreadable, View, Way
from hklint.facts.web_request import Outcome
from hklint.fold import fold

Values = Mapping[str, Observation]
"""The values of a key by their folded names."""


class Stated(msgspec.Struct, frozen=True):
    """What a test says of a host, or of how it differs from another one.

    A field or request that is not stated is not readable, a key or value that is not stated is
    absent. Keys are in the spelling of `lookup_key`.
    """

    fields: Mapping[str, Observation] = {}
    keys: Mapping[RegistryKey, Values | Absent | Unreadable] = {}
    requests: Mapping[Way, Outcome | Unreadable] = {}


def laid_over(base: Stated, top: Stated) -> Stated:
    """The base where the top says nothing else: field by field, value by value, way by way.

    A key that the top calls absent is taken away with all that lies below it.
    """
    keys = dict(base.keys)
    for gone in [place for place, values in top.keys.items() if isinstance(values, Absent)]:
        keys = {place: values for place, values in keys.items() if not lies_in(place, gone)}
    for place, values in top.keys.items():
        below = keys.get(place)
        if isinstance(values, Mapping) and isinstance(below, Mapping):
            keys[place] = {**below, **values}
        elif not isinstance(values, Absent):
            keys[place] = values
    return Stated({**base.fields, **top.fields}, keys, {**base.requests, **top.requests})


def lies_in(place: RegistryKey, key: RegistryKey) -> bool:
    """Whether a place is a key or lies below it."""
    return (place.hive, place.view) == (key.hive, key.view) and (
        place.key == key.key or place.key.startswith(f"{key.key}\\")
    )


def parents_of(places: Iterable[RegistryKey]) -> frozenset[RegistryKey]:
    """The keys above these: where a key is, they are as well."""
    found: set[RegistryKey] = set()
    for place in places:
        key = place.key
        while "\\" in key:
            key = key.rpartition("\\")[0]
            found.add(RegistryKey(place.hive, key, place.view))
    return frozenset(found)


def place_of(path: str, view: View) -> RegistryKey:
    r"""`HKLM\SOFTWARE\Contoso` in a view, as the key under which it is looked up."""
    hive, _, key = path.partition("\\")
    return RegistryKey(cast("Hive", hive), fold(key), view)
