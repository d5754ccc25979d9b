"""Sets of values: what an operator allows, in a form that can be reasoned about.

Every operator is a set, so the same few operations answer all questions: does a value pass, do two
cases overlap, is there a value that no case has, can this ever hold.
"""

from collections.abc import Iterable, Iterator
from typing import Literal, TypeGuard

import msgspec

from hklint import cover
from hklint.cover import Cover, Value
from hklint.fold import fold
from hklint.messages import quoted

Version = tuple[int, ...]
Ordered = int | Version
Cut = tuple[Ordered | float, int]
"""A place between values: just before a value (side 0) or just behind it (side 1)."""

LOWEST: Cut = (float("-inf"), 0)
HIGHEST: Cut = (float("inf"), 0)


class Ranges(msgspec.Struct, frozen=True, tag="ranges"):
    """Numbers or versions: sorted, disjoint ranges from one cut to another."""

    spans: tuple[tuple[Cut, Cut], ...]


class Listed(msgspec.Struct, frozen=True, tag="listed"):
    """Values decided one by one, `yes` or `no`, and all others by a cover."""

    yes: frozenset[Value]
    no: frozenset[Value]
    others: Cover


ValueSet = Ranges | Listed
"""Values of one type. Ranges for numbers and versions, as long as no bits are asked for; Listed for
texts, lists of texts and bytes, and for numbers with bits."""


_LONGEST_VERSION_PART = 9


def is_version(value: Value) -> TypeGuard[Version]:
    """Whether a value is a version, and no list of texts."""
    return isinstance(value, tuple) and all(isinstance(part, int) for part in value)


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


def contains(values: ValueSet, value: Value) -> bool:
    """Whether the set has the value, which is as `normal` makes it."""
    if isinstance(values, Listed):
        if value in values.yes or value in values.no:
            return value in values.yes
        return cover.has(values.others, value)
    if isinstance(value, int):  # compares with the open ends as it is
        number: Cut = (value, 0)
        for start, end in values.spans:  # noqa: SIM110 - any() takes twice as long
            if start <= number < end:
                return True
        return False
    assert is_version(value)
    place = _key((value, 0))
    return any(_key(start) <= place < _key(end) for start, end in values.spans)


def intersection(left: ValueSet, right: ValueSet) -> ValueSet:
    """What both sets have. Raises cover.TooManyBoxesError."""
    if isinstance(left, Ranges) and isinstance(right, Ranges):
        return _ranges(_common_spans(left.spans, right.spans))
    left, right = _listed(left), _listed(right)
    named = left.yes | left.no | right.yes | right.no
    cover.spend(len(named) * (1 + len(left.others) + len(right.others)))
    yes = frozenset(value for value in named if contains(left, value) and contains(right, value))
    return Listed(yes, named - yes, cover.both(left.others, right.others))


def _common_spans(
    left: tuple[tuple[Cut, Cut], ...], right: tuple[tuple[Cut, Cut], ...]
) -> Iterator[tuple[Cut, Cut]]:
    """What each span shares with each of the other ones; both are sorted, so in one pass."""
    cover.spend(len(left) + len(right))
    place = other_place = 0
    while place < len(left) and other_place < len(right):
        (start, end), (other_start, other_end) = left[place], right[other_place]
        yield max(start, other_start, key=_key), min(end, other_end, key=_key)
        if _key(end) < _key(other_end):
            place += 1
        else:
            other_place += 1


def complement(values: ValueSet) -> ValueSet:
    """Every value that is not in the set. Raises cover.TooManyBoxesError."""
    if isinstance(values, Listed):
        return Listed(values.no, values.yes, cover.negated(values.others))
    cuts = [LOWEST, *(cut for span in values.spans for cut in span), HIGHEST]
    return _ranges(zip(cuts[::2], cuts[1::2], strict=True))


def union(sets: Iterable[ValueSet], empty: ValueSet) -> ValueSet:
    """What any of the sets has; `empty` is the empty set of their type.

    Raises cover.TooManyBoxesError.
    """
    parts = [empty, *sets]
    if all(isinstance(item, Ranges) for item in parts):
        return _merged(span for item in parts if isinstance(item, Ranges) for span in item.spans)
    listed = [_listed(item) for item in parts]
    named = frozenset[Value]().union(*(item.yes | item.no for item in listed))
    cover.spend(len(named) * sum(1 + len(item.others) for item in listed))
    yes = frozenset(value for value in named if any(contains(item, value) for item in listed))
    return Listed(yes, named - yes, cover.either(item.others for item in listed))


MOST_ENUMERATED = 16


