"""The plan: which facts the policies need. Each is asked for once, whatever the number of rules."""

from collections.abc import Iterable, Iterator

from hklint.fact import Fact, HostField
from hklint.facts.host import FIELDS
from hklint.model import Table
from hklint.policy import Expectation, Policy, StateExpectation


def facts_needed(policies: Iterable[Policy]) -> set[Fact]:
    """The distinct facts of all rules, conditions and diagnoses, and the host's identity."""
    needed: set[Fact] = {HostField(field) for field in FIELDS}
    for policy in policies:
        needed.update(condition.fact for condition in policy.conditions)
        if policy.diagnosis is not None:
            needed.update(table_facts(policy.diagnosis))
        for rule in policy.rules:
            needed.update(condition.fact for condition in rule.conditions)
            needed.update(expectation_facts(rule.expectation))
    return needed


def expectation_facts(expectation: Expectation) -> Iterator[Fact]:
    """The facts one rule rests on."""
    if isinstance(expectation, StateExpectation):
        yield from table_facts(expectation.table)
    else:
        yield expectation.fact


def table_facts(table: Table) -> Iterator[Fact]:
    """The facts a table asks for, through all the tables it asks."""
    for item in table.inputs:
        if isinstance(item.asks, Table):
            yield from table_facts(item.asks)
        else:
            yield item.asks
