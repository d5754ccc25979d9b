"""Conditions and tables made to keep their linter busy are refused, or told at once."""

from typing import Any

import msgspec
import pytest

from hklint import cover, language, operators, values
from hklint.cover import TooManyBoxesError
from hklint.linking.conditions import OperandError, Type, value_set

Condition = dict[str, Any]


def any_piece(prefix: str, number: int) -> Condition:
    return {"any_of": [{"contains": f"{prefix}{item}"} for item in range(number)]}


def linked(condition: Condition, type_name: str) -> values.ValueSet:
    return value_set(msgspec.convert(condition, language.Operators), Type(type_name))


GRID = {"all_of": [any_piece("a", 44), any_piece("b", 44)]}
ALL_BITS = 2**64 - 1
RANGES = [number * 30 for number in range(500)]


@pytest.mark.parametrize(
    ("condition", "type_name"),
    [
        ({"all_of": [GRID, GRID]}, "REG_SZ"),
        (
            {"all_of": [{"not": {"bits_set": ALL_BITS}}, {"not": {"bits_clear": ALL_BITS}}]},
            "REG_QWORD",
        ),
        ({"none_of": RANGES, "not": {"bits_set": 0xFF}}, "REG_DWORD"),
    ],
)
def test_what_is_too_intricate_is_refused(condition: Condition, type_name: str) -> None:
    with pytest.raises(OperandError, match="too intricate"):
        linked(condition, type_name)


@pytest.mark.parametrize("name", ["contains", "excludes"])
def test_long_lists_of_pieces_are_no_matter(name: str) -> None:
    pieces = [f"piece {number}" for number in range(1000)]
    assert not values.is_empty(linked({name: pieces}, "REG_MULTI_SZ"))
    assert not values.is_empty(linked({"not": {name: pieces}}, "REG_SZ"))


def test_ranges_share_what_both_have() -> None:
    even = operators.none_of("number", *range(1, 1000, 2))
    fifths = operators.none_of("number", *(number for number in range(1000) if number % 5))
    both = values.intersection(even, fifths)
    assert [n for n in range(1000) if values.contains(both, n)] == list(range(0, 1000, 10))


def test_all_work_within_a_limit_counts_together() -> None:
    with cover.limited_work():
        cover.spend(cover.MAX_WORK - 1)
        with cover.limited_work():
            cover.spend(1)
            with pytest.raises(TooManyBoxesError):
                cover.spend(1)
    cover.spend(cover.MAX_WORK)
    with pytest.raises(TooManyBoxesError):
        cover.spend(cover.MAX_WORK + 1)


def test_a_box_within_another_is_left_out() -> None:
    first, second = cover.Test("contains", "a"), cover.Test("contains", "b")
    wide, narrow = cover.one(first), cover.both(cover.one(first), cover.one(second))
    assert cover.either([narrow, wide, narrow]) == wide
