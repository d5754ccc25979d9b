"""The allow-list of an endpoint: exactly what the policies need."""

import json
from collections.abc import Iterable
from typing import Any

import msgspec

from hklint.fact import Fact
from hklint.facts import to_request


class ListedKey(msgspec.Struct, frozen=True):
    """A key that may be asked for, and the names of those of its values that may."""

    hive: str
    view: str
    key: str
    values: tuple[str, ...]


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
    request: dict[str, Any] = to_request(facts)
    return AllowList(
        host=request["host"],
        registry=tuple(msgspec.convert(request["registry"], list[ListedKey])),
        web_requests=tuple(item["uri"] for item in request["web_requests"]),
    )
