r"""The right side of a value's line: `dword:00000001`, `"text"`, `hex(7):61,00,00,00,00,00`.

Forms: Microsoft Support, "How to add, modify, or delete registry subkeys and values by using a
.reg file" (KB310516). Texts are stored in UTF-16LE with one NUL at the end, and read as .NET's
`RegistryKey.GetValue` reads them: less exactly one NUL (referencesource, registrykey.cs).
"""

import re

from hklint.fact import Present
from hklint.reg_file.decode import TextBytes
from hklint.reg_file.entries import TYPE_NUMBERS, Data, Raw

_NUL = "\0"
_TYPE_NAMES = {number: name for name, number in TYPE_NUMBERS.items()}
_WIDTHS = {"REG_DWORD": 4, "REG_QWORD": 8}
_QUOTED = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"(?P<rest>.*)', re.DOTALL)
_DWORD = re.compile(r"dword:(?P<digits>[0-9A-Fa-f]{1,8})(?P<rest>(?:[ \t;].*)?)", re.DOTALL)
_HEX = re.compile(r"hex(?:\((?P<type>[0-9A-Fa-f]{1,8})\))?:(?P<bytes>[^;]*)(?P<rest>.*)", re.DOTALL)
_BYTES = re.compile(r"(?:[0-9A-Fa-f]{2}(?:,[0-9A-Fa-f]{2})*)?")
_CONTROL = re.compile("[\x00-\x1f\x7f]")


class DataError(ValueError):
    """Text that is no data of a .reg file, or data that no .reg file can hold; it says why."""


def parse_data(text: str, *, text_bytes: TextBytes = "utf-16") -> Data:
    """The data a value's line gives, without what continues lines; a comment may follow.

    Only forms whose meaning is the same everywhere are understood. Raises DataError.
    """
    if text.startswith('"'):
        return Present("REG_SZ", _text(text))
    match text[:3].lower():
        case "dwo":
            return Present("REG_DWORD", _dword(text))
        case "hex":
            return _hex(text, text_bytes)
        case _:
            raise DataError('data begin with ", dword:, hex: or hex(')


def format_data(data: Data) -> str:
    """The data as they are written, on one line. Raises DataError if they can't be."""
    as_stored = stored(data)
    if isinstance(data, Raw):
        return f"hex({data.type:x}):{as_stored.hex(',')}"
    match data.type:
        case "REG_DWORD":
            return f"dword:{int.from_bytes(as_stored, 'little'):08x}"
        case "REG_SZ" if _CONTROL.search(str(data.value)) is None:
            return quoted(str(data.value))
        case "REG_BINARY":
            return f"hex:{as_stored.hex(',')}"
        case _:
            return f"hex({TYPE_NUMBERS[data.type]:x}):{as_stored.hex(',')}"


def quoted(text: str) -> str:
    """A name or a text in quotes, with the two escapes there are."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    r"""What stood between the quotes. Raises DataError for an escape other than `\\` and `\"`."""
    wrong = re.search(r"\\[^\\\"]", text.replace("\\\\", ""))
    if wrong is not None:
        raise DataError(f"a backslash before {wrong[0][1:]!r}: in quotes it is written twice")
    return re.sub(r"\\(.)", r"\1", text)


def stored(data: Data) -> bytes:
    """The bytes as the registry has them. Raises DataError for data that do not fit their type."""
    if isinstance(data, Raw):
        return data.data
    value = data.value
    match data.type:
        case "REG_DWORD" | "REG_QWORD" if isinstance(value, int):
            width = _WIDTHS[data.type]
            if not 0 <= value < 1 << 8 * width:
                raise DataError(f"{value} does not fit into {data.type}")
            return value.to_bytes(width, "little")
        case "REG_SZ" | "REG_EXPAND_SZ" if isinstance(value, str):
            return _utf16(value + _NUL)
        case "REG_MULTI_SZ" if isinstance(value, tuple):
            if any(_NUL in text for text in value):
                raise DataError("a text of a REG_MULTI_SZ can't hold a NUL")
            return _utf16("".join(text + _NUL for text in value) + _NUL)
        case "REG_BINARY" | "REG_NONE" if isinstance(value, str):
            return bytes.fromhex(value)
        case _:
            raise DataError(f"these are no data of a {data.type}")


def to_data(number: int, data: bytes) -> Data:
    """Bytes of the registry as data: `Present` where the type and the length are usual ones."""
    type_name = _TYPE_NAMES.get(number, "")
    match type_name:
        case "REG_DWORD" | "REG_QWORD" if len(data) == _WIDTHS[type_name]:
            return Present(type_name, int.from_bytes(data, "little"))
        case "REG_SZ" | "REG_EXPAND_SZ":
            return Present(type_name, _from_utf16(data).removesuffix(_NUL))
        case "REG_MULTI_SZ":
            return Present(type_name, _texts(_from_utf16(data)))
        case "REG_BINARY" | "REG_NONE":
            return Present(type_name, data.hex())
        case _:
            return Raw(number, data)


def _text(text: str) -> str:
    match = _QUOTED.fullmatch(text)
    if match is None:
        raise DataError("the text's closing quote is missing")
    _nothing_else(match["rest"])
    return unquoted(match["text"])


def _dword(text: str) -> int:
    match = _DWORD.fullmatch(text)
    if match is None:
        raise DataError("a number is dword: in small letters and 1 to 8 hex digits, without 0x")
    _nothing_else(match["rest"])
    return int(match["digits"], 16)


def _hex(text: str, text_bytes: TextBytes) -> Data:
    match = _HEX.fullmatch(text)
    if match is None:
        raise DataError("bytes are hex: or hex(TYPE): in small letters and pairs of hex digits")
    _nothing_else(match["rest"])
    listed = match["bytes"].strip()
    if listed.endswith(","):
        raise DataError("the bytes end with a comma: a line is missing, or its backslash")
    if _BYTES.fullmatch(listed) is None:
        raise DataError("bytes are pairs of hex digits with a comma between them")
    number = int(match["type"], 16) if match["type"] else TYPE_NUMBERS["REG_BINARY"]
    data = bytes.fromhex(listed.replace(",", ""))
    return to_data(number, _as_utf16(data, text_bytes) if _is_text(number) else data)


def _is_text(number: int) -> bool:
    return _TYPE_NAMES.get(number) in {"REG_SZ", "REG_EXPAND_SZ", "REG_MULTI_SZ"}


def _as_utf16(data: bytes, text_bytes: TextBytes) -> bytes:
    """The bytes of a text as they are stored; Wine 8.0 goes by the encoding, not by the header."""
    if text_bytes == "utf-16" or not data:
        return data
    if text_bytes == "unclear":
        raise DataError("first line and encoding disagree on whether bytes of texts are UTF-16")
    if not data.isascii():
        raise DataError("text outside ASCII depends on the code page of the computer")
    return _utf16(data.decode("ascii"))


def _nothing_else(rest: str) -> None:
    stripped = rest.strip(" \t")
    if stripped and not stripped.startswith(";"):
        raise DataError("text stands behind the data")


def _utf16(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _from_utf16(data: bytes) -> str:
    return (data + b"\0" * (len(data) % 2)).decode("utf-16-le", "surrogatepass")


def _texts(text: str) -> tuple[str, ...]:
    """The texts of a REG_MULTI_SZ: an empty one is kept, the one that closes the list is not."""
    texts = text.split(_NUL)
    if not texts[-1]:
        texts.pop()
        if texts and not texts[-1]:
            texts.pop()
    return tuple(texts)
