"""What the lines of a .reg file say, in the order in which they act."""

import msgspec

from hklint.fact import Hive, Present

TYPE_NUMBERS = {
    "REG_NONE": 0,
    "REG_SZ": 1,
    "REG_EXPAND_SZ": 2,
    "REG_BINARY": 3,
    "REG_DWORD": 4,
    "REG_MULTI_SZ": 7,
    "REG_QWORD": 11,
}
"""The types whose data are `Present`, with the numbers Windows has for them (winnt.h)."""


class Raw(msgspec.Struct, frozen=True):
    """Data that are no `Present`: of another type, or a number of a wrong length.

    `type` is Windows' number of the type, `data` the bytes as stored.
    """

    type: int
    data: bytes


Data = Present | Raw


class KeyPath(msgspec.Struct, frozen=True):
    r"""A key as a .reg file spells it; `path` is below the hive, and "" is the hive itself.

    The file is one for a 64-bit Windows: the 32-bit view is spelled out, `SOFTWARE\Wow6432Node`.
    """

    hive: Hive
    path: str


class CreateKey(msgspec.Struct, frozen=True):
    """`[key]`: the key is made with its parents, unless it is there."""

    key: KeyPath


class DeleteKey(msgspec.Struct, frozen=True):
    """`[-key]`: the key goes, with all below it."""

    key: KeyPath


class SetValue(msgspec.Struct, frozen=True):
    """`"name"=data`, or `@=data` for the value named ""."""

    key: KeyPath
    name: str
    data: Data


class DeleteValue(msgspec.Struct, frozen=True):
    """`"name"=-`."""

    key: KeyPath
    name: str


class Comment(msgspec.Struct, frozen=True):
    """A remark for the reader, written where it stands among the entries.

    `text` is of one line or several. One before a `CreateKey` stands above the key's line, one
    between two values of a key above the second.
    """

    text: str


Entry = CreateKey | DeleteKey | SetValue | DeleteValue | Comment
