"""A comparison as one JSON document for scripts; `hklint schema comparison` prints its JSON Schema.

Pure ASCII; each change stands on a line of its own. Texts are those that people read: cut and
spelled out as in every report.
"""

import json
from typing import Any, TextIO, cast

import msgspec

from hklint.comparison import Comparison
from hklint_reports import DEFAULTS, Options
from hklint_reports.text import visible

FORMAT = "hklint-comparison"
VERSION = 1
SCHEMA_FILE = "comparison.schema.json"


def write(found: Comparison, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the document, one change at a time."""
    del options
    about: dict[str, Any] = {"$schema": SCHEMA_FILE, "format": FORMAT, "version": VERSION}
    rest = msgspec.structs.replace(found, changes=())
    about |= cast("dict[str, Any]", _shown(msgspec.to_builtins(rest)))
    about.pop("changes")
    stream.write("{\n")
    stream.writelines(f"{_json(name)}:{_json(value)},\n" for name, value in about.items())
    stream.write('"changes":[')
    between = "\n"
    for change in found.changes:
        stream.write(between + _json(_shown(msgspec.to_builtins(change))))
        between = ",\n"
    stream.write("\n]}\n")


def _shown(value: object) -> object:
    """A document with its texts as reports show them."""
    match value:
        case str():
            return visible(value)
        case dict():
            items = cast("dict[str, object]", value).items()
            return {name: _shown(item) for name, item in items}
        case list() | tuple():
            return [_shown(item) for item in cast("list[object]", value)]
        case _:
            return value


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
