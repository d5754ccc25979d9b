"""Judging: from facts to outcomes. Pure: no wire, no clock, no words for people."""

from collections.abc import Iterable, Iterator
from typing import assert_never

import msgspec

from hklint import values
from hklint.fact import Absent, HostField, Observation, Present, RegistryValue, Unreadable
from hklint.judging.table import Known, TableResult, evaluate
from hklint.model import Table
from hklint.policy import (
    AbsentMeans,
    Condition,
    ConsistentExpectation,
    Expectation,
    OutcomeExpectation,
    Policy,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.snapshot import Snapshot
from hklint.verdict import Outcome


class Judgement(msgspec.Struct, frozen=True):
    """A rule judged on one host. `basis` is what it rests on; None if it does not apply.

    `not_judged` is why a rule was not judged at all: a condition of its policy with what was seen.
    """

    rule: Rule
    outcome: Outcome
    basis: Observation | TableResult | None
    not_judged: "Unmet | None" = None


def judge(policy: Policy, snapshot: Snapshot) -> Iterator[Judgement]:
    """One judgement for each rule of the policy.

    A rule that surely is not for this host is not applicable; one of which that is not known is
    unknown, and is not judged either.
    """
    known: Known = {}
    of_policy = unmet_condition(policy.conditions, snapshot)
    for rule in policy.rules:
        of_rule = unmet_condition(rule.conditions, snapshot) if rule.conditions else None
        # What surely does not apply needs no knowledge of the rest.
        blocking = next((it for it in (of_policy, of_rule) if it and not _is_open(it)), None)
        blocking = blocking or of_policy or of_rule
        if blocking is None:
            yield judge_rule(rule, snapshot, known)
        else:
            outcome = Outcome.UNKNOWN if _is_open(blocking) else Outcome.NOT_APPLICABLE
            yield Judgement(rule, outcome, None, blocking)


Unmet = tuple[Condition, Observation]
"""A condition with what was seen: surely not met, or Unreadable if that is not known."""


def _is_open(unmet: Unmet) -> bool:
    return isinstance(unmet[1], Unreadable)


def unmet_condition(conditions: Iterable[Condition], snapshot: Snapshot) -> Unmet | None:
    """The first condition that a host surely does not meet, or else one that is not known."""
    unknown: Unmet | None = None
    for condition in conditions:
        seen = snapshot.observe(condition.fact)
        met = _meets(condition, seen)
        if met is False:
            return condition, seen
        if met is None and unknown is None:
            unknown = condition, _as_unreadable(seen)
    return unknown


def judge_rule(rule: Rule, snapshot: Snapshot, known: Known | None = None) -> Judgement:
    """The judgement of one rule, whether its policy applies or not.

    `known` is what tables came to on this host already. What compares hosts is not known of one.
    """
    outcome, basis = judge_expectation(rule.expectation, snapshot, known)
    return Judgement(rule, outcome, basis)


def judge_expectation(
    expectation: Expectation, snapshot: Snapshot, known: Known | None = None
) -> tuple[Outcome, Observation | TableResult]:
    """The outcome of an expectation, and what it rests on."""
    match expectation:
        case ValueExpectation():
            seen = snapshot.observe(expectation.fact)
            return judge_value(expectation, seen), seen
        case OutcomeExpectation():
            seen = snapshot.observe(expectation.fact)
            return _judge_outcome(expectation, seen), seen
        case StateExpectation():
            result = evaluate(expectation.table, snapshot, known)
            return _judge_state(expectation, result), result
        case ConsistentExpectation(compared=Table() as table):
            return Outcome.UNKNOWN, evaluate(table, snapshot, known)
        case ConsistentExpectation(compared=RegistryValue() | HostField() as fact):
            return Outcome.UNKNOWN, snapshot.observe(fact)
        case ConsistentExpectation():
            raise AssertionError(expectation)
        case _:
            assert_never(expectation)


def _meets(condition: Condition, seen: Observation) -> bool | None:
    if isinstance(seen, Absent):
        return condition.absent
    if condition.absent and isinstance(seen, Present):
        return False
    if isinstance(seen, Unreadable) or seen.type != condition.type:
        return None
    value = values.normal(seen.type, seen.value, exact=False)
    return None if value is None else values.contains(condition.values, value)


def _as_unreadable(seen: Observation) -> Unreadable:
    if isinstance(seen, Unreadable):
        return seen
    return Unreadable("malformed", "the answer has another form than this field")


def judge_value(expectation: ValueExpectation, seen: Observation) -> Outcome:
    """The outcome of an expectation on one value that is seen so."""
    match seen:
        case Unreadable():
            return Outcome.UNKNOWN
        case Present():
            return _pass_if(_holds(expectation, seen))
        case Absent():
            meant = expectation.absent
            if isinstance(meant, AbsentMeans):
                return _pass_if(_holds(expectation, Present(expectation.type, meant.value)))
            return Outcome(meant)
        case _:
            assert_never(seen)


def _holds(expectation: ValueExpectation, seen: Present) -> bool:
    if expectation.type not in {seen.type, "any"}:
        return False
    value = values.normal(expectation.type, seen.value, exact=expectation.exact)
    return value is not None and values.contains(expectation.values, value)


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
