"""Sets of values: what an operator allows, in a form that can be reasoned about.

Every operator is a set, so the same few operations answer all questions: does a value pass, do two
cases overlap, is there a value that no case has, can this ever hold.
"""

from collections.abc import Callable, Iterable

import msgspec

from hklint.fold import fold

Version = tuple[int, ...]
Ordered = int | Version
Cut = tuple[Ordered | float, int]
"""A place between values: just before a value (side 0) or just behind it (side 1)."""

LOWEST: Cut = (float("-inf"), 0)
HIGHEST: Cut = (float("inf"), 0)


class Ranges(msgspec.Struct, frozen=True, tag="ranges"):
    """Numbers or versions: sorted, disjoint ranges from one cut to another."""

    spans: tuple[tuple[Cut, Cut], ...]


class Words(msgspec.Struct, frozen=True, tag="words"):
    """Texts as `fold` makes them: these, or all but these."""

    words: frozenset[str]
    all_but: bool = False


ValueSet = Ranges | Words
"""Values of one type: Ranges for DWORD, QWORD, integers and versions, Words for texts."""


_LONGEST_VERSION_PART = 9


def parse_version(text: str) -> Version | None:
    """`15.1.2507` as (15, 1, 2507); trailing zeros don't count. None if it is no version."""
    parts = text.split(".")
    if not all(
        part.isascii() and part.isdigit() and len(part) <= _LONGEST_VERSION_PART for part in parts
    ):
        return None
    numbers = [int(part) for part in parts]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def contains(values: ValueSet, value: Ordered | str) -> bool:
    """Whether the set has the value; text is compared without regard to case."""
    if isinstance(values, Words):
        assert isinstance(value, str)
        return (fold(value) in values.words) != values.all_but
    assert not isinstance(value, str)
    place = _key((value, 0))
    return any(_key(start) <= place < _key(end) for start, end in values.spans)


def intersection(left: ValueSet, right: ValueSet) -> ValueSet:
    """What both sets have."""
    if isinstance(left, Words) and isinstance(right, Words):
        return _common_words(left, right)
    assert isinstance(left, Ranges)
    assert isinstance(right, Ranges)
    spans = [
        (max(start, other_start, key=_key), min(end, other_end, key=_key))
        for start, end in left.spans
        for other_start, other_end in right.spans
    ]
    return _ranges(spans)


def complement(values: ValueSet) -> ValueSet:
    """Every value that is not in the set."""
    if isinstance(values, Words):
        return Words(values.words, not values.all_but)
    cuts = [LOWEST, *(cut for span in values.spans for cut in span), HIGHEST]
    return _ranges(zip(cuts[::2], cuts[1::2], strict=True))


def union(sets: Iterable[ValueSet], empty: ValueSet) -> ValueSet:
    """What any of the sets has; `empty` is the empty set of their type."""
    if isinstance(empty, Ranges):
        return _merged(span for item in sets if isinstance(item, Ranges) for span in item.spans)
    result = complement(empty)
    for item in sets:
        result = intersection(result, complement(item))
    return complement(result)


def _merged(spans: Iterable[tuple[Cut, Cut]]) -> Ranges:
    """Ranges of spans in any order, which may overlap or touch."""
    merged: list[tuple[Cut, Cut]] = []
    for start, end in sorted(spans, key=lambda span: _key(span[0])):
        if merged and _key(start) <= _key(merged[-1][1]):
            merged[-1] = merged[-1][0], max(merged[-1][1], end, key=_key)
        else:
            merged.append((start, end))
    return Ranges(tuple(merged))


def is_empty(values: ValueSet) -> bool:
    """Whether no value is in the set."""
    return (
        not values.words and not values.all_but if isinstance(values, Words) else not values.spans
    )


