"""Ways: the changes by which a rule that does not pass could come to pass.

Tables are read backwards: from the rows of a wanted state to the cases they ask for, and from a
case to the value that a fix writes for it, or to no value where the case is that of an absent one.
Of a table that has recommended rows of a wanted state only those are goals.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from hklint.fact import Absent, Fact, Observation, Present, RegistryValue, Unreadable
from hklint.judging.evaluate import Judgement, judge_value
from hklint.judging.table import InputResult, TableResult
from hklint.model import FactInput, RequestInput, Row
from hklint.policy import (
    ConsistentExpectation,
    OutcomeExpectation,
    StateExpectation,
    ValueExpectation,
)
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change, Outcome

MAX_WAYS = 200
"""How many ways of one rule are looked at; shipped tables have ten at most."""

Way = Mapping[Fact, Change]
"""Changes by their fact, in the spelling of observations; those that would change nothing are not
among them."""


def ways(judgement: Judgement, snapshot: Snapshot) -> list[Way]:
    """The ways of a rule, the shortest first; none if it has no basis that could be changed.

    A way goes by what the snapshot has now. Where it changes a fact that several inputs ask for, it
    need not lead all the way. A value that could not be read is never part of one: nobody could put
    it back.
    """
    if judgement.basis is None:
        return []
    expectation = judgement.rule.expectation
    match expectation:
        case ValueExpectation():
            found = _of_value(expectation)
        case StateExpectation():
            assert isinstance(judgement.basis, TableResult)
            found = _towards(judgement.basis, expectation.states)
        case OutcomeExpectation() | ConsistentExpectation():
            found = iter(())
        case _:
            assert_never(expectation)
    readable = (
        changing(way, snapshot)
        for way in itertools.islice(found, MAX_WAYS)
        if not any(isinstance(snapshot.observe(fact), Unreadable) for fact in way)
    )
    return sorted((way for way in readable if way), key=len)


def changing(way: Way, snapshot: Snapshot) -> Way:
    """What of a way is not so yet."""
    return {
        fact: change
        for fact, change in way.items()
        if after(change) != _as_value(snapshot.observe(fact))
    }


def _as_value(seen: Observation) -> Observation:
    """A value is as absent without its key as in it."""
    return Absent("value") if isinstance(seen, Absent) else seen


def after(change: Change) -> Present | Absent:
    """What will be observed where the change was made."""
    return Absent("value") if change.value is None else Present(change.type, change.value)


def _of_value(expectation: ValueExpectation) -> Iterator[Way]:
    fact = expectation.fact
    if not isinstance(fact, RegistryValue):
        return
    if expectation.write is not None:
        yield _just(Change(fact, expectation.type, expectation.write, expectation.restart))
    elif judge_value(expectation, Absent("value")) is Outcome.PASS:
        yield _just(Change(fact, "", None, expectation.restart))


def _just(change: Change) -> Way:
    return {lookup_key(change.fact): change}


def _towards(result: TableResult, wanted: Iterable[str]) -> Iterator[Way]:
    rows = [row for row in result.table.rows if row.state in wanted]
    inputs = {item.item.input.name: item for item in result.inputs}
    for row in [row for row in rows if row.recommended] or rows:
        yield from _to_row(row, inputs)


def _to_row(row: Row, inputs: Mapping[str, InputResult]) -> Iterator[Way]:
    steps = [
        list(itertools.islice(_to_cases(inputs[name], cases), MAX_WAYS))
        for name, cases in row.when.items()
        if name in inputs and not inputs[name].cases <= cases
    ]
    for parts in itertools.product(*steps):
        yield from _together(parts)


def _to_cases(result: InputResult, cases: frozenset[str]) -> Iterator[Way]:
    if not result.cases.isdisjoint(cases):
        yield {}  # what is not known may not matter once the rest is right
    yield from _to_case(result, cases)


def _to_case(result: InputResult, cases: frozenset[str]) -> Iterator[Way]:
    if isinstance(result.source, TableResult):
        yield from _towards(result.source, cases)
        return
    item, fact = result.item.input, result.item.asks
    if isinstance(item, RequestInput) or not isinstance(fact, RegistryValue):
        return
    assert isinstance(item, FactInput)
    for case in item.cases:
        if case.name in cases:
            if case.write is not None:
                yield _just(Change(fact, item.type, case.write, item.restart))
            if case.absent:
                yield _just(Change(fact, "", None, item.restart))


def _together(parts: Iterable[Way]) -> Iterator[Way]:
    """The parts as one; where they ask for different data of one fact, with each of these.

    Either may do for all of them.
    """
    asked: dict[Fact, dict[Present | Absent, Change]] = {}
    for part in parts:
        for fact, change in part.items():
            asked.setdefault(fact, {}).setdefault(after(change), change)
    for chosen in itertools.product(*(changes.values() for changes in asked.values())):
        yield dict(zip(asked, chosen, strict=True))
