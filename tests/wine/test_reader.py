"""hklint's reader of .reg files against Wine's: what it understands of a file, Wine does as well.

The files are those of tests/engine/reg_file. A line that hklint does not understand says nothing,
so whatever Wine does with it is right.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.fact import Present
from hklint.fold import fold
from hklint.reg_file.data import stored
from hklint.reg_file.entries import (
    TYPE_NUMBERS,
    Comment,
    CreateKey,
    Data,
    DeleteKey,
    DeleteValue,
    Entry,
    KeyPath,
    SetValue,
)
from hklint.reg_file.read import RegFile, read
from hklint.reg_file.result import Doubt, Result
from hklint.reg_file.write import write

pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(shutil.which("wine") is None, reason="needs Wine: run `make test-wine`"),
]

TRAPS = Path(__file__).parents[1] / "engine" / "reg_file" / "traps.yaml"
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in yaml.safe_load(TRAPS.read_text("utf-8"))
}
HEADER = "Windows Registry Editor Version 5.00"
ROOTS = [KeyPath("HKLM", path) for path in ("A", "B", "SOFTWARE\\A", "SOFTWARE\\B")]
KNOWN = {
    "types-in-hex": {
        "a: multi of nothing": "Wine keeps no bytes where hklint says an empty list, as .NET does",
    },
    "numbers-with-too-few-bytes": {
        "a: dword": "Wine exports a REG_DWORD of two bytes as one of four, the upper two at random",
    },
}
"""Where the two differ, by case and value, and why that is no mistake of hklint's."""

States = Callable[..., list[dict[str, dict[str, tuple[int, bytes]]]]]


def _bytes(case: dict[str, Any]) -> bytes:
    encoding = case.get("encoding", "utf-16-le")
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    text = f"{case.get('header', HEADER)}\n\n{case['body']}".replace("\n", "\r\n")
    return mark + text.encode(encoding)


def _start(file: RegFile) -> list[Entry]:
    """Nothing but what the file deletes, so that it shows."""
    entries: list[Entry] = [DeleteKey(key) for key in ROOTS]
    for entry in file.entries:
        if isinstance(entry, DeleteKey):
            entries.append(CreateKey(entry.key))
        if isinstance(entry, DeleteValue):
            entries.append(SetValue(entry.key, entry.name, Present("REG_DWORD", 7)))
    return entries


def _plain(data: Data) -> tuple[int, bytes]:
    number = TYPE_NUMBERS[data.type] if isinstance(data, Present) else data.type
    return number, stored(data)


def _differences(
    file: RegFile, found: dict[str, dict[str, tuple[int, bytes]]]
) -> dict[str, tuple[object, object]]:
    """What hklint says and what Wine has, where that is not the same."""
    result = Result(file)
    values = {(key, name) for key, there in found.items() for name in there}
    keys = set(found)
    for entry in file.entries:
        assert not isinstance(entry, Comment)
        keys.add(fold(entry.key.path))
        if isinstance(entry, SetValue | DeleteValue):
            values.add((fold(entry.key.path), fold(entry.name)))
    differences: dict[str, tuple[object, object]] = {}
    for key in keys:
        said = result.key(KeyPath("HKLM", key))
        if not isinstance(said, Doubt) and (said == "there") != (key in found):
            differences[key] = said, key in found
    for key, name in values:
        state = result.value(KeyPath("HKLM", key), name)
        if isinstance(state, Doubt):
            continue
        expected = None if isinstance(state, str) else _plain(state)
        has = found.get(key, {}).get(name)
        if expected != has:
            differences[f"{key}: {name}"] = expected, has
    return differences


@pytest.mark.parametrize("name", CASES)
def test_what_is_understood_of_a_file_is_what_wine_makes_of_it(name: str, states: States) -> None:
    data = _bytes(CASES[name])
    file = read(data, "x.reg")
    _, found = states([write(_start(file)), data], ROOTS)
    differences = _differences(file, found)
    assert differences.keys() == KNOWN.get(name, {}).keys()


def test_a_reader_that_understands_something_else_is_noticed(states: States) -> None:
    wine_has, hklint_reads = (
        _bytes({"body": f'[HKEY_LOCAL_MACHINE\\A]\n"x"={data}\n'}) for data in ("dword:1", '"1"')
    )
    _, found = states([write(_start(read(wine_has, "x.reg"))), wine_has], ROOTS)
    assert _differences(read(wine_has, "x.reg"), found) == {}
    assert _differences(read(hklint_reads, "x.reg"), found).keys() == {"a: x"}
