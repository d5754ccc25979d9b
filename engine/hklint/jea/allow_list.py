"""The allow-list of an endpoint: exactly what the policies need."""

import json
from collections.abc import Container, Iterable, Mapping
from typing import Any

import msgspec

from hklint.fact import Fact, RegistryValue
from hklint.facts import to_request
from hklint.snapshot import lookup_key


class ListedKey(msgspec.Struct, frozen=True):
    """A key that may be asked for, and those of its values that may.

    Of `values` the data are answered, of `names` only whether they are there: those may be secrets.
    """

    hive: str
    view: str
    key: str
    values: tuple[str, ...]
    names: tuple[str, ...]


class AllowList(msgspec.Struct, frozen=True):
    """What an endpoint lets be asked for, as `allow_list.schema.json` of the collector has it."""

    host: bool
    registry: tuple[ListedKey, ...]
    web_requests: tuple[str, ...]

    def to_json(self) -> str:
        """For people to read, and in ASCII: whatever names hold, they stay data."""
        return json.dumps(msgspec.to_builtins(self), indent=2)


def allow_list(facts: Iterable[Fact]) -> AllowList:
    """What has to be allowed so that these facts can be asked for, in the order of a request."""
    wanted = tuple(facts)
    read = {lookup_key(fact) for fact in wanted if isinstance(fact, RegistryValue)}
    request: dict[str, Any] = to_request(wanted)
    return AllowList(
        host=request["host"],
        registry=tuple(_listed(item, read) for item in request["registry"]),
        web_requests=tuple(item["uri"] for item in request["web_requests"]),
    )


def _listed(item: Mapping[str, Any], read: Container[Fact]) -> ListedKey:
    def is_read(name: str) -> bool:
        fact = RegistryValue(item["hive"], item["key"], name, item["view"])
        return lookup_key(fact) in read

    return ListedKey(
        hive=item["hive"],
        view=item["view"],
        key=item["key"],
        values=tuple(name for name in item["values"] if is_read(name)),
        names=tuple(name for name in item["values"] if not is_read(name)),
    )
