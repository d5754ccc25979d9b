"""Counterfactuals: the nearest other facts with which a rule would come out otherwise.

Facts are set to one value of each case that the inputs tell apart, first one fact at a time, then
two. What is claimed was judged with these facts.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from hklint.fact import (
    Absent,
    Data,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    WebRequest,
)
from hklint.facts.web_request import OUTCOMES
from hklint.judging.changed import changed
from hklint.judging.evaluate import judge_rule, judge_value
from hklint.judging.table import case_of
from hklint.model import FactInput, Input, Table
from hklint.policy import (
    ConsistentExpectation,
    OutcomeExpectation,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.snapshot import Snapshot, lookup_key
from hklint.values import Ranges, ValueSet, complement
from hklint.verdict import Change, Outcome

MAX_PAIRS = 5_000
"""How many pairs of facts are tried where no single one turns the verdict."""


class Supposed(msgspec.Struct, frozen=True):
    """A fact as it might be; `cases` are what inputs call it, and it stands for all of these."""

    fact: Fact
    seen: Present | Absent
    cases: tuple[str, ...]


Counterfactual = tuple[Supposed, ...]
"""Facts that together turn a verdict."""


class Nearest(msgspec.Struct, frozen=True):
    """What would turn a rule to an outcome, all of one size; `complete` if all pairs were tried."""

    outcome: Outcome
    found: tuple[Counterfactual, ...]
    complete: bool


def nearest(rule: Rule, snapshot: Snapshot, wanted: Outcome) -> Nearest:
    """The smallest sets of one or two facts, set otherwise, with which the rule comes out so.

    What Windows the host has is taken as given.
    """
    choices = [list(_choices(rule, fact, snapshot)) for fact in _facts(rule)]
    singles = ((one,) for choice in choices for one in choice)
    if found := tuple(_turning(rule, snapshot, wanted, singles)):
        return Nearest(wanted, found, complete=True)
    pairs: Iterator[Counterfactual] = (
        pair for two in itertools.combinations(choices, 2) for pair in itertools.product(*two)
    )
    tried = list(itertools.islice(pairs, MAX_PAIRS + 1))
    found = tuple(_turning(rule, snapshot, wanted, tried[:MAX_PAIRS]))
    return Nearest(wanted, found, complete=len(tried) <= MAX_PAIRS)


def supposing(snapshot: Snapshot, facts: Iterable[Supposed]) -> Snapshot:
    """The snapshot as it would be with these facts."""
    for one in facts:
        snapshot = _with(snapshot, one.fact, one.seen)
    return snapshot


def _with(snapshot: Snapshot, fact: Fact, seen: Present | Absent) -> Snapshot:
    if isinstance(fact, RegistryName):
        fact = RegistryValue(fact.hive, fact.key, fact.value, fact.view)
        seen = Present("REG_SZ", "") if isinstance(seen, Present) else seen
    if isinstance(fact, RegistryValue):
        change = (
            Change(fact, seen.type, seen.value, "none")
            if isinstance(seen, Present)
            else Change(fact, "", None, "none")
        )
        return changed(snapshot, [change])
    over: dict[Fact, Observation] = {**snapshot.observations, lookup_key(fact): seen}
    if isinstance(fact, RegistryKey) and isinstance(seen, Absent):
        over |= {item: seen for item in over if _is_below(item, fact)}
    return msgspec.structs.replace(snapshot, observations=over)


def _is_below(fact: Fact, key: RegistryKey) -> bool:
    if not isinstance(fact, RegistryValue | RegistryName | RegistryKey):
        return False
    place = lookup_key(RegistryKey(fact.hive, fact.key, fact.view))
    top = lookup_key(key)
    assert isinstance(place, RegistryKey)
    assert isinstance(top, RegistryKey)
    same = (place.hive, place.view) == (top.hive, top.view)
    return same and f"{place.key}\\".startswith(f"{top.key}\\")


def _turning(
    rule: Rule, snapshot: Snapshot, wanted: Outcome, tried: Iterable[Counterfactual]
) -> Iterator[Counterfactual]:
    for one in tried:
        if judge_rule(rule, supposing(snapshot, one)).outcome is wanted:
            yield one


def _facts(rule: Rule) -> Mapping[Fact, list[Input]]:
    """The facts that a rule rests on, with the inputs that ask for each; none for a value's own."""
    expectation = rule.expectation
    if isinstance(expectation, ConsistentExpectation):
        return {}  # nothing on this host alone turns it
    if not isinstance(expectation, StateExpectation):
        return {expectation.fact: []}
    found: dict[Fact, tuple[Fact, list[Input]]] = {}
    for fact, item in _inputs(expectation.table):
        if not isinstance(fact, HostField):
            found.setdefault(lookup_key(fact), (fact, []))[1].append(item)
    return dict(found.values())


