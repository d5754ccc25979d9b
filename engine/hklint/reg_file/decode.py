"""From the bytes of a .reg file to its lines: encoding, header, and which lines belong together.

What is refused here is what Wine's `reg import` refuses as a whole.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from hklint.errors import UsageError

HEADER = "Windows Registry Editor Version 5.00"
OLD_HEADER = "REGEDIT4"

TextBytes = Literal["utf-16", "ascii", "unclear"]
"""How the bytes of texts in `hex(2):` and `hex(7):` are to be taken in a file."""

_UTF16_LE = b"\xff\xfe"
_OTHERS = {b"\xef\xbb\xbf": "UTF-8 with a byte order mark", b"\xfe\xff": "UTF-16, big endian"}
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTINUED = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)[ \t]*=[ \t]*hex[^;]*\\')
_MORE_BYTES = re.compile(r"[^;]*\\")
_SAVE_AS = "export it again, or save it as UTF-16 LE with a byte order mark"


class Text(msgspec.Struct, frozen=True):
    """A file's lines below its header, the first being line 2.

    `code_page` says that letters outside ASCII depend on the computer that imports the file; they
    are read as code page 1252 here.
    """

    lines: tuple[str, ...]
    text_bytes: TextBytes
    code_page: bool


class Line(msgspec.Struct, frozen=True):
    """A line with those that continue it; `number` is that of the first, `parts` has them all."""

    number: int
    text: str
    parts: tuple[str, ...]


def decode(data: bytes, path: str) -> Text:
    """The lines of a file. Raises UsageError for one that no importer takes."""
    utf16 = data.startswith(_UTF16_LE)
    if utf16:
        if len(data) % 2:
            raise UsageError(f"{path}: the file is cut off: UTF-16 has two bytes a character")
        text = data[2:].decode("utf-16-le", "surrogatepass")
    else:
        _refuse_other(data, path)
        text = data.decode("latin-1").translate(_CODE_PAGE)
    header, *lines = _LINE_END.split(text)
    if header not in {HEADER, OLD_HEADER}:
        raise UsageError(
            f"{path}:1: this is no .reg file: its first line must be exactly {HEADER!r} or "
            f"{OLD_HEADER!r}, with nothing before it or behind"
        )
    unclear = utf16 == (header == OLD_HEADER)
    text_bytes: TextBytes = "unclear" if unclear else "utf-16" if utf16 else "ascii"
    return Text(tuple(lines), text_bytes, not utf16)


def joined(lines: Sequence[str]) -> Iterator[Line]:
    r"""The lines that mean something: hex digits go on after a `\`; comments are left out."""
    start, parts = 0, list[str]()
    for number, line in enumerate(lines, 2):
        stripped = line.strip(" \t")
        if not stripped or stripped.startswith(";"):
            continue
        start = start if parts else number
        goes_on = _MORE_BYTES if parts else _CONTINUED
        parts.append(stripped)
        if goes_on.fullmatch(stripped) is None:
            yield _line(start, parts)
            parts = []
    if parts:
        yield _line(start, parts)


def _line(number: int, parts: Sequence[str]) -> Line:
    *before, last = parts
    return Line(number, "".join([*(part[:-1] for part in before), last]), tuple(parts))


def _refuse_other(data: bytes, path: str) -> None:
    for mark, name in _OTHERS.items():
        if data.startswith(mark):
            raise UsageError(f"{path}: the file is {name}, which importers refuse: {_SAVE_AS}")
    if b"\0" in data:
        raise UsageError(f"{path}: the file has NUL bytes and no byte order mark: {_SAVE_AS}")


def _code_page() -> dict[int, str]:
    """Code page 1252 as Windows reads it, with the five bytes that it leaves as they are."""
    table: dict[int, str] = {}
    for byte in range(0x80, 0xA0):
        table[byte] = bytes([byte]).decode("cp1252", "ignore") or chr(byte)
    return table


_CODE_PAGE = _code_page()
