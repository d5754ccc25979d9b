"""Room on a page of limited size, and what found none."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple


class Left(NamedTuple):
    """Things that are not on the page: how many, and what one of them is called."""

    number: int
    what: str


@dataclass(frozen=True, slots=True)
class Section:
    """Items below a head, the most important first; `what` names one.

    There are `number` of them in all, of which no more than `most` are written.
    """

    head: str
    items: Iterable[str]
    number: int
    what: str
    most: int
    separator: str = "\n"


@dataclass(slots=True)
class Space:
    """So many bytes, taken by one section after the other, in whatever encoding it is written."""

    left: int

    def taken(self, text: str) -> str:
        """A text that has to be there."""
        self.left -= _size(text) + 2
        return text

    def section(self, section: Section, left: list[Left]) -> str:
        """As much of a section as there is room for, "" if nothing; adds to what is `left` out."""
        shown = [section.head]
        room = self.left - _size(section.head) - 2
        for item in islice(section.items, section.most):
            size = _size(item) + len(section.separator)
            if size <= room:
                room -= size
                shown.append(item)
        if out := section.number - len(shown) + 1:
            left.append(Left(out, section.what))
        if len(shown) == 1:
            return ""
        self.left = room
        return section.separator.join(shown)


def _size(text: str) -> int:
    """The most bytes that a text can take, with everything spelled out that is not ASCII."""
    return len(text.encode("ascii", "backslashreplace"))
