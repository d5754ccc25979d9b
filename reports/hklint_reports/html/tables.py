"""Decision tables as their documents have them, row by row, with the rows that decided."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hklint.verdict import DecidingRow

MOST_POSSIBLE = 8
"""Rows of one decision that are quoted, where more than one is possible."""
LINES_SHOWN = 30
"""Lines of a row's text that are shown."""

_DASH = re.compile(r"( *)- +")


class SourceRow(NamedTuple):
    """A row as the document has it: its first line's number, and its lines."""

    line: int
    text: tuple[str, ...]


class Table(NamedTuple):
    """A decision table of a model."""

    model: str
    path: str
    rows: tuple[SourceRow, ...]


class Decision(NamedTuple):
    """How a table came to its state for a subject.

    `table` is the number of the table, or -1 if its text is not in the run. `rows` took part; more
    than one if not known which of them applies. `shown` are these with their neighbours, in order.
    `by` says which rows these are, and `word` what is said of each of them.
    """

    table: int
    model: str
    subject: str
    states: tuple[str, ...]
    by: str
    word: str
    place: str
    rows: tuple[int, ...]
    shown: tuple[int, ...]


class Tables:
    """The tables that a run's rows come from, numbered as they are first named."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        self._documents = documents
        self._numbers: dict[tuple[str, str, int], int] = {}
        self.all: list[Table] = []

    def add(self, rows: Iterable[DecidingRow]) -> None:
        """Make the tables of these rows known."""
        for row in rows:
            self._number(row)

    def decisions(self, rows: Iterable[DecidingRow]) -> Iterator[Decision]:
        """Rows by what they are about, in their order."""
        groups: dict[tuple[str, str, str], list[DecidingRow]] = {}
        for row in rows:
            groups.setdefault((row.model, row.subject, row.span.path), []).append(row)
        for group in groups.values():
            first = group[0]
            numbers = tuple(dict.fromkeys(row.number for row in group))[:MOST_POSSIBLE]
            known = {self._number(row) for row in group}
            number = known.pop() if len(known) == 1 else -1
            yield Decision(
                table=number,
                model=first.model,
                subject=first.subject,
                states=tuple(dict.fromkeys(row.state for row in group)),
                by=_by(first, numbers),
                word="decided" if len(numbers) == 1 else "possible",
                place=f"{first.span.path}:{first.span.line}",
                rows=numbers,
                shown=_with_neighbours(numbers, first.of) if number >= 0 else (),
            )

    def _number(self, row: DecidingRow) -> int:
        """The table of a row, or -1 if its document does not have that row at that line."""
        key = (row.model, row.span.path, row.of)
        if key not in self._numbers:
            rows = source_rows(self._documents.get(row.span.path, ""), row)
            self._numbers[key] = len(self.all) if rows else -1
            if rows:
                self.all.append(Table(row.model, row.span.path, rows))
        number = self._numbers[key]
        if number < 0 or not 1 <= row.number <= row.of:
            return -1
        return number if self.all[number].rows[row.number - 1].line == row.span.line else -1


def _by(row: DecidingRow, numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return f"by row {numbers[0]} of {row.of} of {row.model}"
    return f"by one of the rows {', '.join(map(str, numbers))} of {row.of} of {row.model}"


def _with_neighbours(rows: tuple[int, ...], of: int) -> tuple[int, ...]:
    if len(rows) > 1:
        return rows
    near = (number for row in rows for number in (row - 1, row, row + 1))
    return tuple(number for number in near if 1 <= number <= of)


def source_rows(document: str, row: DecidingRow) -> tuple[SourceRow, ...]:
    """All rows of the table that a row stands in; nothing if the text is laid out otherwise.

    A row is an item of a YAML list, so its siblings are the lines with a dash in the same column,
    up to the first line further left. There have to be as many as the run says.
    """
    lines = document.split("\n")
    at = row.span.line - 1
    if not 0 <= at < len(lines):
        return ()
    dash = _DASH.fullmatch(lines[at][: max(0, row.span.column - 1)])
    if dash is None:
        return ()
    indent = len(dash[1])
    first, last = at, at + 1
    while first > 0 and _is_inside(lines[first - 1], indent):
        first -= 1
    while last < len(lines) and _is_inside(lines[last], indent):
        last += 1
    starts = [number for number in range(first, last) if _starts(lines[number], indent)]
    if len(starts) != row.of or starts.index(at) != row.number - 1:
        return ()
    ends = [*starts[1:], last]
    return tuple(
        SourceRow(start + 1, _text(lines[start:end], indent))
        for start, end in zip(starts, ends, strict=True)
    )


def _is_inside(line: str, indent: int) -> bool:
    """Whether a line belongs to the list, or to an item of it."""
    text = line.lstrip()
    left = len(line) - len(text)
    return not text or text[0] == "#" or left > indent or (left == indent and text[0] == "-")


def _starts(line: str, indent: int) -> bool:
    return line.startswith(" " * indent + "- ")


def _text(lines: list[str], indent: int) -> tuple[str, ...]:
    """A row's lines without their common margin, and without comments on what follows."""
    shown = [line[indent + 2 :].rstrip() for line in lines]
    while shown and (not shown[-1] or lines[len(shown) - 1].lstrip().startswith("#")):
        shown.pop()
    more = len(shown) - LINES_SHOWN
    return tuple(shown[:LINES_SHOWN]) + ((f"... {more} more lines",) if more > 0 else ())