def _listed(values: ValueSet) -> Listed:
    """Ranges of numbers as what bits can be combined with."""
    if isinstance(values, Listed):
        return values
    yes: set[Value] = set()
    others = cover.NOTHING
    for (start, _), (end, _) in values.spans:
        if isinstance(start, int) and isinstance(end, int) and end - start <= MOST_ENUMERATED:
            yes.update(range(start, end))
            continue
        lower = {cover.Test("from", start): True} if isinstance(start, int) else {}
        upper = {cover.Test("from", end): False} if isinstance(end, int) else {}
        others += (lower | upper,)
    return Listed(frozenset(yes), frozenset(), others)


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
    """Whether surely no value is in the set."""
    return not values.spans if isinstance(values, Ranges) else not (values.yes or values.others)


def sample(values: ValueSet) -> str:
    """One value of a set that is not empty, as an example for messages."""
    if isinstance(values, Listed):
        if values.yes:
            return quoted(min(values.yes, key=str))
        described = cover.in_words(values.others[0])
        return f"a value like this: {described}" if described else "any other value"
    (start, start_side), (end, end_side) = values.spans[0]
    if not isinstance(start, float):
        return f"anything just above {_shown(start)}" if start_side else _shown(start)
    if isinstance(end, float):
        return "any number"
    return f"anything up to {_shown(end)}" if end_side else f"anything below {_shown(end)}"


def _shown(value: Ordered) -> str:
    return str(value) if isinstance(value, int) else ".".join(map(str, value)) or "0"


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


def after(value: Ordered) -> Cut:
    """The place just behind a value."""
    return (value + 1, 0) if isinstance(value, int) else (value, 1)


def between(start: Cut, end: Cut) -> Ranges:
    """The numbers or versions from one cut to another."""
    return _ranges([(start, end)])


def just(value: Value, kind: "Kind") -> ValueSet:
    """The set of one value."""
    if kind in {"number", "version"}:
        assert isinstance(value, int) or is_version(value)
        return between((value, 0), after(value))
    return Listed(frozenset({value}), frozenset(), cover.NOTHING)


def told_by(test: cover.Test) -> ValueSet:
    """The values that meet a test."""
    return Listed(frozenset(), frozenset(), cover.one(test))


NO_NUMBERS = Ranges(())
NO_VALUES = Listed(frozenset(), frozenset(), cover.NOTHING)
ALL_VALUES = Listed(frozenset(), frozenset(), cover.EVERYTHING)
ALL_NUMBERS = Ranges(((LOWEST, HIGHEST),))
ALL_VERSIONS = Ranges(((((), 0), HIGHEST),))
"""No version is below 0, which is () without its trailing zeros."""

Kind = Literal["number", "version", "text", "list", "bytes", "existence"]
"""What the values of a type are like, and so which operators fit."""

_KINDS: dict[str, Kind] = {
    "REG_DWORD": "number",
    "REG_QWORD": "number",
    "REG_SZ": "text",
    "REG_EXPAND_SZ": "text",
    "REG_MULTI_SZ": "list",
    "REG_BINARY": "bytes",
    "REG_NONE": "bytes",
    "integer": "number",
    "version": "version",
    "text": "text",
    "any": "existence",
    "key": "existence",
}
_BITS = {"REG_DWORD": 32, "REG_QWORD": 64}


def kind_of(type_name: str) -> Kind:
    """The kind of a registry type, a host field's type, or of `any` and `key`: being there."""
    return _KINDS[type_name]


def highest(type_name: str) -> int | None:
    """The highest number of a type, or None if there is none."""
    return 2 ** _BITS[type_name] - 1 if type_name in _BITS else None


def all_of_type(type_name: str) -> ValueSet:
    """Every value that a registry type or host field type can have."""
    most = highest(type_name)
    match kind_of(type_name):
        case "number":
            return ALL_NUMBERS if most is None else between((0, 0), (most + 1, 0))
        case "version":
            return ALL_VERSIONS
        case _:
            return ALL_VALUES


def none_of_type(type_name: str) -> ValueSet:
    """The empty set of a type."""
    return NO_NUMBERS if kind_of(type_name) in {"number", "version"} else NO_VALUES


def normal(type_name: str, data: int | str | tuple[str, ...], *, exact: bool) -> Value | None:
    """Data as they compare with others of their type: folded unless `exact`.

    Of `any` and `key` all data are alike. None if a version is none.
    """
    match kind_of(type_name):
        case "version":
            return parse_version(str(data))
        case "existence":
            return ""
        case "text" if not exact:
            return fold(str(data))
        case "list" if not exact and isinstance(data, tuple):
            return tuple(map(fold, data))
        case _:
            return data
