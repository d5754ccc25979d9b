"""Write .reg files, in the forms that every reader of them takes alike.

Format: Microsoft Support, "How to add, modify, or delete registry subkeys and values by using a
.reg file" (KB310516); lines of hex digits break where regedit breaks them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from hklint.reg_file.data import DataError, format_data, quoted
from hklint.reg_file.decode import HEADER
from hklint.reg_file.entries import (
    Comment,
    CreateKey,
    DeleteKey,
    DeleteValue,
    Entry,
    KeyPath,
    SetValue,
)
from hklint.reg_file.paths import ROOTS

LONGEST_KEY_NAME = 255
LONGEST_VALUE_NAME = 16_383
"""Characters; Microsoft, "Registry element size limits"."""

_BOM = "\ufeff"
_WIDEST = 79
_UNSAFE = re.compile("[\0\r\n]")
_LIKE_A_COMMENT = re.compile(r"\]\s*;")


def write(entries: Iterable[Entry], comment_lines: Iterable[str] = ()) -> bytes:
    """The file: UTF-16LE with a byte order mark, CRLF, the comment lines below the header.

    A value whose key is not the one last opened gets that key's line first. Raises DataError for
    names and data that no .reg file can hold.
    """
    lines = [HEADER, ""]
    for text in comment_lines:
        lines += _comment(text)
    lines += _body(entries)
    return (_BOM + "\r\n".join([*lines, ""])).encode("utf-16-le", "surrogatepass")


def _body(entries: Iterable[Entry]) -> Iterator[str]:
    current: KeyPath | None = None
    remarks: list[str] = []
    for entry in entries:
        if isinstance(entry, Comment):
            remarks += _comment(entry.text)
            continue
        opens = not isinstance(entry, SetValue | DeleteValue) or entry.key != current
        if opens:
            yield ""
        yield from remarks
        remarks = []
        if opens:
            deletes = isinstance(entry, DeleteKey)
            current = None if deletes else entry.key
            yield f"[{'-' if deletes else ''}{_key(entry.key)}]"
        match entry:
            case SetValue(_, name, data):
                yield from _wrapped(f"{_name(name)}=", format_data(data))
            case DeleteValue(_, name):
                yield f"{_name(name)}=-"
            case CreateKey() | DeleteKey():
                pass
    yield from remarks


def _comment(text: str) -> list[str]:
    """One line for each of the text, with nothing in it that is not seen."""
    return [f"; {''.join(map(_harmless, line))}".rstrip() for line in text.splitlines() or [""]]


def _harmless(character: str) -> str:
    """Control and format characters, which move text about, become U+FFFD."""
    return "\ufffd" if unicodedata.category(character).startswith("C") else character


def _key(key: KeyPath) -> str:
    if not key.path:
        return ROOTS[key.hive]
    if any(not 0 < len(part) <= LONGEST_KEY_NAME for part in key.path.split("\\")):
        raise DataError(f"the names of a key have 1 to {LONGEST_KEY_NAME} characters")
    if _UNSAFE.search(key.path) or _LIKE_A_COMMENT.search(key.path):
        raise DataError("the key's name can't be written in a .reg file")
    return f"{ROOTS[key.hive]}\\{key.path}"


def _name(name: str) -> str:
    if len(name) > LONGEST_VALUE_NAME:
        raise DataError(f"the name of a value has at most {LONGEST_VALUE_NAME} characters")
    if _UNSAFE.search(name):
        raise DataError("the value's name has a line break, which no .reg file can hold")
    return quoted(name) if name else "@"


def _wrapped(start: str, data: str) -> Iterator[str]:
    tag, colon, digits = data.partition(":")
    if not tag.startswith("hex"):
        yield start + data
        return
    line = start + tag + colon
    for number, byte in enumerate(re.findall("[0-9a-f]{2},?", digits)):
        if number and len(line) + len(byte) >= _WIDEST:
            yield f"{line}\\"
            line = "  "
        line += byte
    yield line
