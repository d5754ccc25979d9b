"""Sets of values told by tests: which texts match a pattern, which numbers have a bit.

A set is a cover: it has every value that meets all tests of at least one of its boxes. Tests are
taken as independent of each other but for the few relations in `_contradicts`, so a box may be
kept that no value can be in; one that is dropped surely has none.
"""

from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import import_module
from typing import Any, Literal, Protocol, cast

import msgspec

MAX_BOXES = 2_000
MAX_WORK = 1_000_000
"""How much one operation may take, or all of them within `limited_work`: about a second."""
MAX_PATTERN_MEMORY = 1 << 20
ANY_CASE = "(?i)"
"""What a pattern begins with that does not regard case."""

Value = int | tuple[int, ...] | str | tuple[str, ...]
"""A number, a version, a text or hex text, a list of texts; texts as they compare."""


class Test(msgspec.Struct, frozen=True):
    """A question about one value.

    `matches` a pattern, `contains` a text, a list `has` an item or is `within` some, a number has
    the `bit` of this worth, or is `from` this one up.
    """

    kind: Literal["matches", "contains", "has", "within", "bit", "from"]
    operand: int | str | tuple[str, ...]


Box = Mapping[Test, bool]
Cover = tuple[Box, ...]
"""The empty cover has no value, one with an empty box has all."""

NOTHING: Cover = ()
EVERYTHING: Cover = ({},)


class TooManyBoxesError(Exception):
    """A set is too intricate to be reasoned about."""


class PatternError(Exception):
    """A text is no pattern."""


class Pattern(Protocol):
    """What is needed of a compiled pattern."""

    def fullmatch(self, text: str) -> object | None:
        """Something if the whole text matches."""
        ...


_left: ContextVar[int | None] = ContextVar("left", default=None)


@contextmanager
def limited_work() -> Generator[None]:
    """Lets all that is done with sets within take no more than MAX_WORK together.

    What takes more raises TooManyBoxesError. So a document, which is linked in one go, takes a
    bounded time, however many conditions it has. Within itself it changes nothing.
    """
    if _left.get() is not None:
        yield
        return
    before = _left.set(MAX_WORK)
    try:
        yield
    finally:
        _left.reset(before)


def spend(work: int) -> None:
    """Counts work before it is done. Raises TooManyBoxesError."""
    left = _left.get()
    if left is not None:
        _left.set(left - work)
    if work > (MAX_WORK if left is None else left):
        raise TooManyBoxesError


def one(test: Test) -> Cover:
    """The values that meet a test."""
    return ({test: True},)


def both(left: Cover, right: Cover) -> Cover:
    """The values in both covers. Raises TooManyBoxesError."""
    tests = len(left) * sum(map(len, right)) + len(right) * sum(map(len, left))
    spend(4 * len(left) * len(right) + tests)
    boxes = (
        {**box, **other}
        for box in left
        for other in right
        if all(other.get(test, wanted) is wanted for test, wanted in box.items())
    )
    return _reduced(box for box in boxes if not _contradicts(box))


def either(covers: Iterable[Cover]) -> Cover:
    """The values in any of the covers. Raises TooManyBoxesError."""
    return _reduced(box for cover in covers for box in cover)


def negated(cover: Cover) -> Cover:
    """The values that are not in the cover. Raises TooManyBoxesError."""
    result = EVERYTHING
    for box in cover:
        result = both(result, tuple({test: not wanted} for test, wanted in box.items()))
    return result


def has(cover: Cover, value: Value) -> bool:
    """Whether the cover has the value."""
    return any(
        all(_HOLDS[test.kind](test.operand, value) is wanted for test, wanted in box.items())
        for box in cover
    )


def in_words(box: Box) -> str:
    """What a value in the box is like: `matches 'a.*', not contains 'b'`."""
    return ", ".join(
        f"{'' if wanted else 'not '}{test.kind} {_shown(test)}" for test, wanted in box.items()
    )


def _shown(test: Test) -> str:
    operand = test.operand
    if isinstance(operand, int):
        return f"{operand:#x}"
    return repr(operand.removeprefix(ANY_CASE) if isinstance(operand, str) else list(operand))


def _reduced(boxes: Iterable[Box]) -> Cover:
    """Without boxes that lie inside others: those with more tests, among them all of another's."""
    distinct = {frozenset(box.items()): box for box in boxes}
    kept: list[frozenset[tuple[Test, bool]]] = []
    wider = 0
    for tests in sorted(distinct, key=len):
        while wider < len(kept) and len(kept[wider]) < len(tests):
            wider += 1
        spend(wider)
        if not any(other <= tests for other in kept[:wider]):
            kept.append(tests)
        if len(kept) > MAX_BOXES:
            raise TooManyBoxesError
    return tuple(distinct[tests] for tests in kept)


def _contradicts(box: Box) -> bool:
    """Whether two tests of a box exclude each other."""
    lower = [test.operand for test, wanted in box.items() if test.kind == "from" and wanted]
    upper = [test.operand for test, wanted in box.items() if test.kind == "from" and not wanted]
    if lower and upper and max(cast("list[int]", lower)) >= min(cast("list[int]", upper)):
        return True
    items = {test.operand for test, wanted in box.items() if test.kind == "has" and wanted}
    return any(
        not items <= set(cast("tuple[str, ...]", test.operand))
        for test, wanted in box.items()
        if test.kind == "within" and wanted
    )


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches a pattern, in time linear in the text (RE2)."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return compiled(pattern).fullmatch(whole) is not None


@cache
def compiled(pattern: str) -> Pattern:
    """A pattern in RE2's syntax (https://github.com/google/re2/wiki/Syntax).

    Raises:
        PatternError: It is none; the message says why.
    """
    re2: Any = import_module("re2")  # comes without types
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MAX_PATTERN_MEMORY
    options.dot_nl = True
    try:
        return cast("Pattern", re2.compile(pattern, options))
    except re2.error as error:
        raise PatternError(str(error.args[0], "utf-8", "replace")) from None


_HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "matches": matches,
    "contains": lambda part, text: part in text,
    "has": lambda item, items: item in items,
    "within": lambda allowed, items: set(items) <= set(allowed),
    "bit": lambda bit, number: bool(number & bit),
    "from": lambda start, number: number >= start,
}
