"""The two kinds of lines in a .reg file that mean something: a key and a value."""

import re

import msgspec

from hklint.lab.registry import (
    LONGEST_VALUE_NAME,
    ROOTS,
    TYPE_NAMES,
    TYPE_NUMBERS,
    KeyPath,
    TypeName,
    Value,
    parse_path,
)
from hklint.lab.registry_data import store

_NAME = re.compile(r'(?:@|"(?P<name>(?:[^"\\]|\\.)*)")=(?P<data>.*)')
_TEXT = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<rest>.*)')
_DWORD = re.compile(r"dword:(?P<digits>[0-9a-fA-F]{1,8})(?P<rest>(?:[\s;].*)?)")
_HEX = re.compile(r"hex(?:\((?P<type>[0-9a-fA-F]+)\))?:(?P<bytes>[^;]*)(?P<rest>.*)")
_BYTE = re.compile(r"[0-9a-fA-F]{2}")
_LENGTHS: dict[TypeName, int] = {
    "REG_DWORD": 4,
    "REG_DWORD_BIG_ENDIAN": 4,
    "REG_QWORD": 8,
}
_UTF16: tuple[TypeName, ...] = ("REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ")


class Deletion(msgspec.Struct, frozen=True):
    """A value that is to go."""

    name: str


def parse_key(line: str) -> tuple[bool, KeyPath]:
    """Whether the line deletes a key, and which; ValueError says what is wrong with it."""
    text = line.rstrip()
    if not text.endswith("]"):
        raise ValueError("the key's closing bracket is missing, or text stands behind it")
    inner = text[1:-1]
    deletes = inner.startswith("-")
    path = inner.removeprefix("-")
    if path.split("\\")[0].upper() not in ROOTS:
        raise ValueError(f"a key begins with one of {', '.join(ROOTS)} and a backslash")
    return deletes, parse_path(path)


def parse_value(line: str) -> Value | Deletion:
    """The value a line sets or deletes; ValueError says what is wrong with it."""
    match = _NAME.fullmatch(line)
    if match is None:
        raise ValueError('neither [key], "name"=data, @=data nor ; comment')
    name = _unescape(match["name"] or "")
    if len(name) > LONGEST_VALUE_NAME:
        raise ValueError(f"the value's name is longer than {LONGEST_VALUE_NAME} characters")
    data = match["data"]
    if data.startswith("-"):
        _nothing_else(data[1:])
        return Deletion(name)
    if data.startswith('"'):
        return _text(name, data)
    if data.lower().startswith("dword"):
        return _dword(name, data)
    if data.lower().startswith("hex"):
        return _hex(name, data)
    raise ValueError(f'{data!r} is no data: "text", dword:, hex: and - are')


def _text(name: str, data: str) -> Value:
    match = _TEXT.fullmatch(data)
    if match is None:
        raise ValueError("the text's closing quote is missing")
    _nothing_else(match["rest"])
    return store(name, "REG_SZ", _unescape(match["text"]))


def _dword(name: str, data: str) -> Value:
    match = _DWORD.fullmatch(data)
    if match is None:
        raise ValueError(f"{data!r}: write dword: in lower case with 1 to 8 hex digits and no 0x")
    _nothing_else(match["rest"])
    return store(name, "REG_DWORD", int(match["digits"], 16))


def _hex(name: str, data: str) -> Value:
    match = _HEX.fullmatch(data)
    if match is None:
        raise ValueError(f"{data!r}: write hex: or hex(type): in lower case")
    _nothing_else(match["rest"])
    number = int(match["type"], 16) if match["type"] else TYPE_NUMBERS["REG_BINARY"]
    type_name = TYPE_NAMES.get(number)
    if type_name is None:
        raise ValueError(f"hex({match['type']}) is a type the lab does not know")
    stored = _bytes(match["bytes"])
    due = _LENGTHS.get(type_name)
    if due is not None and len(stored) != due:
        raise ValueError(f"{type_name} has {due} bytes, not {len(stored)}")
    if type_name in _UTF16 and len(stored) % 2:
        raise ValueError(f"{type_name} is UTF-16 and can't have {len(stored)} bytes")
    return store(name, type_name, stored)


def _bytes(text: str) -> bytes:
    stripped = text.strip()
    if not stripped:
        return b""
    items = stripped.split(",")
    if items[-1] == "":
        raise ValueError("the bytes end with a comma: a line is missing, or its backslash")
    for item in items:
        if not _BYTE.fullmatch(item):
            raise ValueError(f"{item!r} is no byte: two hex digits are")
    return bytes.fromhex("".join(items))


def _unescape(text: str) -> str:
    wrong = re.search(r'\\[^"\\]', text.replace("\\\\", ""))
    if wrong:
        raise ValueError(f"{wrong[0]!r}: a backslash in a name or text is written twice")
    return re.sub(r"\\(.)", r"\1", text)


def _nothing_else(rest: str) -> None:
    stripped = rest.strip()
    if stripped and not stripped.startswith(";"):
        raise ValueError(f"{stripped!r} stands behind the data")
