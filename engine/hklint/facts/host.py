"""The host's identity: its Windows, its role and what runs on it."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from hklint.fact import Absent, Fact, HostField, Observation, Present, Unreadable
from hklint.facts.problem import unreadable

FieldType = Literal["text", "integer", "version"]

FIELDS: dict[str, FieldType] = {
    "name": "text",
    "domain": "text",
    "domain_role": "integer",
    "product": "text",
    "build": "integer",
    "ubr": "integer",
    "edition": "text",
    "installation_type": "text",
    "dotnet_release": "integer",
    "exchange_version": "version",
    "last_boot": "text",
    "clock": "text",
}
"""Every field of the collector's contract with the type of its data."""

OWN = frozenset({"name", "last_boot", "clock"})
"""The fields that no two hosts are expected to have in common."""


def read(answer: Mapping[str, Any]) -> Iterator[tuple[Fact, Observation]]:
    """One observation for each field of the answer."""
    for item in answer["host"]:
        yield HostField(item["name"]), _observation(item)


def _observation(item: Mapping[str, Any]) -> Observation:
    if item["state"] == "absent":
        return Absent("field")
    if item["state"] == "failed":
        return unreadable(item["error"])
    field_type = FIELDS[item["name"]]
    data = item["data"]
    if isinstance(data, int) != (field_type == "integer"):
        return Unreadable("malformed", f"{data!r} where {field_type} is due")
    return Present(field_type, data)


def describe(observations: Mapping[Fact, Observation]) -> str:
    """The host's Windows in a few words, or "" when neither product nor build is known."""
    product = observations.get(HostField("product"))
    build = observations.get(HostField("build"))
    words: list[str] = []
    if isinstance(product, Present):
        words.append(str(product.value))
    if isinstance(build, Present):
        words.append(f"build {build.value}")
    return ", ".join(words)
