"""The proof of a decision table: every combination meets exactly one row.

Combinations are not listed one by one. Rows are boxes over the dimensions (finite parameters and
inputs), sets of rows are bit masks, and the search walks one dimension after the other with the
rows that are still possible; equal sets of rows are looked at once.
"""

from collections.abc import Iterator, Mapping

from hklint.model import Model, ModelInput, Row, case_names
from hklint.span import Diagnostic

MAX_SEARCH_STEPS = 200_000


def prove(model: Model) -> Iterator[Diagnostic]:
    """What keeps a linked model from being complete and unambiguous; nothing if it is proved."""
    dimensions = _dimensions(model)
    yield from _overlaps(model.rows, dimensions)
    try:
        gap = _Search(model.rows, dimensions).gap()
    except _TooLargeError:
        message = f"the table is too large to be proved ({MAX_SEARCH_STEPS} steps): split it"
        yield Diagnostic(model.span, message)
        return
    if gap is not None:
        yield Diagnostic(model.span, f"no row covers {_in_words(gap, dimensions)}", "add a row")
    yield from _unused(model)


class _TooLargeError(Exception):
    pass


def _dimensions(model: Model) -> dict[str, tuple[str, ...]]:
    finite = {
        name: tuple(map(str, allowed))
        for name, allowed in model.parameters.items()
        if allowed is not None
    }
    return finite | {item.name: case_names(item) for item in model.inputs}


def _overlaps(
    rows: tuple[Row, ...], dimensions: Mapping[str, tuple[str, ...]]
) -> Iterator[Diagnostic]:
    for number, row in enumerate(rows):
        for earlier in rows[:number]:
            common = {
                name: [
                    word
                    for word in words
                    if word in row.when.get(name, words) and word in earlier.when.get(name, words)
                ]
                for name, words in dimensions.items()
            }
            if all(common.values()):
                example = {
                    name: words[0]
                    for name, words in common.items()
                    if name in row.when or name in earlier.when
                }
                yield Diagnostic(
                    row.span,
                    f"rows {earlier.number} (line {earlier.span.line}) and {row.number} both "
                    f"cover {_in_words(example, dimensions)}",
                    "narrow one of them",
                )


class _Search:
    """Looks for a combination that no row covers."""

    def __init__(self, rows: tuple[Row, ...], dimensions: Mapping[str, tuple[str, ...]]) -> None:
        self._names = list(dimensions)
        self._words = list(dimensions.values())
        self._allowing = [
            {
                word: _mask(row.number for row in rows if word in row.when.get(name, words))
                for word in words
            }
            for name, words in dimensions.items()
        ]
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


def _mask(numbers: Iterator[int]) -> int:
    return sum(1 << number for number in numbers)


def _in_words(combination: Mapping[str, str], dimensions: Mapping[str, tuple[str, ...]]) -> str:
    if not combination:
        return "anything"
    named = ", ".join(f"{name}: {word}" for name, word in combination.items())
    return (
        "{" + named + "}" + (" with any of the rest" if len(combination) < len(dimensions) else "")
    )


def _unused(model: Model) -> Iterator[Diagnostic]:
    used = {row.state for row in model.rows}
    for name in model.states:
        if name not in used:
            yield Diagnostic(model.span, f"no row comes to the state {name!r}", "remove it")
    for item in model.inputs:
        if isinstance(item, ModelInput):
            reached = {row.state for row in item.model.rows}
            for row in model.rows:
                wanted = row.when.get(item.name)
                if wanted is not None and not wanted & reached:
                    message = (
                        f"row {row.number} can never be met: {item.model.id} never comes to it"
                    )
                    yield Diagnostic(row.span, message, "remove the row")
