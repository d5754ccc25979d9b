"""Each operator does what its help page says, and what plain Python says."""

import itertools
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint import language, values
from hklint.documents.document import parse_document
from hklint.facts.host import FIELDS
from hklint.fold import fold
from hklint.linking.conditions import Type, data_of, in_words, value_set
from hklint.operators import NESTING, OPERATORS

DOMAINS: dict[str, list[Any]] = {
    "REG_DWORD": [0, 1, 2, 3, 7, 8, 15, 16, 17, 100, 2**31, 2**32 - 1],
    "REG_QWORD": [0, 1, 2, 2**32, 2**64 - 1],
    "version": ["0", "0.1", "1", "1.0.1", "1.1", "1.2", "2", "2.0.0.3", "10"],
    "REG_SZ": ["", "a", "A", "ab", "ba", "B", "ß", "ss", "Ä", "ä", "k", "\u212a", "a\nb"],
    "REG_MULTI_SZ": [[], ["a"], ["A"], ["b"], ["a", "b"], ["b", "a"], ["a", "a"], ["c", "A", "b"]],
    "REG_BINARY": ["", "00", "01", "00 ff", "00FF", "ff00"],
}
PLAIN: dict[str, Callable[..., bool]] = {
    "equals": lambda value, operand: value == operand,
    "not_equals": lambda value, operand: value != operand,
    "one_of": lambda value, *operands: value in operands,
    "none_of": lambda value, *operands: value not in operands,
    "less_than": lambda value, operand: value < operand,
    "at_most": lambda value, operand: value <= operand,
    "at_least": lambda value, operand: value >= operand,
    "greater_than": lambda value, operand: value > operand,
    "between": lambda value, low, high: low <= value <= high,
    "bits_set": lambda value, bits: value & bits == bits,
    "bits_clear": lambda value, bits: value & bits == 0,
    "contains": lambda value, *parts: all(part in value for part in parts),
    "excludes": lambda value, *parts: not any(part in value for part in parts),
    "subset_of": lambda value, items: set(value) <= set(items),
    "superset_of": lambda value, items: set(value) >= set(items),
    "matches": lambda value, pattern: value in {"a": ("a",), "a|b": ("a", "b")}[pattern],
}
"""What each operator says of a value, in plain Python."""

Condition = dict[str, Any]


def plain_value(value: Any, type_name: str) -> Any:  # noqa: ANN401 - of any type
    """A value as plain Python compares it."""
    match type_name:
        case "version":
            return values.parse_version(value)
        case "REG_BINARY":
            return "".join(value.split()).lower()
        case _ if isinstance(value, list):
            return tuple(map(fold, value))
        case _:
            return fold(value) if isinstance(value, str) else value


def holds(condition: Condition, value: Any, type_name: str) -> bool:  # noqa: ANN401 - the same
    """Whether a condition holds, told without sets."""
    given = plain_value(value, type_name)
    parts = condition.items()
    return all(_holds(name, operand, value, given, type_name) for name, operand in parts)


def _holds(name: str, operand: Any, value: Any, given: Any, type_name: str) -> bool:  # noqa: ANN401 - the same
    if name == "not":
        return not holds(operand, value, type_name)
    if name in NESTING:
        return {"all_of": all, "any_of": any}[name](
            holds(part, value, type_name) for part in operand
        )
    if name in {"one_of", "none_of", "between"}:
        return PLAIN[name](given, *(plain_value(item, type_name) for item in operand))
    if name in {"contains", "excludes"}:
        parts = operand if isinstance(operand, list) else [operand]
        return PLAIN[name](given, *map(fold, parts))
    if name == "matches":
        return PLAIN[name](given, operand)
    return PLAIN[name](given, plain_value(operand, type_name))


def normal(value: Any, type_name: str) -> Any:  # noqa: ANN401 - the same
    data = value if type_name == "version" else data_of((), value, type_name)
    return values.normal(type_name, data, exact=False)


def conditions(type_name: str) -> st.SearchStrategy[Condition]:
    """Conditions on values of a type, nested up to a few levels."""
    domain = st.sampled_from(DOMAINS[type_name])
    kind = values.kind_of(type_name)
    items = st.lists(st.sampled_from(["a", "B", "c"]), min_size=1, max_size=2)
    operands: dict[str, st.SearchStrategy[Any]] = {
        "values": st.lists(domain, min_size=1, max_size=3),
        "pair": st.lists(domain, min_size=2, max_size=2),
        "bits": st.integers(1, 31),
        "pattern": st.sampled_from(["a", "a|b"]),
        "parts": st.sampled_from(["a", "B"]) | items,
        "value": domain,
    }
    single = st.one_of(
        *(
            operands[operator.takes].map(lambda operand, name=name: {name: operand})
            for name, operator in OPERATORS.items()
            if kind in operator.kinds
        )
    ).filter(lambda condition: condition.get("superset_of") != [])
    return st.recursive(
        single,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all_of": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any_of": parts}),
            inner.map(lambda part: {"not": part}),
            st.tuples(inner, inner).map(lambda pair: {**pair[0], **pair[1]}),
        ),
        max_leaves=5,
    )


def set_of(condition: Condition, type_name: str) -> values.ValueSet:
    from hklint.linking.conditions import _value_set  # noqa: PLC0415 - also sets that are empty

    shape = msgspec.convert(condition, language.Operators)
    everything = values.all_of_type(type_name)
    return values.intersection(everything, _value_set(shape, Type(type_name), ()))


