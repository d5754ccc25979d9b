"""The bytes of registry values: how plain data is stored, and how .NET gives it back."""

import struct
from collections.abc import Sequence
from typing import cast

from hklint.lab.registry import TYPE_NUMBERS, TypeName, Value

_NUL = "\0"
_WIDTHS: dict[TypeName, tuple[str, int]] = {
    "REG_DWORD": ("<I", 32),
    "REG_DWORD_BIG_ENDIAN": (">I", 32),
    "REG_QWORD": ("<Q", 64),
}
_DWORD_BYTES = 4
_QWORD_BYTES = 8


def store(name: str, type_name: TypeName, data: object) -> Value:
    """A value with its bytes; ValueError says why the data does not fit the type.

    Numbers are `int`, texts `str`, REG_MULTI_SZ a list of `str`, REG_BINARY and REG_NONE `bytes`.
    For any type, `bytes` are stored as they are: so a malformed value is made.
    """
    return Value(name, TYPE_NUMBERS[type_name], _encode(type_name, data))


def _encode(type_name: TypeName, data: object) -> bytes:
    match data:
        case bytes():
            return data
        case bool():
            pass
        case int() if type_name in _WIDTHS:
            layout, bits = _WIDTHS[type_name]
            if not 0 <= data < 1 << bits:
                raise ValueError(f"{data} does not fit into {type_name}")
            return struct.pack(layout, data)
        case str() if type_name in ("REG_SZ", "REG_EXPAND_SZ"):
            return encode_text(data)
        case list() if type_name == "REG_MULTI_SZ":
            return _encode_list(cast("list[object]", data))
        case _:
            pass
    raise ValueError(f"{data!r} is no data for {type_name}")


def _encode_list(items: Sequence[object]) -> bytes:
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) != len(items):
        raise ValueError("REG_MULTI_SZ is a list of texts")
    return encode_text("".join(text + _NUL for text in texts))


def encode_text(text: str) -> bytes:
    """A text in UTF-16LE with its terminating NUL."""
    return (text + _NUL).encode("utf-16-le", "surrogatepass")


def decode_text(data: bytes) -> str:
    """A text as `RegistryKey.GetValue` gives it: padded to even length, less one trailing NUL.

    Source: referencesource, mscorlib/microsoft/win32/registrykey.cs.
    """
    padded = data + b"\0" * (len(data) % 2)
    return padded.decode("utf-16-le", "surrogatepass").removesuffix(_NUL)


def decode_list(data: bytes) -> list[str]:
    """REG_MULTI_SZ as `RegistryKey.GetValue` gives it: without the empty text that closes it."""
    padded = data + b"\0" * (len(data) % 2)
    texts = padded.decode("utf-16-le", "surrogatepass").split(_NUL)
    if texts[-1]:
        return texts
    texts.pop()
    if texts and not texts[-1]:
        texts.pop()
    return texts


def number(value: Value) -> int | None:
    """REG_DWORD or REG_QWORD as .NET reads it, unsigned, with missing bytes zero.

    None where .NET gives no number of that width: a REG_DWORD of more than 4 bytes comes as Int64
    or Byte[], a REG_QWORD of more than 8 as Byte[].
    """
    width = _DWORD_BYTES if value.type == TYPE_NUMBERS["REG_DWORD"] else _QWORD_BYTES
    return int.from_bytes(value.data, "little") if len(value.data) <= width else None


def dword(value: Value | None) -> int | None:
    """A well-formed REG_DWORD, or None for anything else."""
    if value is None or value.type != TYPE_NUMBERS["REG_DWORD"]:
        return None
    return int.from_bytes(value.data, "little") if len(value.data) == _DWORD_BYTES else None
