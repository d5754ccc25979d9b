"""Which changes are proposed: those towards a recommended row, and only for what is not right."""

from collections.abc import Callable, Mapping

import pytest

from hklint import operators
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue
from hklint.judging.evaluate import judge_rule
from hklint.judging.explain import explain
from hklint.judging.remedy import changes
from hklint.linking.bind import bind
from hklint.model import Case, FactInput, Input, Model, ModelInput, Row, State
from hklint.policy import Policy, Rule, StateExpectation, ValueExpectation
from hklint.run import RuleInfo
from hklint.snapshot import Snapshot
from hklint.span import Span
from hklint.verdict import Change

SPAN = Span("model.yaml", 1, 1, 2)
FIRST, SECOND = (RegistryValue("HKLM", "SOFTWARE\\Contoso", name) for name in ("first", "second"))
OFF_CASE = Case("off", absent=True, values=operators.equals("number", 0), write=0, span=SPAN)
ON_CASE = Case("on", absent=False, values=operators.not_equals("number", 0), write=1, span=SPAN)
INPUTS = tuple(
    FactInput(fact.value, fact, "REG_DWORD", (OFF_CASE, ON_CASE), None, "service", SPAN)
    for fact in (FIRST, SECOND)
)
OFF: dict[Fact, Observation] = {FIRST: Absent("value"), SECOND: Present("REG_DWORD", 0)}

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


def _model(*recommended: int) -> Model:
    """It is good where either value is on; these of the rows are recommended."""
    words = [("on", "off", "good"), ("off", "on", "good"), ("on", "on", "good"), ("off",) * 2]
    return Model(
        *("either", "Either", "", {}, INPUTS),
        {name: State(name, name, doubt=False, works=False, next=()) for name in ("good", "bad")},
        tuple(
            Row(
                number,
                {"first": frozenset({row[0]}), "second": frozenset({row[1]})},
                row[2] if len(row) > 2 else "bad",
                "",
                number in recommended,
                SPAN,
            )
            for number, row in enumerate(words, 1)
        ),
        SPAN,
    )


def _rule(model: Model) -> Rule:
    expectation = StateExpectation(bind(model, {}), frozenset({"good"}), "good")
    info = RuleInfo("rule", "", "high", "", "", (), (), SPAN)
    return Rule(info, "", "", expectation, SPAN, frozenset())


@pytest.mark.parametrize(
    ("recommended", "written"),
    [
        ((1,), [(FIRST, 1)]),
        ((2,), [(SECOND, 1)]),
        ((3,), [(FIRST, 1), (SECOND, 1)]),
        ((2, 3), [(SECOND, 1)]),
        ((3, 1), [(FIRST, 1)]),
        ((4,), [(FIRST, 1)]),
        ((), [(FIRST, 1)]),
    ],
)
def test_recommended_rows_of_a_wanted_state_are_the_goals_if_there_are_any(
    recommended: tuple[int, ...], written: list[tuple[RegistryValue, int]], host_with: Hosts
) -> None:
    snapshot = host_with(OFF)
    found = changes(judge_rule(_rule(_model(*recommended)), snapshot), snapshot)
    assert [(item.fact, item.value) for item in found] == written
    assert {item.restart for item in found} <= {"service"}


def test_a_value_already_in_its_case_stays_as_it_is(host_with: Hosts) -> None:
    """`first` is 7, which is "on" as well as the 1 that a fix would write."""
    snapshot = host_with({FIRST: Present("REG_DWORD", 7), SECOND: Present("REG_DWORD", 0)})
    (row, *_) = (row for row in _model(3).rows if row.recommended)
    model = Model(
        *("both", "Both", "", {}, INPUTS),
        _model().states,
        (
            row,
            Row(2, {"first": frozenset({"off"})}, "bad", "", recommended=False, span=SPAN),
            Row(
                3,
                {"first": frozenset({"on"}), "second": frozenset({"off"})},
                "bad",
                "",
                recommended=False,
                span=SPAN,
            ),
        ),
        SPAN,
    )
    found = changes(judge_rule(_rule(model), snapshot), snapshot)
    assert found == (Change(SECOND, "REG_DWORD", 1, "service"),)


def test_nothing_is_proposed_where_a_rule_does_not_apply(host_with: Hosts) -> None:
    allowed = operators.equals("number", 1)
    expectation = ValueExpectation(
        FIRST, "REG_DWORD", allowed, "1", "not_applicable", write=1, restart="none"
    )
    info = RuleInfo("rule", "", "high", "", "", (), (), SPAN)
    rule = Rule(info, "", "", expectation, SPAN, frozenset())
    snapshot = host_with(OFF)
    assert changes(judge_rule(rule, snapshot), snapshot) == ()


def test_a_fact_asked_twice_is_shown_once(host_with: Hosts) -> None:
    inner = _model(1)
    inputs: tuple[Input, ...] = (*INPUTS, ModelInput("inner", inner, {}, SPAN))
    outer = Model(
        *("outer", "Outer", "", {}, inputs),
        inner.states,
        tuple(
            Row(
                number,
                {"inner": frozenset({name}), "first": frozenset({"on", "off"})},
                name,
                "",
                recommended=False,
                span=SPAN,
            )
            for number, name in enumerate(inner.states, 1)
        ),
        SPAN,
    )
    rule, snapshot = _rule(outer), host_with(OFF)
    policy = Policy("p", "", "1.0.0", "p.yaml", "0" * 64, (), {}, None, (rule,))
    verdict = explain(judge_rule(rule, snapshot), policy, snapshot)
    assert [item.fact for item in verdict.evidence] == [FIRST, SECOND]
