"""One fact that several inputs ask for, not known: all it could be, and nothing else."""

from collections.abc import Callable, Mapping

import pytest

from hklint import operators, values
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryValue,
    Unreadable,
)
from hklint.judging.table import MAX_SHARING, evaluate, is_exact
from hklint.linking.bind import bind
from hklint.linking.prove import prove
from hklint.model import Case, FactInput, Model, Row, State, Table, case_names
from hklint.snapshot import Snapshot
from hklint.span import Span

SPAN = Span("model.yaml", 1, 1, 2)
VALUE = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Mode")
KEY = RegistryKey("HKLM", "SOFTWARE\\Contoso")
BUILD = HostField("build")
UNREADABLE = Unreadable("failed")

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


def case(name: str, found: values.ValueSet, *, absent: bool = False) -> Case:
    return Case(name, absent, found, None, SPAN)


def cases(on: values.ValueSet, nothing: values.ValueSet) -> tuple[Case, ...]:
    """Off (absent), on (these values), and other."""
    return (
        case("off", nothing, absent=True),
        case("on", on),
        case("other", values.complement(on)),
    )


def ask(
    name: str,
    fact: RegistryValue | RegistryKey | HostField,
    type_name: str,
    its_cases: tuple[Case, ...],
    wrong_type: str | None = None,
    *,
    exact: bool = False,
) -> FactInput:
    return FactInput(name, fact, type_name, its_cases, wrong_type, "none", SPAN, exact)


def table(*inputs: FactInput) -> Table:
    """A state for each combination, such as "on, off"."""
    words = [[item.name for item in asked.cases] for asked in inputs]
    combinations: list[tuple[str, ...]] = [()]
    for names in words:
        combinations = [(*begun, name) for begun in combinations for name in names]
    states = [", ".join(combination) for combination in combinations]
    model = Model(
        "both",
        "Both",
        "",
        {},
        inputs,
        {name: State(name, name, doubt=False, works=False, next=()) for name in states},
        tuple(
            Row(
                number,
                {asked.name: frozenset({word}) for asked, word in zip(inputs, words, strict=True)},
                state,
                "",
                recommended=False,
                span=SPAN,
            )
            for number, (state, words) in enumerate(zip(states, combinations, strict=True), 1)
        ),
        SPAN,
    )
    assert not list(prove(model))
    return bind(model, {})


TEXT = values.just("on", "text")
LOOSE = ask("loose", VALUE, "REG_SZ", cases(TEXT, values.NO_VALUES), "off")
EXACT = ask("exact", VALUE, "REG_SZ", cases(TEXT, values.NO_VALUES), "off", exact=True)


@pytest.mark.parametrize("inputs", [(LOOSE, EXACT), (EXACT, LOOSE)])
def test_a_text_read_with_and_without_regard_to_case(
    inputs: tuple[FactInput, FactInput], host_with: Hosts
) -> None:
    asked = table(*inputs)
    known: list[Observation] = [Absent("value"), Present("REG_DWORD", 1)]
    known += [Present("REG_SZ", text) for text in ("on", "ON", "x")]
    reached = [evaluate(asked, host_with({VALUE: seen})).states for seen in known]
    assert all(len(states) == 1 for states in reached)
    possible = evaluate(asked, host_with({VALUE: UNREADABLE})).states
    assert frozenset[str]().union(*reached) <= possible
    assert "off, on" not in possible


def test_a_key_that_two_inputs_ask_for_is_there_for_both_or_for_none(host_with: Hosts) -> None:
    both = (case("there", values.ALL_VALUES), case("gone", values.NO_VALUES, absent=True))
    asked = table(ask("one", KEY, "key", both), ask("two", KEY, "key", both))
    assert evaluate(asked, host_with({KEY: UNREADABLE})).states == {"there, there", "gone, gone"}


def test_a_host_field_is_never_of_another_type(host_with: Hosts) -> None:
    old, new = operators.less_than("number", 10), operators.less_than("number", 20)
    asked = table(
        ask("one", BUILD, "integer", cases(old, values.NO_NUMBERS)),
        ask("two", BUILD, "integer", cases(new, values.NO_NUMBERS)),
    )
    states = evaluate(asked, host_with({BUILD: UNREADABLE})).states
    assert states == {"off, off", "on, on", "other, on", "other, other"}


def test_what_is_asked_too_often_is_not_gone_through(host_with: Hosts) -> None:
    many = [case(f"c{number}", operators.equals("number", number)) for number in range(9)]
    rest = case("rest", operators.at_least("number", 9), absent=True)
    inputs = tuple(ask(f"i{n}", VALUE, "REG_DWORD", (*many, rest)) for n in range(11))
    state = State("good", "good", doubt=False, works=False, next=())
    for asking in (inputs, inputs * (MAX_SHARING // 11 + 1)):
        named = tuple(
            ask(f"i{number}", item.fact, item.type, item.cases)
            for number, item in enumerate(asking)
        )
        when = {item.name: frozenset(case_names(item)) for item in named}
        row = Row(1, when, "good", "", recommended=False, span=SPAN)
        model = Model("many", "Many", "", {}, named, {"good": state}, (row,), SPAN)
        found = bind(model, {})
        assert not is_exact(found)
        assert evaluate(found, host_with({})).states == {"good"}
