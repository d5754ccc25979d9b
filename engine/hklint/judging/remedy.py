"""Remedies: which registry values would make failed rules pass, proved by judging again."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from hklint.fact import Fact, Observation, Present, RegistryKey, RegistryValue, Unreadable
from hklint.judging.evaluate import Judgement, judge_rule, unmet_condition
from hklint.judging.table import InputResult, TableResult
from hklint.model import FactInput, Row
from hklint.policy import Rule, StateExpectation, ValueExpectation
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change, Outcome


def changes(judgement: Judgement, snapshot: Snapshot) -> tuple[Change, ...]:
    """What to write so that a rule passes; empty if that is not known, or not needed.

    A value that could not be read is never written: nobody could put it back.
    """
    if judgement.outcome not in {Outcome.FAIL, Outcome.UNKNOWN} or judgement.basis is None:
        return ()
    expectation = judgement.rule.expectation
    found: list[Change] | None = None
    match expectation, judgement.basis:
        case ValueExpectation(fact=RegistryValue() as fact, write=write), _ if write is not None:
            found = [Change(fact, expectation.type, write, expectation.restart)]
        case StateExpectation(), TableResult() as result:
            found = _towards(result, expectation.states)
        case _:
            pass
    if not found or any(_is_unread(change, snapshot) for change in found):
        return ()
    # Inputs that read one and the same value may ask for different data: either may do for both.
    for order in (found, found[::-1]):
        proposed = tuple(merged([order]).values())
        if judge_rule(judgement.rule, apply(snapshot, proposed)).outcome is Outcome.PASS:
            return proposed
    return ()


def broken_by(
    written: Sequence[Change], rules: Iterable[Rule], snapshot: Snapshot
) -> tuple[Rule, ...]:
    """The rules that pass now, and would not with only these changes made."""
    touched = {lookup_key(change.fact) for change in written}
    touched.update(key for change in written for key in _keys_of(change))
    concerned = [
        rule
        for rule in rules
        if not touched.isdisjoint(rule.facts) and unmet_condition(rule.conditions, snapshot) is None
    ]
    after = apply(snapshot, written)
    return tuple(
        rule
        for rule in concerned
        if judge_rule(rule, after).outcome is not Outcome.PASS
        and judge_rule(rule, snapshot).outcome is Outcome.PASS
    )


def _is_unread(change: Change, snapshot: Snapshot) -> bool:
    return isinstance(snapshot.observe(change.fact), Unreadable)


def apply(snapshot: Snapshot, written: Iterable[Change]) -> Snapshot:
    """The snapshot as it would be with these values written, laid over the one there is.

    Writing a value makes its key, and the keys above it, where they are absent.
    """
    over: dict[Fact, Observation] = {}
    for change in written:
        over |= {key: Present("key", "") for key in _keys_of(change)}
        over[lookup_key(change.fact)] = Present(change.type, change.value)
    below = cast("dict[Fact, Observation]", snapshot.observations)
    return msgspec.structs.replace(snapshot, observations=ChainMap(over, below))


def _keys_of(change: Change) -> Iterator[Fact]:
    """The key of the value that is written, and all keys above it."""
    fact = change.fact
    assert isinstance(fact, RegistryValue)
    names = fact.key.split("\\")
    for number in range(1, len(names) + 1):
        yield lookup_key(RegistryKey(fact.hive, "\\".join(names[:number]), fact.view))


def _towards(result: TableResult, wanted: frozenset[str]) -> list[Change] | None:
    """The changes that lead to a recommended row with a wanted state; None if none does."""
    if result.states <= wanted:
        return []
    inputs = {item.item.input.name: item for item in result.inputs}
    for row in result.table.rows:
        if row.recommended and row.state in wanted:
            found = _to_row(row, inputs)
            if found is not None:
                return found
    return None


def _to_row(row: Row, inputs: Mapping[str, InputResult]) -> list[Change] | None:
    found: list[Change] = []
    for name, cases in row.when.items():
        if name not in inputs or inputs[name].cases <= cases:
            continue
        step = _to_case(inputs[name], cases)
        if step is None:
            return None
        found += step
    return found


def _to_case(result: InputResult, cases: frozenset[str]) -> list[Change] | None:
    item, fact = result.item.input, result.item.asks
    if isinstance(result.source, TableResult):
        return _towards(result.source, cases)
    if not isinstance(item, FactInput) or not isinstance(fact, RegistryValue):
        return None
    for case in item.cases:
        if case.name in cases and case.write is not None:
            return [Change(fact, item.type, case.write, item.restart)]
    return None


def merged(groups: Iterable[Iterable[Change]]) -> dict[Fact, Change]:
    """All changes of a host by fact; of two for one fact the first counts."""
    result: dict[Fact, Change] = {}
    for group in groups:
        for change in group:
            result.setdefault(lookup_key(change.fact), change)
    return result