def test_every_operator_is_checked() -> None:
    assert PLAIN.keys() == OPERATORS.keys()


@pytest.mark.parametrize("type_name", DOMAINS)
@given(data=st.data())
def test_a_condition_holds_for_what_plain_python_says(type_name: str, data: st.DataObject) -> None:
    condition = data.draw(conditions(type_name))
    found = set_of(condition, type_name)
    for value in DOMAINS[type_name]:
        expected = holds(condition, value, type_name)
        assert values.contains(found, normal(value, type_name)) is expected
        if expected:
            assert not values.is_empty(found)
    assert in_words(msgspec.convert(condition, language.Operators))


@pytest.mark.parametrize("type_name", DOMAINS)
@given(data=st.data())
def test_sets_of_conditions_obey_the_laws(type_name: str, data: st.DataObject) -> None:
    """A set and its complement share nothing and leave nothing; what two share both have."""
    one, two = (set_of(data.draw(conditions(type_name)), type_name) for _ in range(2))
    nothing = values.none_of_type(type_name)
    assert values.is_empty(values.intersection(one, values.complement(one)))
    assert values.is_empty(values.complement(values.union([one, values.complement(one)], nothing)))
    both, either = values.intersection(one, two), values.union([one, two], nothing)
    for value in (normal(item, type_name) for item in DOMAINS[type_name]):
        in_one, in_two = values.contains(one, value), values.contains(two, value)
        assert values.contains(both, value) is (in_one and in_two)
        assert values.contains(either, value) is (in_one or in_two)


def example_of(page: str) -> Any:  # noqa: ANN401 - YAML
    text = page.partition("Example:")[2]
    return parse_document("\n".join(line[4:] for line in text.splitlines()), "example").root


@pytest.mark.parametrize("name", OPERATORS)
def test_the_example_of_the_help_page(name: str) -> None:
    page = OPERATORS[name].allows.__doc__
    assert page is not None
    example = example_of(page)
    assert name in example["condition"]
    shape = msgspec.convert(dict(example["condition"]), language.Operators)
    found = value_set(shape, Type(example["type"]))
    for expected, key in ((True, "holds"), (False, "fails")):
        assert example[key]
        for value in example[key]:
            assert values.contains(found, normal(value, example["type"])) is expected, value


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"equals": 1}, "1"),
        ({"one_of": [1, 2]}, "1 or 2"),
        ({"at_least": 5, "at_most": 9}, "at most 9 and at least 5"),
        ({"bits_set": 0x800, "bits_clear": 0x28}, "the bits 0x800 set and the bits 0x28 clear"),
        ({"any_of": [{"equals": 0}, {"at_least": 5}]}, "0 or at least 5"),
        ({"all_of": [{"one_of": [1, 2]}, {"not_equals": 2}]}, "(1 or 2) and not 2"),
        ({"one_of": [1, 2], "at_least": 2}, "(1 or 2) and at least 2"),
        ({"any_of": [{"equals": 0}, {"equals": 5}], "not": {"equals": 5}}, "(0 or 5) and not 5"),
        ({"not": {"between": [1, 5]}}, "not from 1 to 5"),
        ({"contains": ["a", "b"]}, "with a and b in it"),
        ({"excludes": ["a", "b"]}, "without a or b in it"),
        ({"equals": []}, "an empty list"),
        ({"subset_of": ["a", "b"]}, "nothing but the list a, b"),
        ({"matches": "a.*"}, "text like a.*"),
    ],
)
def test_a_condition_in_words(condition: Condition, words: str) -> None:
    assert in_words(msgspec.convert(condition, language.Operators)) == words


def test_case_counts_where_it_is_asked_for() -> None:
    shape = msgspec.convert({"one_of": ["Ab", "C"]}, language.Operators)
    loose, strict = (value_set(shape, Type("REG_SZ", exact)) for exact in (False, True))
    texts = ["Ab", "AB", "ab"]
    assert [values.contains(loose, fold(text)) for text in texts] == [True, True, True]
    assert [values.contains(strict, text) for text in texts] == [True, False, False]
    pattern = msgspec.convert({"matches": "Ab?"}, language.Operators)
    found = value_set(pattern, Type("REG_SZ", exact=True))
    assert [values.contains(found, text) for text in ("Ab", "A", "ab")] == [True, True, False]


def test_a_pattern_takes_time_that_grows_with_the_text() -> None:
    shape = msgspec.convert({"matches": "(a+)+b"}, language.Operators)
    assert not values.contains(value_set(shape, Type("REG_SZ")), "a" * 50_000)


@pytest.mark.parametrize("text", ["\ud800", "\udfff a", "\U0001f600"])
def test_a_pattern_bears_any_text(text: str) -> None:
    shape = msgspec.convert({"matches": ".*"}, language.Operators)
    assert values.contains(value_set(shape, Type("REG_SZ")), text)


def test_host_fields_have_operators_of_their_own_kind() -> None:
    kinds = {values.kind_of(field_type) for field_type in FIELDS.values()}
    for kind, operator in itertools.product(kinds, OPERATORS.values()):
        assert kind in {"number", "version", "text"}
        assert set(operator.kinds) <= {"number", "version", "text", "list", "bytes"}
