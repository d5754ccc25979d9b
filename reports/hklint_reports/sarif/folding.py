"""Lines of a report whose number nobody knows before the last host: one each, or one for many.

What is collected here takes bounded memory, however many hosts there are: lines are packed, and
where they are too many, or too much, things of one kind share one line that counts their hosts.
"""

import zlib
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from hklint_reports.identity import Json
from hklint_reports.json_lines import ascii_json

MAX_HOSTS = 100
"""Hosts that a line names; the others it only counts."""
Item = TypeVar("Item")


@dataclass(slots=True)
class Hosts:
    """Some hosts: the names of the first ones, how many there are, and what the baseline had.

    One that is `alone` has a line to itself, as have all others.
    """

    alone: bool = False
    names: list[str] = field(default_factory=list[str])
    count: int = 0
    states: set[str] = field(default_factory=set[str])

    def add(self, name: str, state: str) -> None:
        """One more host; `state` is as in `Verdict.baseline_state`, or `absent`."""
        self.count += 1
        self.states.add(state)
        if len(self.names) < MAX_HOSTS:
            self.names.append(name)


class Lines:
    """Lines of ASCII, packed in memory; `size` is what they take, in bytes."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1)
        self._pieces: list[bytes] = []
        self.size = 0

    def add(self, line: str) -> None:
        """One more line, which has no line break in it."""
        self._keep(self._packer.compress(f"{line}\n".encode("ascii")))

    def _keep(self, piece: bytes) -> None:
        if piece:
            self._pieces.append(piece)
            self.size += len(piece)

    def __iter__(self) -> Iterator[str]:
        """All lines; nothing can be added afterwards."""
        self._keep(self._packer.flush())
        unpacker, rest = zlib.decompressobj(), ""
        for piece in self._pieces:
            *lines, rest = (rest + unpacker.decompress(piece).decode("ascii")).split("\n")
            yield from lines


class Folding(Generic[Item]):
    """Lines about things on hosts: one for each, or else one for each kind of thing.

    `render` makes a line's document of a thing and its hosts. There are at most `most` lines of
    one host, which take at most `size` bytes when packed; with `folded` there are none.
    """

    def __init__(
        self,
        render: Callable[[Item, Hosts], Json],
        most: int,
        size: int,
        *,
        folded: bool = False,
    ) -> None:
        self._render = render
        self._most = most
        self._size = size
        self._kinds: dict[Hashable, tuple[Item, Hosts]] = {}
        self._lines = None if folded else Lines()
        self.count = 0

    @property
    def folded(self) -> bool:
        """Whether a line is about many hosts."""
        return self._lines is None

    def add(self, kind: Hashable, item: Item, host: str, state: str = "") -> None:
        """One more thing; of its kind, the first one stands for all."""
        if (found := self._kinds.get(kind)) is None:
            found = self._kinds[kind] = (item, Hosts())
        found[1].add(host, state)
        self.count += 1
        if self._lines is None:
            return
        if self.count > self._most or self._lines.size > self._size:
            self._lines = None
            return
        alone = Hosts(alone=True, names=[host], count=1, states={state})
        self._lines.add(ascii_json(self._render(item, alone)))

    def lines(self) -> Iterator[str]:
        """What was added, as JSON documents without line breaks."""
        if self._lines is None:
            return (ascii_json(self._render(item, hosts)) for item, hosts in self._kinds.values())
        return iter(self._lines)
