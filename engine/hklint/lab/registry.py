r"""The lab's registry: keys and values as a Windows stores them, seen through its two views.

Names compare without regard to case and keep the spelling they were created with. A value is kept
as its type number and its bytes, so whatever can stand in a registry can stand here.
"""

from typing import Literal, get_args

import msgspec

from hklint.fact import Hive, View

ROOTS: dict[str, Hive] = {
    "HKEY_LOCAL_MACHINE": "HKLM",
    "HKEY_CURRENT_USER": "HKCU",
    "HKEY_CLASSES_ROOT": "HKCR",
    "HKEY_USERS": "HKU",
    "HKEY_CURRENT_CONFIG": "HKCC",
}
"""Root keys by their full names."""

TypeName = Literal[
    "REG_NONE",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_BINARY",
    "REG_DWORD",
    "REG_DWORD_BIG_ENDIAN",
    "REG_MULTI_SZ",
    "REG_QWORD",
]
TYPE_NUMBERS: dict[TypeName, int] = {
    "REG_NONE": 0,
    "REG_SZ": 1,
    "REG_EXPAND_SZ": 2,
    "REG_BINARY": 3,
    "REG_DWORD": 4,
    "REG_DWORD_BIG_ENDIAN": 5,
    "REG_MULTI_SZ": 7,
    "REG_QWORD": 11,
}
TYPE_NAMES: dict[int, TypeName] = {number: name for name, number in TYPE_NUMBERS.items()}

LONGEST_KEY_NAME = 255
LONGEST_VALUE_NAME = 16_383

_SHARED = (
    "MICROSOFT\\SYSTEMCERTIFICATES",
    "MICROSOFT\\WINDOWS\\CURRENTVERSION\\POLICIES",
    "POLICIES",
)
r"""Keys below HKLM\SOFTWARE that both views share (Microsoft, "Registry Keys Affected by WOW64");
only those that a check may ask for."""


class KeyPath(msgspec.Struct, frozen=True):
    """A key by its hive and the names on the way to it."""

    hive: Hive
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return "\\".join((self.hive, *self.parts))


class Value(msgspec.Struct, frozen=True):
    """A value as stored: its name ("" for the key's default value), type number and bytes."""

    name: str
    type: int
    data: bytes


def parse_path(text: str) -> KeyPath:
    r"""The key that `HKLM\A\B` or `HKEY_LOCAL_MACHINE\A\B` names; ValueError says what is wrong."""
    root, *parts = text.split("\\")
    short = {hive.upper(): hive for hive in get_args(Hive)}
    hive = ROOTS.get(root.upper()) or short.get(root.upper())
    if hive is None:
        raise ValueError(f"{root!r} is no root key; use one of {', '.join(ROOTS)}")
    if not parts:
        raise ValueError(f"{text!r} names no key below the root")
    if "" in parts:
        raise ValueError(f"{text!r} has an empty key name: a backslash too many")
    if any(len(part) > LONGEST_KEY_NAME for part in parts):
        raise ValueError(f"a key name is longer than {LONGEST_KEY_NAME} characters")
    return KeyPath(hive, tuple(parts))


def fold(name: str) -> str:
    """A name as Windows compares it: upper case, character by character."""
    return "".join(upper if len(upper := char.upper()) == 1 else char for char in name)


class _Key:
    def __init__(self, path: KeyPath) -> None:
        self.path = path
        self.values: dict[str, Value] = {}

    def copy(self) -> "_Key":
        twin = _Key(self.path)
        twin.values = dict(self.values)
        return twin


_Place = tuple[str, ...]


class Registry:
    """Keys with their values, and the keys whose access is denied.

    Every method takes a path as a program of that view would spell it.
    """

    def __init__(self) -> None:
        self._keys: dict[_Place, _Key] = {}
        self._denied: set[_Place] = set()

    def copy(self) -> "Registry":
        """A registry of its own with the same content."""
        twin = Registry()
        twin._keys = {place: key.copy() for place, key in self._keys.items()}
        twin._denied = set(self._denied)
        return twin

    def create(self, path: KeyPath, view: View = "64-bit") -> None:
        """Create a key with its parents, unless it is there."""
        self._open(_physical(path, view))

    def delete(self, path: KeyPath, view: View = "64-bit") -> None:
        """Delete a key with everything below it, if it is there."""
        place = _place(_physical(path, view))
        for found in [found for found in self._keys if found[: len(place)] == place]:
            del self._keys[found]

    def write(self, path: KeyPath, value: Value, view: View = "64-bit") -> None:
        """Set a value; one that is there keeps its spelling."""
        values = self._open(_physical(path, view)).values
        there = values.get(fold(value.name))
        name = there.name if there else value.name
        values[fold(value.name)] = Value(name, value.type, value.data)

    def delete_value(self, path: KeyPath, name: str, view: View = "64-bit") -> None:
        """Delete a value, if it is there."""
        key = self._keys.get(_place(_physical(path, view)))
        if key is not None:
            key.values.pop(fold(name), None)

    def deny(self, path: KeyPath, view: View = "64-bit") -> None:
        """Let nobody but the system read this key and what is below it."""
        physical = _physical(path, view)
        self._open(physical)
        self._denied.add(_place(physical))

    def exists(self, path: KeyPath, view: View = "64-bit") -> bool:
        """Whether the key is there, denied or not."""
        return _place(_physical(path, view)) in self._keys

    def is_denied(self, path: KeyPath, view: View = "64-bit") -> bool:
        """Whether a user who opens this key is refused."""
        place = _place(_physical(path, view))
        return any(place[: len(denied)] == denied for denied in self._denied)

    def value(self, path: KeyPath, name: str, view: View = "64-bit") -> Value | None:
        """A value as the system reads it, without regard to access rights."""
        key = self._keys.get(_place(_physical(path, view)))
        return key.values.get(fold(name)) if key else None

    def spelling(self, path: KeyPath, view: View = "64-bit") -> KeyPath | None:
        """The path as it was created, where the key really is."""
        key = self._keys.get(_place(_physical(path, view)))
        return key.path if key else None

    def _open(self, physical: KeyPath) -> _Key:
        spelled: tuple[str, ...] = ()
        for depth in range(1, len(physical.parts) + 1):
            path = KeyPath(physical.hive, (*spelled, physical.parts[depth - 1]))
            key = self._keys.setdefault(_place(path), _Key(path))
            spelled = key.path.parts
        return self._keys[_place(physical)]


def _place(path: KeyPath) -> _Place:
    return (path.hive, *(fold(part) for part in path.parts))


def _physical(path: KeyPath, view: View) -> KeyPath:
    """Where a key really is: the set CurrentControlSet points at, the 32-bit view's own node."""
    if path.hive != "HKLM":
        return path
    parts = path.parts
    if [fold(part) for part in parts[:2]] == ["SYSTEM", "CONTROLSET001"]:
        return KeyPath("HKLM", (parts[0], "CurrentControlSet", *parts[2:]))
    if view == "32-bit" and fold(parts[0]) == "SOFTWARE" and not _is_shared(parts[1:]):
        return KeyPath("HKLM", (parts[0], "Wow6432Node", *parts[1:]))
    return path


def _is_shared(parts: tuple[str, ...]) -> bool:
    below = fold("\\".join(parts))
    return any(below == shared or below.startswith(shared + "\\") for shared in _SHARED)
