"""Registry keys and values: present (a value with its type), absent, or not readable."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, cast

from hklint.fact import (
    Absent,
    Fact,
    Hive,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    View,
)
from hklint.facts.problem import unreadable
from hklint.fold import fold
from hklint.snapshot import lookup_key


def ask(facts: Iterable[RegistryValue | RegistryName | RegistryKey]) -> list[dict[str, object]]:
    """The request's registry part: one item a key and view, with the names of its values.

    An item without names only asks whether the key is there.
    """
    keys: dict[tuple[str, str, str], dict[str, str]] = {}
    spelled: dict[tuple[str, str, str], str] = {}
    for fact in sorted(facts, key=str):
        place = (fact.hive, fold(fact.key), fact.view)
        spelled.setdefault(place, fact.key)
        names = keys.setdefault(place, {})
        if not isinstance(fact, RegistryKey):
            names.setdefault(fold(fact.value), fact.value)
    return [
        {
            "hive": hive,
            "view": view,
            "key": spelled[hive, key, view],
            "values": list(names.values()),
        }
        for (hive, key, view), names in sorted(keys.items())
    ]


def read(answer: Mapping[str, Any]) -> Iterator[tuple[Fact, Observation]]:
    """One observation for each key and each value that was asked for.

    The answer lists the values of a key that is there. A key that is absent, denied or failed has
    no values of its own; `complete` has put those in that were asked for.
    """
    for item in answer["registry"]:
        key = RegistryKey(item["hive"], item["key"], item["view"])
        yield key, _key_observation(item) or Present("key", "")
        for value in item.get("values", ()):
            place = (item["hive"], item["key"], value["name"], item["view"])
            name, fact = RegistryName(*place), RegistryValue(*place)
            yield name, _key_observation(item) or _name_observation(value)
            yield fact, _key_observation(item) or _value_observation(value)


def complete(answer: Mapping[str, Any], asked: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The answer with the asked names filled in where the key itself is not there or not readable.

    So an answer says by itself what was asked, and a value that was never asked for can't be
    mistaken for one that is absent. A key that is there has to speak of its values itself.
    """
    names = {_place(item): item["values"] for item in asked}
    keys = [
        item
        if item["state"] == "present"
        else item
        | {"values": [{"name": name, "state": "absent"} for name in names.get(_place(item), ())]}
        for item in answer["registry"]
    ]
    return {**answer, "registry": keys}


def _place(item: Mapping[str, Any]) -> Fact:
    hive, view = cast("Hive", item["hive"]), cast("View", item["view"])
    return lookup_key(RegistryValue(hive, item["key"], "", view))


def _key_observation(item: Mapping[str, Any]) -> Observation | None:
    match item["state"]:
        case "absent":
            return Absent("key")
        case "denied":
            return Unreadable("access-denied", item["error"]["message"])
        case "failed":
            return unreadable(item["error"])
        case _:
            return None


def withhold(answer: Mapping[str, Any], facts: Iterable[Fact]) -> dict[str, Any]:
    """The answer without the data of values of which only the names were asked for.

    What is kept of a host holds no more than what its rules look at.
    """
    looked_at = {lookup_key(fact) for fact in facts if isinstance(fact, RegistryValue)}
    keys = [
        item | {"values": [_withheld(item, value, looked_at) for value in item["values"]]}
        if "values" in item
        else item
        for item in answer["registry"]
    ]
    return {**answer, "registry": keys}


def _withheld(
    item: Mapping[str, Any], value: Mapping[str, Any], looked_at: Container[Fact]
) -> Mapping[str, Any]:
    fact = RegistryValue(item["hive"], item["key"], value["name"], item["view"])
    if value["state"] != "present" or lookup_key(fact) in looked_at:
        return value
    return {"name": value["name"], "state": "withheld"}


def _name_observation(value: Mapping[str, Any]) -> Observation:
    match value["state"]:
        case "present" | "withheld" | "malformed":
            return Present("name", "")
        case "absent":
            return Absent("value")
        case _:
            return unreadable(value["error"])


def _value_observation(value: Mapping[str, Any]) -> Observation:
    match value["state"]:
        case "present":
            return _present(value["type"], value["data"])
        case "absent":
            return Absent("value")
        case "withheld":
            return Unreadable("not-asked", "only whether it is there was asked for")
        case "malformed":
            return Unreadable("malformed", value["error"]["message"])
        case _:
            return unreadable(value["error"])


_HEX = re.compile(r"(?:[0-9a-f]{2})*")
_LIMITS = {"REG_DWORD": 2**32, "REG_QWORD": 2**64}


def _present(type_name: str, data: int | str | list[str]) -> Observation:
    if type_name in _LIMITS:
        fits = isinstance(data, int) and 0 <= data < _LIMITS[type_name]
    elif type_name == "REG_MULTI_SZ":
        fits = isinstance(data, list)
    elif type_name in {"REG_BINARY", "REG_NONE"}:
        fits = isinstance(data, str) and _HEX.fullmatch(data) is not None
    else:
        fits = isinstance(data, str)
    if not fits:
        return Unreadable("malformed", f"the answer's data is no {type_name}")
    return Present(type_name, tuple(data) if isinstance(data, list) else data)
