"""Sets of values: their form, their examples, and what the types can hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint import operators, values
from hklint.cover import TooManyBoxesError
from hklint.operators import OPERATORS

VERSIONS: list[tuple[int, ...]] = [
    (), (0, 1), (1,), (1, 0, 1), (1, 1), (1, 1, 1), (1, 2), (2,), (2, 0, 0, 3), (10,)
]  # fmt: skip
VERSION_OPERATORS = [name for name, item in OPERATORS.items() if "version" in item.kinds]


@st.composite
def version_sets(draw: st.DrawFn) -> values.ValueSet:
    operator = OPERATORS[draw(st.sampled_from(VERSION_OPERATORS))]
    number = {"value": 1, "pair": 2, "values": draw(st.integers(1, 4))}[operator.takes]
    versions = st.lists(st.sampled_from(VERSIONS), min_size=number, max_size=number)
    return operator.allows("version", *draw(versions))


def members(found: values.ValueSet, domain: list[Any]) -> set[Any]:
    return {value for value in domain if values.contains(found, value)}


@given(st.lists(version_sets(), max_size=4))
def test_ranges_stay_sorted_and_apart(sets: list[values.ValueSet]) -> None:
    found = values.union(sets, values.NO_NUMBERS)
    assert isinstance(found, values.Ranges)
    cuts = [values._key(cut) for span in found.spans for cut in span]
    assert cuts == sorted(set(cuts))


@pytest.mark.parametrize(
    ("found", "example"),
    [
        (operators.equals("number", 5), "5"),
        (operators.less_than("number", 5), "anything below 5"),
        (operators.at_most("version", (15, 1)), "anything up to 15.1"),
        (operators.greater_than("version", (15, 1)), "anything just above 15.1"),
        (operators.equals("version", ()), "0"),
        (values.ALL_NUMBERS, "any number"),
        (operators.one_of("text", "b", "a"), "'a'"),
        (values.ALL_VALUES, "any other value"),
        (operators.matches("text", "(?i)a.*"), "a value like this: matches 'a.*'"),
        (operators.bits_set("number", 0x800), "a value like this: bit 0x800"),
        (operators.excludes("list", "a"), "a value like this: not has 'a'"),
    ],
)
def test_an_example_of_a_set(found: values.ValueSet, example: str) -> None:
    assert values.sample(found) == example


@pytest.mark.parametrize(
    ("same", "other"),
    [
        (("Enabled", "ENABLED", "enabled"), "Enable"),
        (("Ä", "ä"), "a"),
        (("\u03c3", "\u03a3", "\u03c2"), "s"),
        (("ß",), "ss"),
        (("\u212a",), "k"),
        (("\u017f",), "s"),
        (("\u0131",), "I"),
        (("\u0130",), "i"),
    ],
)
def test_texts_compare_as_windows_compares_them(same: tuple[str, ...], other: str) -> None:
    assert len({values.fold(text) for text in same}) == 1
    assert values.fold(other) not in {values.fold(text) for text in same}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("15.1.2507", (15, 1, 2507)),
        ("15.0", (15,)),
        ("15", (15,)),
        ("0", ()),
        ("0.0.1", (0, 0, 1)),
        ("007.1", (7, 1)),
        ("999999999", (999999999,)),
        ("1000000000", None),
        ("", None),
        ("15.", None),
        (".1", None),
        ("1..2", None),
        ("15.x", None),
        ("-1", None),
        ("1 ", None),
        ("²", None),
        ("१.२", None),
        ("9" * 5_000, None),
    ],
)
def test_versions(text: str, version: tuple[int, ...] | None) -> None:
    assert values.parse_version(text) == version


@pytest.mark.parametrize(
    ("type_name", "inside", "outside"),
    [
        ("REG_DWORD", [0, 2**32 - 1], [-1, 2**32]),
        ("REG_QWORD", [0, 2**64 - 1], [-1, 2**64]),
        ("integer", [-1, 0, 2**70], []),
        ("version", [(), (0, 1)], []),
        ("REG_SZ", ["", "a"], []),
        ("text", ["", "a"], []),
        ("REG_MULTI_SZ", [(), ("a",)], []),
        ("REG_BINARY", ["", "00ff"], []),
    ],
)
def test_what_a_type_can_hold(type_name: str, inside: list[Any], outside: list[Any]) -> None:
    domain = values.all_of_type(type_name)
    assert members(domain, inside + outside) == set(inside)


def test_no_version_is_below_zero() -> None:
    below = values.intersection(values.ALL_VERSIONS, operators.less_than("version", ()))
    assert values.is_empty(below)


def test_too_many_boxes_are_refused() -> None:
    wide = values.union(
        [operators.matches("text", f"{a}.*{b}") for a in "abcd" for b in "abcd"], values.NO_VALUES
    )
    narrow = values.intersection(wide, operators.excludes("text", *"abcdefgh"))
    assert not values.is_empty(narrow)
    pairs = [
        values.intersection(operators.matches("text", f"a{n}"), operators.matches("text", f"b{n}"))
        for n in range(12)
    ]
    with pytest.raises(TooManyBoxesError):
        values.complement(values.union(pairs, values.NO_VALUES))
