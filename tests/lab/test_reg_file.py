"""Merging .reg files: what is understood, and that every line that is not is named."""

from typing import TYPE_CHECKING, Any, cast

import pytest

from hklint.lab.collector import read_value
from hklint.lab.reg_file import HEADER, RegFileError, merge, parse
from hklint.lab.registry import Registry, parse_path

if TYPE_CHECKING:
    from hklint.fact import View


def read(registry: Registry, key: str, name: str) -> tuple[object, object]:
    path, _, view = key.partition(" [")
    seen = cast("View", view.rstrip("]")) if view else "64-bit"
    item = read_value(registry.value(parse_path(path), name, seen), name)
    return item.get("type"), item.get("data")


@pytest.mark.cases("reg_files_merged")
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_merged(case: dict[str, Any], line_end: str) -> None:
    registry = Registry()
    text = f"{HEADER}\n{case['text']}".replace("\n", line_end)
    merge(registry, parse(b"\xff\xfe" + text.encode("utf-16-le")))
    for key, name, type_name, data in case["want"]:
        assert read(registry, key, name) == (type_name, data)


@pytest.mark.cases("reg_files_refused")
def test_refused(case: dict[str, Any]) -> None:
    with pytest.raises(RegFileError) as caught:
        parse(f"{HEADER}\r\n{case['text']}".encode())
    found = {mistake.line: mistake.message for mistake in caught.value.mistakes}
    assert list(found) == list(case["mistakes"])
    for line, piece in case["mistakes"].items():
        assert piece in found[line]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"REGEDIT4\r\n",
        b"\r\n" + HEADER.encode(),
        b"; comment\r\n" + HEADER.encode(),
        HEADER.lower().encode(),
        HEADER.encode() + b" \r\n",
        b"\xef\xbb\xbf" + HEADER.encode(),
        b"\xfe\xff" + HEADER.encode("utf-16-be"),
        HEADER.encode("utf-16-le"),
        b"\xff\xfe" + HEADER.encode("utf-16-le") + b"x",
    ],
)
def test_refused_at_its_beginning(content: bytes) -> None:
    with pytest.raises(RegFileError) as caught:
        parse(content)
    assert [mistake.line for mistake in caught.value.mistakes] == [1]


def test_text_outside_ascii_needs_utf_16() -> None:
    text = f'{HEADER}\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\Ä]\r\n"v"=dword:1\r\n'
    assert parse(b"\xff\xfe" + text.encode("utf-16-le"))
    with pytest.raises(RegFileError) as caught:
        parse(text.encode())
    assert [mistake.line for mistake in caught.value.mistakes] == [2]
