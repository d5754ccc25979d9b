"""Operators: which values each of them allows. Their docstrings are their help pages."""

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

import msgspec

from hklint import cover, values
from hklint.cover import Value
from hklint.values import Kind, Ordered, ValueSet

ALL_KINDS: tuple[Kind, ...] = ("number", "version", "text", "list", "bytes")

Takes = Literal["value", "values", "pair", "bits", "pattern", "parts"]
"""What an operator is given: one value of the type, several, the ends of a range, the bits of a
number, a pattern, or pieces: texts in a text, items in a list."""


class Operator(msgspec.Struct, frozen=True):
    """An operator: what it takes, the kinds of values it is for, how to say it, and what it does.

    `phrase` has a place for each operand, or {all} for all of them joined by `or`, {every} by
    `and`. `allows` makes the set from the kind and the operands.
    """

    takes: Takes
    kinds: tuple[Kind, ...]
    phrase: str
    allows: Callable[..., ValueSet]


def equals(kind: Kind, value: Value) -> ValueSet:
    """The value is this one.

    Texts compare without regard to case, unless case_sensitive is true. A list is equal to one with
    the same items in the same order. Bytes are written as hex text; blanks in it do not count.

    Example:
        type: REG_DWORD
        condition: {equals: 1}
        holds: [1, 0x1]
        fails: [0, 2, 0xFFFFFFFF]
    """
    return values.just(value, kind)


def not_equals(kind: Kind, value: Value) -> ValueSet:
    """The value is any but this one. It still has to be of the type that is named.

    Example:
        type: REG_SZ
        condition: {not_equals: guest}
        holds: [admin, '']
        fails: [guest, Guest]
    """
    return values.complement(equals(kind, value))


def one_of(kind: Kind, *allowed: Value) -> ValueSet:
    """The value is one of these.

    Example:
        type: REG_DWORD
        condition: {one_of: [1, 2]}
        holds: [1, 2]
        fails: [0, 3]
    """
    if kind in {"number", "version"}:
        return values.union((equals(kind, value) for value in allowed), values.NO_NUMBERS)
    return values.Listed(frozenset(allowed), frozenset(), cover.NOTHING)


def none_of(kind: Kind, *refused: Value) -> ValueSet:
    """The value is none of these.

    Example:
        type: REG_MULTI_SZ
        condition: {none_of: [[], [guest]]}
        holds: [[admin], [guest, admin]]
        fails: [[], [GUEST]]
    """
    return values.complement(one_of(kind, *refused))


def less_than(_: Kind, value: Ordered) -> ValueSet:
    """The number or version is below this one.

    Example:
        type: REG_DWORD
        condition: {less_than: 5}
        holds: [0, 4]
        fails: [5, 0xFFFFFFFF]
    """
    return values.between(values.LOWEST, (value, 0))


def at_most(_: Kind, value: Ordered) -> ValueSet:
    """The number or version is this one or below.

    Example:
        type: REG_QWORD
        condition: {at_most: 5}
        holds: [0, 5]
        fails: [6]
    """
    return values.between(values.LOWEST, values.after(value))


def at_least(_: Kind, value: Ordered) -> ValueSet:
    """The number or version is this one or above.

    Numbers in the registry have no sign: 0xFFFFFFFF is the highest REG_DWORD, not -1. Versions
    compare part by part, so 15.10 is above 15.9, and 15.0 is 15.

    Example:
        type: version
        condition: {at_least: "15.2"}
        holds: ["15.2", "15.2.1118.7", "15.10"]
        fails: ["15.1.2507", "15.1"]
    """
    return values.between((value, 0), values.HIGHEST)


def greater_than(_: Kind, value: Ordered) -> ValueSet:
    """The number or version is above this one.

    Example:
        type: REG_DWORD
        condition: {greater_than: 5}
        holds: [6, 0xFFFFFFFF]
        fails: [5, 0]
    """
    return values.between(values.after(value), values.HIGHEST)


def between(_: Kind, low: Ordered, high: Ordered) -> ValueSet:
    """The number or version is from the first to the second, both included.

    Example:
        type: REG_DWORD
        condition: {between: [5, 14]}
        holds: [5, 10, 14]
        fails: [4, 15]
    """
    return values.between((low, 0), values.after(high))


def matches(_: Kind, pattern: str) -> ValueSet:
    """The whole text matches a pattern (regular expression).

    The pattern has to match from the first letter to the last, so `1|2` is not met by 12; write
    `.*word.*` for a word anywhere, or use contains. A dot is any character, a line break too. Case
    does not count unless case_sensitive is true. Patterns are those of RE2: without look-around and
    back-references, and always fast. In a model two patterns are taken as able to match the same
    text: write the second case as {matches: B, not: {matches: A}}.

    Example:
        type: REG_SZ
        condition: {matches: "[0-9]+ (days|weeks)"}
        holds: [10 days, 3 Weeks]
        fails: [days, about 10 days, 10 days ago]
    """
    return values.told_by(cover.Test("matches", pattern))


