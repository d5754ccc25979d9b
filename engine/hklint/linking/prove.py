"""The proof of a decision table: every combination meets exactly one row.

Combinations are not listed one by one. Rows are boxes over the dimensions (finite parameters and
inputs), sets of rows are bit masks, and the search walks one dimension after the other with the
rows that are still possible; equal sets of rows are looked at once.
"""

from collections.abc import Iterable, Iterator, Mapping

from hklint.codes import Code
from hklint.model import Model, ModelInput, Row, case_names
from hklint.span import Diagnostic

MAX_SEARCH_STEPS = 200_000
MAX_DIMENSIONS = 100
MAX_ROWS = 5_000
MAX_OVERLAPS = 20

Dimensions = Mapping[str, tuple[str, ...]]
"""Each finite parameter and input with its words: values, cases or states."""


def prove(model: Model) -> Iterator[Diagnostic]:
    """What keeps a linked model from being complete and unambiguous; nothing if it is proved."""
    dimensions = _dimensions(model)
    if len(dimensions) > MAX_DIMENSIONS or len(model.rows) > MAX_ROWS:
        limit = f"at most {MAX_DIMENSIONS} inputs and {MAX_ROWS} rows can be proved"
        message = f"the table is too large: {limit}"
        yield Diagnostic(model.span, message, "split it", Code.UNPROVABLE)
        return
    masks = _masks(model.rows, dimensions)
    yield from _overlaps(model.rows, dimensions, masks)
    try:
        gap = _Search(model.rows, dimensions, masks).gap()
    except _TooLargeError:
        message = f"the table could not be proved in {MAX_SEARCH_STEPS} steps"
        hint = "split it: let another model answer a part of it"
        yield Diagnostic(model.span, message, hint, Code.UNPROVABLE)
        return
    if gap is not None:
        message = f"no row covers {_in_words(gap, dimensions)}"
        yield Diagnostic(model.span, message, "add a row", Code.TABLE_GAP)
    yield from _dead_rows(model)


class _TooLargeError(Exception):
    pass


def _dimensions(model: Model) -> Dimensions:
    finite = {
        name: tuple(map(str, allowed))
        for name, allowed in model.parameters.items()
        if allowed is not None
    }
    return finite | {item.name: case_names(item) for item in model.inputs}


def _masks(rows: tuple[Row, ...], dimensions: Dimensions) -> list[dict[str, int]]:
    """For each dimension and each of its words the rows that allow it, as bits."""
    return [
        {
            word: _mask(row.number for row in rows if word in row.when.get(name, words))
            for word in words
        }
        for name, words in dimensions.items()
    ]


def _mask(numbers: Iterable[int]) -> int:
    return sum(1 << number for number in numbers)


def _overlaps(
    rows: tuple[Row, ...], dimensions: Dimensions, masks: list[dict[str, int]]
) -> Iterator[Diagnostic]:
    by_number = {row.number: row for row in rows}
    found = 0
    for row in rows:
        clashing = _mask([row.number]) - 1
        for allowing, (name, words) in zip(masks, dimensions.items(), strict=True):
            near = 0
            for word in row.when.get(name, words):
                near |= allowing.get(word, 0)
            clashing &= near
        for number in _bits(clashing & ~1):
            found += 1
            if found > MAX_OVERLAPS:
                return
            yield _overlap(by_number[number], row, dimensions)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _overlap(earlier: Row, row: Row, dimensions: Dimensions) -> Diagnostic:
    example = {
        name: next(
            word
            for word in words
            if word in row.when.get(name, words) and word in earlier.when.get(name, words)
        )
        for name, words in dimensions.items()
        if name in row.when or name in earlier.when
    }
    message = (
        f"rows {earlier.number} (line {earlier.span.line}) and {row.number} both cover "
        f"{_in_words(example, dimensions)}"
    )
    return Diagnostic(row.span, message, "narrow one of them", Code.TABLE_OVERLAP)


class _Search:
    """Looks for a combination that no row covers."""

    def __init__(
        self, rows: tuple[Row, ...], dimensions: Dimensions, masks: list[dict[str, int]]
    ) -> None:
        self._names = list(dimensions)
        self._words = list(dimensions.values())
        self._allowing = masks
        self._free_from = [
            _mask(row.number for row in rows if not row.when.keys() & set(self._names[depth:]))
            for depth in range(len(self._names) + 1)
        ]
        self._all_rows = _mask(row.number for row in rows)
        self._covered: set[tuple[int, int]] = set()

    def gap(self) -> dict[str, str] | None:
        return self._below(0, self._all_rows)

    def _below(self, depth: int, possible: int) -> dict[str, str] | None:
        if not possible:
            return {}
        if possible & self._free_from[depth] or (depth, possible) in self._covered:
            return None
        for word in self._words[depth]:
            found = self._below(depth + 1, possible & self._allowing[depth][word])
            if found is not None:
                return {self._names[depth]: word} | found
        self._covered.add((depth, possible))
        if len(self._covered) > MAX_SEARCH_STEPS:
            raise _TooLargeError
        return None


def _in_words(combination: Mapping[str, str], dimensions: Dimensions) -> str:
    if not combination:
        return "everything"
    named = ", ".join(f"{name}: {word}" for name, word in combination.items())
    rest = ", whatever the rest is" if len(combination) < len(dimensions) else ""
    return f"{{{named}}}{rest}"


def _dead_rows(model: Model) -> Iterator[Diagnostic]:
    """Rows for states that another model has, but never comes to."""
    for item in model.inputs:
        if not isinstance(item, ModelInput):
            continue
        reached = {row.state for row in item.model.rows}
        for row in model.rows:
            wanted = row.when.get(item.name)
            if wanted is not None and not wanted & reached:
                states = " or ".join(sorted(wanted))
                message = f"row {row.number} can never be met: {item.model.id} is never {states}"
                yield Diagnostic(row.span, message, "remove the row", Code.DEAD_ROW)
