"""Judging: from facts to outcomes. Pure: no wire, no clock, no words for people.

What is not known is a set of possibilities. An input that could not be read may be in any of its
cases; if every row that is still possible gives the same state, that is the state, else it is
unknown which.
"""

from collections.abc import Iterator
from typing import assert_never

import msgspec

from hklint import values
from hklint.fact import Absent, Observation, Present, Unreadable
from hklint.model import FactInput, ModelInput, RequestInput, Row, Table, TableInput, case_names
from hklint.policy import (
    AbsentMeans,
    Condition,
    OutcomeExpectation,
    Policy,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.snapshot import Snapshot
from hklint.verdict import Outcome


class InputResult(msgspec.Struct, frozen=True):
    """An input of a table: the cases it may be in, and where that comes from."""

    item: TableInput
    cases: frozenset[str]
    source: "Observation | TableResult"


class TableResult(msgspec.Struct, frozen=True):
    """A table evaluated: the rows that are possible, and the states they give."""

    table: Table
    inputs: tuple[InputResult, ...]
    rows: tuple[Row, ...]
    states: frozenset[str]


class Judgement(msgspec.Struct, frozen=True):
    """A rule judged on one host. `basis` is what it rests on; None if it does not apply.

    `not_judged` is why a rule was not judged at all: a condition of its policy with what was seen.
    """

    rule: Rule
    outcome: Outcome
    basis: Observation | TableResult | None
    not_judged: tuple[Condition, Observation] | None = None


def judge(policy: Policy, snapshot: Snapshot) -> Iterator[Judgement]:
    """One judgement for each rule of the policy."""
    blocking = unmet_condition(policy, snapshot)
    for rule in policy.rules:
        if blocking is None:
            yield judge_rule(rule, snapshot)
        else:
            unknown = isinstance(blocking[1], Unreadable)
            outcome = Outcome.UNKNOWN if unknown else Outcome.NOT_APPLICABLE
            yield Judgement(rule, outcome, None, blocking)


def unmet_condition(policy: Policy, snapshot: Snapshot) -> tuple[Condition, Observation] | None:
    """The first condition that a host surely does not meet, or else one that is not known."""
    unknown: tuple[Condition, Observation] | None = None
    for condition in policy.conditions:
        seen = snapshot.observe(condition.fact)
        met = _meets(condition, seen)
        if met is False:
            return condition, seen
        if met is None and unknown is None:
            unknown = condition, _as_unreadable(seen)
    return unknown


def judge_rule(rule: Rule, snapshot: Snapshot) -> Judgement:
    """The judgement of one rule, whether its policy applies or not."""
    expectation = rule.expectation
    match expectation:
        case ValueExpectation():
            seen = snapshot.observe(expectation.fact)
            return Judgement(rule, _judge_value(expectation, seen), seen)
        case OutcomeExpectation():
            seen = snapshot.observe(expectation.fact)
            return Judgement(rule, _judge_outcome(expectation, seen), seen)
        case StateExpectation():
            result = evaluate(expectation.table, snapshot)
            return Judgement(rule, _judge_state(expectation, result), result)
        case _:
            assert_never(expectation)


def evaluate(table: Table, snapshot: Snapshot) -> TableResult:
    """The states a table can be in, given what is known."""
    inputs = tuple(_evaluate_input(item, snapshot) for item in table.inputs)
    possible = {result.item.input.name: result.cases for result in inputs}
    rows = tuple(
        row
        for row in table.rows
        if all(possible[name] & names for name, names in row.when.items() if name in possible)
    )
    return TableResult(table, inputs, rows, frozenset(row.state for row in rows))


def _evaluate_input(item: TableInput, snapshot: Snapshot) -> InputResult:
    asks = item.asks
    if isinstance(asks, Table):
        inner = evaluate(asks, snapshot)
        return InputResult(item, inner.states, inner)
    seen = snapshot.observe(asks)
    case = case_of(item.input, seen)
    return InputResult(item, frozenset(case_names(item.input) if case is None else [case]), seen)


def case_of(item: FactInput | RequestInput | ModelInput, seen: Observation) -> str | None:
    """The one case of an observation, or None if it may be any of them."""
    match item, seen:
        case FactInput(), Present():
            if seen.type != item.type:
                return item.wrong_type
            value = _comparable(seen)
            if value is None:
                return None
            return next((c.name for c in item.cases if values.contains(c.values, value)), None)
        case FactInput(), Absent():
            return next((c.name for c in item.cases if c.absent), None)
        case RequestInput(), Present():
            return item.case_of.get(str(seen.value))
        case _:
            return None


def _comparable(seen: Present) -> values.Ordered | str | None:
    if isinstance(seen.value, tuple):
        return None
    if seen.type == "version":
        return values.parse_version(str(seen.value))
    return seen.value


def _meets(condition: Condition, seen: Observation) -> bool | None:
    if isinstance(seen, Absent):
        return False
    if isinstance(seen, Unreadable) or seen.type != condition.type:
        return None
    value = _comparable(seen)
    return None if value is None else values.contains(condition.values, value)


def _as_unreadable(seen: Observation) -> Unreadable:
    if isinstance(seen, Unreadable):
        return seen
    return Unreadable("malformed", "the answer has another form than this field")


def _judge_value(expectation: ValueExpectation, seen: Observation) -> Outcome:
    match seen:
        case Unreadable():
            return Outcome.UNKNOWN
        case Present():
            value = _comparable(seen)
            fits = seen.type == expectation.type and value is not None
            holds = fits and value is not None and values.contains(expectation.values, value)
            return Outcome.PASS if holds else Outcome.FAIL
        case Absent():
            if isinstance(expectation.absent, AbsentMeans):
                return _pass_if(values.contains(expectation.values, expectation.absent.value))
            return Outcome(expectation.absent)
        case _:
            assert_never(seen)


def _judge_outcome(expectation: OutcomeExpectation, seen: Observation) -> Outcome:
    if not isinstance(seen, Present):
        return Outcome.UNKNOWN
    return _pass_if(seen.value in expectation.outcomes)


def _judge_state(expectation: StateExpectation, result: TableResult) -> Outcome:
    doubtful = any(result.table.model.states[state].doubt for state in result.states)
    if not result.states or doubtful:
        return Outcome.UNKNOWN
    if result.states <= expectation.states:
        return Outcome.PASS
    return Outcome.UNKNOWN if result.states & expectation.states else Outcome.FAIL


def _pass_if(holds: bool) -> Outcome:  # noqa: FBT001 - the one argument is the question
    return Outcome.PASS if holds else Outcome.FAIL
