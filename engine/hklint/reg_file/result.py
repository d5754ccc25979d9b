"""What is known of a registry once a .reg file's lines have acted on it, in their order.

Later lines prevail: the last of two equal names, whatever their case, and a key that is deleted
after its values were set. A line that is not understood takes away what it may have changed.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from hklint.fact import Hive
from hklint.fold import fold
from hklint.reg_file.entries import (
    CreateKey,
    Data,
    DeleteKey,
    DeleteValue,
    KeyPath,
    SetValue,
)
from hklint.reg_file.read import NotUnderstood, ReadLine, RegFile

Place = tuple[Hive, tuple[str, ...]]
"""A key for comparing: the hive, and the folded names on the way."""


class Doubt(msgspec.Struct, frozen=True):
    """What a line may have changed, in a way that nobody can say."""

    line: int
    message: str


KeyState = Literal["there", "gone", "not-said"] | Doubt
ValueState = Data | Literal["gone", "not-said"] | Doubt


class Result:
    """What a file leaves, by key and value."""

    def __init__(self, file: RegFile) -> None:
        self.sections: dict[Place, int] = {}
        self._there: dict[Place, int] = {}
        self._deleted: dict[Place, int] = {}
        self._values: dict[tuple[Place, str], tuple[int, Data | None]] = {}
        self._value_doubts: dict[tuple[Place, str], Doubt] = {}
        self._key_doubts: dict[Place, Doubt] = {}
        self._last_doubts: dict[Place, Doubt] = {}
        self._doubt = Doubt(0, "")
        for line in file.lines:
            self._take(line)

    def key(self, key: KeyPath) -> KeyState:
        """Whether the key is there."""
        place = place_of(key)
        there, deleted = self._there.get(place, 0), self._last_deletion(place)
        if there > max(deleted, self._doubt.line):
            return "there"
        doubt = self._latest(self._doubt, self._last_doubts.get(place))
        return _decided(doubt, deleted)

    def value(self, key: KeyPath, name: str) -> ValueState:
        """What the value is."""
        place = place_of(key)
        at = (place, fold(name))
        number, data = self._values.get(at, (0, None))
        deleted = self._last_deletion(place)
        doubt = self._latest(self._doubt, self._key_doubts.get(place), self._value_doubts.get(at))
        if number > max(deleted, doubt.line):
            return "gone" if data is None else data
        return _decided(doubt, deleted)

    def _take(self, line: ReadLine) -> None:
        match line.says:
            case CreateKey(key):
                self.sections[place_of(key)] = line.number
                for place in _way(place_of(key)):
                    self._there[place] = line.number
            case DeleteKey(key):
                self._deleted[place_of(key)] = line.number
            case SetValue(key, name, data):
                self._values[place_of(key), fold(name)] = (line.number, data)
            case DeleteValue(key, name):
                self._values[place_of(key), fold(name)] = (line.number, None)
            case NotUnderstood(message, key, name):
                self._take_doubt(Doubt(line.number, message), key, name)
            case _:
                pass

    def _take_doubt(self, doubt: Doubt, key: KeyPath | None, name: str | None) -> None:
        if key is None:
            self._doubt = doubt
            return
        place = place_of(key)
        self._last_doubts[place] = doubt
        if name is None:
            self._key_doubts[place] = doubt
        else:
            self._value_doubts[place, fold(name)] = doubt

    def _last_deletion(self, place: Place) -> int:
        return max(self._deleted.get(above, 0) for above in _way(place))

    @staticmethod
    def _latest(*doubts: Doubt | None) -> Doubt:
        return max((doubt for doubt in doubts if doubt), key=lambda doubt: doubt.line)


def place_of(key: KeyPath) -> Place:
    """A key's path for comparing."""
    return key.hive, tuple(fold(part) for part in key.path.split("\\")) if key.path else ()


def _way(place: Place) -> Iterator[Place]:
    """The key and those above it, the hive included."""
    hive, parts = place
    return ((hive, parts[:length]) for length in range(len(parts), -1, -1))


def _decided(doubt: Doubt, deleted: int) -> Doubt | Literal["gone", "not-said"]:
    if doubt.line > deleted:
        return doubt
    return "gone" if deleted else "not-said"


def above(place: Place) -> Iterator[Place]:
    """The keys above one, the hive included."""
    ways = _way(place)
    next(ways)
    return ways
