"""Sets of values against brute force over small domains."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint import values
from hklint.values import OPERATORS, ORDERING_OPERATORS, Ranges, Words

NUMBERS = list(range(-2, 8))
VERSIONS: list[tuple[int, ...]] = [
    (), (0, 1), (1,), (1, 0, 1), (1, 1), (1, 1, 1), (1, 2), (2,), (2, 0, 0, 3), (10,)
]  # fmt: skip
TEXTS = [
    "", "a", "A", "b", "ß", "ss", "ä", "Ä", "k", "\u212a", "\u03c3", "\u03c2", "\u0131", "i", "I",
    "\u0130", "\u017f",
]  # fmt: skip
PLAIN: dict[str, Any] = {
    "equals": lambda value, operand: value == operand,
    "not_equals": lambda value, operand: value != operand,
    "one_of": lambda value, *operands: value in operands,
    "none_of": lambda value, *operands: value not in operands,
    "less_than": lambda value, operand: value < operand,
    "at_most": lambda value, operand: value <= operand,
    "at_least": lambda value, operand: value >= operand,
    "greater_than": lambda value, operand: value > operand,
    "between": lambda value, low, high: low <= value <= high,
}
"""What each operator says of a value, in plain Python."""

DOMAINS: dict[str, list[Any]] = {"number": NUMBERS, "version": VERSIONS, "text": TEXTS}


@st.composite
def applied(draw: st.DrawFn, domain: list[Any]) -> tuple[str, list[Any]]:
    """An operator with operands."""
    names = [name for name in OPERATORS if domain is not TEXTS or name not in ORDERING_OPERATORS]
    name = draw(st.sampled_from(names))
    counts = {"between": (2, 2), "one_of": (1, 4), "none_of": (1, 4)}
    low, high = counts.get(name, (1, 1))
    return name, draw(st.lists(st.sampled_from(domain), min_size=low, max_size=high))


def members(found: values.ValueSet, domain: list[Any]) -> set[Any]:
    return {value for value in domain if values.contains(found, value)}


def expected(name: str, operands: list[Any], domain: list[Any]) -> set[Any]:
    def folded(value: Any) -> Any:  # noqa: ANN401 - of any type
        return values.fold(value) if isinstance(value, str) else value

    return {
        value
        for value in domain
        if PLAIN[name](folded(value), *(folded(item) for item in operands))
    }


def test_every_operator_is_checked() -> None:
    assert PLAIN.keys() == OPERATORS.keys()


@pytest.mark.parametrize("kind", DOMAINS)
@given(data=st.data())
def test_operators_and_their_combinations(kind: str, data: st.DataObject) -> None:
    domain = DOMAINS[kind]
    left, right = data.draw(applied(domain)), data.draw(applied(domain))
    one, two = OPERATORS[left[0]](*left[1]), OPERATORS[right[0]](*right[1])
    in_one, in_two = expected(*left, domain), expected(*right, domain)
    empty = values.NO_WORDS if kind == "text" else values.NO_NUMBERS
    assert members(one, domain) == in_one
    assert members(values.complement(one), domain) == set(domain) - in_one
    assert members(values.intersection(one, two), domain) == in_one & in_two
    assert members(values.union([one, two], empty), domain) == in_one | in_two
    assert values.complement(values.complement(one)) == one
    assert values.is_empty(values.intersection(one, values.complement(one)))
    assert values.is_empty(values.complement(values.union([one, values.complement(one)], empty)))


@given(st.lists(applied(VERSIONS), max_size=4))
def test_ranges_stay_sorted_and_apart(operators: list[tuple[str, list[Any]]]) -> None:
    found = values.union((OPERATORS[name](*given) for name, given in operators), values.NO_NUMBERS)
    assert isinstance(found, Ranges)
    cuts = [values._key(cut) for span in found.spans for cut in span]
    assert cuts == sorted(set(cuts))


@pytest.mark.parametrize(
    ("found", "example"),
    [
        (OPERATORS["equals"](5), "5"),
        (OPERATORS["less_than"](5), "anything below 5"),
        (OPERATORS["at_most"]((15, 1)), "anything up to 15.1"),
        (OPERATORS["greater_than"]((15, 1)), "anything just above 15.1"),
        (OPERATORS["equals"](()), "0"),
        (values.ALL_NUMBERS, "any number"),
        (Words(frozenset({"b", "a"})), "'a'"),
        (values.ALL_WORDS, "any other text"),
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
    ],
)
def test_what_a_type_can_hold(type_name: str, inside: list[Any], outside: list[Any]) -> None:
    domain = values.all_of_type(type_name)
    assert members(domain, inside + outside) == set(inside)


def test_no_version_is_below_zero() -> None:
    below = values.intersection(values.ALL_VERSIONS, OPERATORS["less_than"](()))
    assert values.is_empty(below)
