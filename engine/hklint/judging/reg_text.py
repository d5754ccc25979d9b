r""".reg files: the changes a host needs, and the way back.

Format: Microsoft Support, "How to add, modify, or delete registry subkeys and values by using a
.reg file" (KB310516). Only its canonical forms are written: root names in full, eight lower-case
digits for a DWORD, `\` and `"` escaped.
"""

from collections.abc import Iterable, Mapping

from hklint.fact import Absent, Observation, Present, RegistryValue, Unreadable
from hklint.fold import fold
from hklint.snapshot import Snapshot
from hklint.verdict import Change

ENCODING = "utf-16"
"""UTF-16 with a byte order mark, as regedit writes it; lines end in CRLF."""

_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}


class NoRollbackError(Exception):
    """A value that could not be read can't be put back, so it must not be changed."""


def fix_text(changes: Iterable[Change], comment: str) -> str:
    """The .reg text that makes the changes."""
    keys: dict[str, dict[str, str]] = {}
    for change in changes:
        fact = _value(change)
        keys.setdefault(_path(fact), {})[fact.value] = _data(Present(change.type, change.value))
    return _text(keys, comment)


def rollback_text(changes: Iterable[Change], snapshot: Snapshot, comment: str) -> str:
    """The .reg text that puts back what stood there when the snapshot was taken.

    Keys that the fix makes are left empty rather than deleted: `[-key]` would take along whatever
    was written there since. Raises NoRollbackError for a value that was not read.
    """
    keys: dict[str, dict[str, str]] = {}
    for change in changes:
        fact = _value(change)
        keys.setdefault(_path(fact), {})[fact.value] = _old(fact, snapshot.observe(fact))
    return _text(keys, comment)


def _value(change: Change) -> RegistryValue:
    assert isinstance(change.fact, RegistryValue)
    return change.fact


def _old(fact: RegistryValue, seen: Observation) -> str:
    match seen:
        case Present():
            return _data(seen)
        case Absent():
            return "-"
        case Unreadable():
            raise NoRollbackError(f"{fact} could not be read, so it can't be put back")


def _path(fact: RegistryValue) -> str:
    key = fact.key
    if fact.view == "32-bit" and fact.hive == "HKLM":
        head, _, rest = key.partition("\\")
        if fold(head) == "software":
            key = "\\".join(part for part in (head, "Wow6432Node", rest) if part)
    return f"{_HIVES[fact.hive]}\\{key}"


def _text(keys: Mapping[str, Mapping[str, str]], comment: str) -> str:
    lines = ["Windows Registry Editor Version 5.00", ""]
    lines += [f"; {line}" for line in comment.splitlines()]
    for key in sorted(keys, key=str.casefold):
        lines += ["", f"[{key}]"]
        values = keys[key]
        lines += [f"{_name(name)}={values[name]}" for name in sorted(values, key=str.casefold)]
    return "\r\n".join([*lines, ""])


def _name(name: str) -> str:
    return _quoted(name) if name else "@"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _data(present: Present) -> str:
    value = present.value
    match present.type:
        case "REG_DWORD" if isinstance(value, int):
            return f"dword:{value:08x}"
        case "REG_QWORD" if isinstance(value, int):
            return "hex(b):" + _hex(value.to_bytes(8, "little"))
        case "REG_SZ" if isinstance(value, str):
            return "hex(1):" + _hex(_utf16(value)) if _is_odd(value) else _quoted(value)
        case "REG_EXPAND_SZ" if isinstance(value, str):
            return "hex(2):" + _hex(_utf16(value))
        case "REG_MULTI_SZ" if isinstance(value, tuple):
            return "hex(7):" + _hex(b"".join(map(_utf16, value)) + b"\0\0")
        case "REG_BINARY" if isinstance(value, str):
            return "hex:" + _hex(bytes.fromhex(value))
        case "REG_NONE" if isinstance(value, str):
            return "hex(0):" + _hex(bytes.fromhex(value))
        case _:
            raise NoRollbackError(f"{present.type} can't be written to a .reg file")


def _is_odd(text: str) -> bool:
    """Texts that a quoted form would change: line breaks and other control characters."""
    return any(ord(character) < 0x20 for character in text)  # noqa: PLR2004 - C0 controls


def _utf16(text: str) -> bytes:
    return (text + "\0").encode("utf-16-le", "surrogatepass")


def _hex(data: bytes) -> str:
    return data.hex(",")
