"""Whether the cases meet everything: each rule passing and failing, each row of each model."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hklint.evaluate import TableResult, evaluate, judge
from hklint.library import Library
from hklint.model import Table
from hklint.policy import StateExpectation
from hklint.snapshot import Snapshot
from hklint.verdict import Outcome

CASES = sorted(path.stem for path in (Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.fixture(scope="module")
def hosts(
    read_case: Callable[[str], Any], answered: Callable[[Any], Snapshot]
) -> list[tuple[str, Snapshot]]:
    """The host of each case, with the policy it is about."""
    return [(case.policy, answered(case)) for case in map(read_case, CASES)]


def test_each_rule_passes_and_fails_in_some_case(
    shipped: Library, hosts: list[tuple[str, Snapshot]]
) -> None:
    outcomes: dict[tuple[str, str, str], set[Outcome]] = defaultdict(set)
    for policy, snapshot in hosts:
        for item in judge(shipped.policies[policy], snapshot):
            outcomes[policy, item.rule.info.id, item.rule.instance].add(item.outcome)
    expected = {
        (policy.id, rule.info.id, rule.instance)
        for policy in shipped.policies.values()
        for rule in policy.rules
    }
    both = {name for name, seen in outcomes.items() if {Outcome.PASS, Outcome.FAIL} <= seen}
    assert expected - both == set()


def test_each_row_is_met_in_some_case(
    shipped: Library, tables: tuple[Table, ...], hosts: list[tuple[str, Snapshot]]
) -> None:
    met = {
        row
        for policy, snapshot in hosts
        for table in (*tables, *_tables_of(shipped, policy))
        for row in _decided(evaluate(table, snapshot))
    }
    rows = {(model.id, row.number) for model in shipped.models.values() for row in model.rows}
    assert sorted(rows - met) == []


def _tables_of(shipped: Library, policy_id: str) -> Iterator[Table]:
    policy = shipped.policies[policy_id]
    if policy.diagnosis is not None:
        yield policy.diagnosis
    for rule in policy.rules:
        if isinstance(rule.expectation, StateExpectation):
            yield rule.expectation.table


def _decided(result: TableResult) -> Iterator[tuple[str, int]]:
    """The rows that were the only possible ones, in this table and those it asks."""
    if len(result.rows) == 1:
        yield result.table.model.id, result.rows[0].number
    for item in result.inputs:
        if isinstance(item.source, TableResult):
            yield from _decided(item.source)
