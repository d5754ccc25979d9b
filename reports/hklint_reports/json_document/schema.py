"""The JSON Schema of the JSON report."""

from typing import Any

import msgspec

from hklint_reports.json_document.descriptions import DESCRIPTIONS
from hklint_reports.json_document.shapes import FORMAT, VERSION, Report


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of the report.

    It allows fields that it doesn't know, so that a script which checks a report against it goes on
    working when one is added.
    """
    (ref,), shapes = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hklint:{FORMAT}:{VERSION}",
        "title": f"{FORMAT}, version {VERSION}",
        **ref,
        "$defs": {name: _described(name, shapes[name]) for name in sorted(shapes)},
    }


def _described(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    if "properties" not in shape:
        return {key: value for key, value in shape.items() if key != "description"}
    known = DESCRIPTIONS[name]
    properties = {
        key: {"description": known[key], **value} for key, value in shape["properties"].items()
    }
    return {**shape, "properties": properties}