def contains(kind: Kind, *parts: str) -> ValueSet:
    """The text has this piece in it, or the list has this item; of several, all of them.

    Example:
        type: REG_SZ
        condition: {contains: RequireIntegrity=1}
        holds: ["RequireMutualAuthentication=1, RequireIntegrity=1", requireintegrity=1]
        fails: ["", RequireIntegrity=0]
    """
    return _all_are(wanted=True, tests=_parts(kind, parts))


def excludes(kind: Kind, *parts: str) -> ValueSet:
    """The text does not have this piece in it, or the list not this item; of several, none of them.

    Example:
        type: REG_MULTI_SZ
        condition: {excludes: [netlogon, samr]}
        holds: [[], [browser]]
        fails: [[Netlogon], [browser, samr]]
    """
    return _all_are(wanted=False, tests=_parts(kind, parts))


def subset_of(_: Kind, items: tuple[str, ...]) -> ValueSet:
    """Every item of the list is one of these. An empty list has no other items, so it holds.

    Example:
        type: REG_MULTI_SZ
        condition: {subset_of: [netlogon, samr]}
        holds: [[], [samr], [samr, NETLOGON]]
        fails: [[browser], [samr, browser]]
    """
    return values.told_by(cover.Test("within", tuple(sorted(set(items)))))


def superset_of(kind: Kind, items: tuple[str, ...]) -> ValueSet:
    """The list has every one of these items, and may have others.

    Example:
        type: REG_MULTI_SZ
        condition: {superset_of: [NistP384, NistP256]}
        holds: [[NistP384, NistP256], [nistp256, curve25519, NistP384]]
        fails: [[], [NistP384]]
    """
    return contains(kind, *items)


def bits_set(_: Kind, bits: int) -> ValueSet:
    """All these bits of the number are 1, whatever the others are.

    Example:
        type: REG_DWORD
        condition: {bits_set: 0x800}
        holds: [0x800, 0xA00, 0xFFFFFFFF]
        fails: [0, 0x200]
    """
    return _all_are(wanted=True, tests=_bits(bits))


def bits_clear(_: Kind, bits: int) -> ValueSet:
    """All these bits of the number are 0, whatever the others are.

    Example:
        type: REG_DWORD
        condition: {bits_clear: 0x28}
        holds: [0, 0xA00]
        fails: [0x20, 0x8, 0xFF]
    """
    return _all_are(wanted=False, tests=_bits(bits))


def _all_are(*, wanted: bool, tests: Iterable[cover.Test]) -> ValueSet:
    """The values that meet all tests, or none of them; there is at least one."""
    box = dict.fromkeys(tests, wanted)
    assert box
    return values.Listed(frozenset(), frozenset(), (box,))


def _parts(kind: Kind, parts: Iterable[str]) -> Iterator[cover.Test]:
    return (cover.Test("has" if kind == "list" else "contains", part) for part in parts)


def _bits(bits: int) -> Iterator[cover.Test]:
    places = range(bits.bit_length())
    return (cover.Test("bit", 1 << place) for place in places if bits >> place & 1)


_ORDERED: tuple[Kind, ...] = ("number", "version")

OPERATORS: dict[str, Operator] = {
    "equals": Operator("value", ALL_KINDS, "{0}", equals),
    "not_equals": Operator("value", ALL_KINDS, "not {0}", not_equals),
    "one_of": Operator("values", ALL_KINDS, "{any}", one_of),
    "none_of": Operator("values", ALL_KINDS, "none of {any}", none_of),
    "less_than": Operator("value", _ORDERED, "less than {0}", less_than),
    "at_most": Operator("value", _ORDERED, "at most {0}", at_most),
    "at_least": Operator("value", _ORDERED, "at least {0}", at_least),
    "greater_than": Operator("value", _ORDERED, "greater than {0}", greater_than),
    "between": Operator("pair", _ORDERED, "from {0} to {1}", between),
    "matches": Operator("pattern", ("text",), "text like {0}", matches),
    "contains": Operator("parts", ("text", "list"), "with {all} in it", contains),
    "excludes": Operator("parts", ("text", "list"), "without {any} in it", excludes),
    "subset_of": Operator("value", ("list",), "nothing but {0}", subset_of),
    "superset_of": Operator("value", ("list",), "{0} and maybe more", superset_of),
    "bits_set": Operator("bits", ("number",), "the bits {0} set", bits_set),
    "bits_clear": Operator("bits", ("number",), "the bits {0} clear", bits_clear),
}
"""Every operator by its name in YAML."""

NESTING: dict[str, str] = {
    "all_of": "All of these conditions hold.",
    "any_of": "At least one of these conditions holds.",
    "not": "The condition does not hold.",
}
"""What nests conditions in each other."""