def sample(values: ValueSet) -> str:
    """One value of a set that is not empty, as an example for messages."""
    if isinstance(values, Words):
        if values.all_but:
            return "any other text"
        return repr(min(values.words))
    (start, start_side), (end, end_side) = values.spans[0]
    if not isinstance(start, float):
        return f"anything just above {_shown(start)}" if start_side else _shown(start)
    if isinstance(end, float):
        return "any number"
    return f"anything up to {_shown(end)}" if end_side else f"anything below {_shown(end)}"


def _shown(value: Ordered) -> str:
    return str(value) if isinstance(value, int) else ".".join(map(str, value)) or "0"


def _common_words(left: Words, right: Words) -> Words:
    if left.all_but and right.all_but:
        return Words(left.words | right.words, all_but=True)
    if left.all_but:
        return Words(right.words - left.words)
    if right.all_but:
        return Words(left.words - right.words)
    return Words(left.words & right.words)


def _ranges(spans: Iterable[tuple[Cut, Cut]]) -> Ranges:
    kept = [(start, end) for start, end in spans if _key(start) < _key(end)]
    return Ranges(tuple(sorted(kept, key=lambda span: _key(span[0]))))


def _key(cut: Cut) -> tuple[float, Version, int]:
    """An order over cuts: the open ends, and between them numbers or versions."""
    value, side = cut
    if isinstance(value, tuple):
        return (0, value, side)
    if isinstance(value, float):
        return (value, (), 0)
    return (0, (value,), side)


def _after(value: Ordered) -> Cut:
    return (value + 1, 0) if isinstance(value, int) else (value, 1)


def _equals(value: Ordered | str) -> ValueSet:
    if isinstance(value, str):
        return Words(frozenset({fold(value)}))
    return Ranges((((value, 0), _after(value)),))


def _from(start: Cut, end: Cut) -> ValueSet:
    return _ranges([(start, end)])


def _between(low: Ordered, high: Ordered) -> ValueSet:
    return _from((low, 0), _after(high))


def _not_equals(value: Ordered | str) -> ValueSet:
    return complement(_equals(value))


def _less_than(value: Ordered) -> ValueSet:
    return _from(LOWEST, (value, 0))


def _at_most(value: Ordered) -> ValueSet:
    return _from(LOWEST, _after(value))


def _at_least(value: Ordered) -> ValueSet:
    return _from((value, 0), HIGHEST)


def _greater_than(value: Ordered) -> ValueSet:
    return _from(_after(value), HIGHEST)


def _none_of(*values: Ordered | str) -> ValueSet:
    return complement(_one_of(*values))


def _one_of(*values: Ordered | str) -> ValueSet:
    return union(map(_equals, values), _nothing_like(values[0]))


OPERATORS: dict[str, Callable[..., ValueSet]] = {
    "equals": _equals,
    "not_equals": _not_equals,
    "one_of": _one_of,
    "none_of": _none_of,
    "less_than": _less_than,
    "at_most": _at_most,
    "at_least": _at_least,
    "greater_than": _greater_than,
    "between": _between,
}
"""The set each operator stands for; those with several operands take them one by one."""

ORDERING_OPERATORS = frozenset({"less_than", "at_most", "at_least", "greater_than", "between"})
"""Operators that need an order: texts have none."""


def _nothing_like(value: Ordered | str) -> ValueSet:
    return NO_WORDS if isinstance(value, str) else NO_NUMBERS


NO_NUMBERS = Ranges(())
NO_WORDS = Words(frozenset())
ALL_NUMBERS = Ranges(((LOWEST, HIGHEST),))
ALL_VERSIONS = Ranges(((((), 0), HIGHEST),))
"""No version is below 0, which is () without its trailing zeros."""
ALL_WORDS = Words(frozenset(), all_but=True)


def all_of_type(type_name: str) -> ValueSet:
    """Every value that a registry type or host field type can have."""
    match type_name:
        case "REG_DWORD":
            return Ranges((((0, 0), (2**32, 0)),))
        case "REG_QWORD":
            return Ranges((((0, 0), (2**64, 0)),))
        case "integer":
            return ALL_NUMBERS
        case "version":
            return ALL_VERSIONS
        case _:
            return ALL_WORDS