def _inputs(table: Table) -> Iterator[tuple[Fact, Input]]:
    for item in table.inputs:
        if isinstance(item.asks, Table):
            yield from _inputs(item.asks)
        else:
            yield item.asks, item.input


def _choices(rule: Rule, fact: Fact, snapshot: Snapshot) -> Iterator[Supposed]:
    """One of each kind of observations that the rule tells apart, but for the kind there is."""
    inputs = _facts(rule)[fact]
    now = _kind(rule, inputs, snapshot.observe(fact))
    kinds: dict[tuple[object, ...], Present | Absent] = {}
    for seen in _candidates(rule, fact, inputs):
        kinds.setdefault(_kind(rule, inputs, seen), seen)
    for kind, seen in kinds.items():
        if kind != now and None not in kind:
            cases = tuple(dict.fromkeys(str(name) for name in kind[1:])) if inputs else ()
            yield Supposed(fact, seen, cases)


def _kind(rule: Rule, inputs: Sequence[Input], seen: Observation) -> tuple[object, ...]:
    """Whether an observation is there, and what each input calls it."""
    expectation = rule.expectation
    if isinstance(expectation, ValueExpectation):
        return (type(seen), judge_value(expectation, seen))
    if isinstance(expectation, OutcomeExpectation):
        return (type(seen), seen.value if isinstance(seen, Present) else None)
    return (type(seen), *(case_of(item, seen) for item in inputs))


def _candidates(rule: Rule, fact: Fact, inputs: Sequence[Input]) -> Iterator[Present | Absent]:
    match fact:
        case WebRequest():
            yield from (Present("outcome", outcome) for outcome in OUTCOMES)
        case RegistryKey():
            yield from (Absent("key"), Present("key", ""))
        case RegistryName():
            yield from (Absent("value"), Present("name", ""))
        case _:
            yield Absent("value")
            for type_name, sets, written in _asked(rule, inputs):
                if type_name == "any":
                    yield Present("REG_SZ", "")
                    continue
                for data in (*written, *(data for one in sets for data in _members(one))):
                    yield Present(type_name, data)


def _asked(rule: Rule, inputs: Sequence[Input]) -> Iterator[tuple[str, list[ValueSet], list[Data]]]:
    expectation = rule.expectation
    if isinstance(expectation, ValueExpectation):
        written = [] if expectation.write is None else [expectation.write]
        yield expectation.type, [expectation.values, complement(expectation.values)], written
    for item in inputs:
        if isinstance(item, FactInput):
            written = [case.write for case in item.cases if case.write is not None]
            yield item.type, [case.values for case in item.cases], written


def _members(found: ValueSet) -> Iterator[Data]:
    """A few data of a set of registry values: those that are named, and the ends of ranges."""
    if isinstance(found, Ranges):
        for (start, _), (end, _) in found.spans:
            if isinstance(start, int):
                yield start
            if isinstance(end, int) and end > 0:
                yield end - 1
        return
    # Registry values are no versions, which are tuples of numbers.
    yield from cast("list[Data]", sorted((*found.yes, *found.no), key=str))
