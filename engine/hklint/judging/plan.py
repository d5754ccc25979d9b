"""The plan: which facts the policies need. Each is asked for once, whatever the number of rules."""

from collections.abc import Iterable, Iterator

from hklint.fact import Fact, HostField, RegistryKey, RegistryValue
from hklint.facts.host import FIELDS
from hklint.judging.changed import keys_of
from hklint.model import Table
from hklint.policy import (
    ConsistentExpectation,
    Expectation,
    OutcomeExpectation,
    Policy,
    StateExpectation,
    ValueExpectation,
)

LOWEST = 3
"""The backslashes in the path of a key that may be missing; those above are Windows' own."""


def facts_needed(policies: Iterable[Policy]) -> set[Fact]:
    """The distinct facts of all that policies have, and the host's identity."""
    needed: set[Fact] = {HostField(field) for field in FIELDS}
    for policy in policies:
        needed.update(condition.fact for condition in policy.conditions)
        if policy.diagnosis is not None:
            needed.update(table_facts(policy.diagnosis))
        if policy.waits_for_restart is not None:
            needed.update(expectation_facts(policy.waits_for_restart))
        for rule in policy.rules:
            needed.update(condition.fact for condition in rule.conditions)
            needed.update(expectation_facts(rule.expectation))
            for risk in rule.risks:
                needed.update(condition.fact for condition in risk.conditions)
                if risk.expectation is not None:
                    needed.update(expectation_facts(risk.expectation))
    return needed | set(_above(needed))


def _above(facts: Iterable[Fact]) -> Iterator[RegistryKey]:
    """The keys above those of values.

    A fix makes those that are not there, and its rollback has to know which it made.
    """
    for fact in facts:
        if isinstance(fact, RegistryValue):
            yield from (key for key in list(keys_of(fact))[:-1] if key.key.count("\\") >= LOWEST)


def expectation_facts(expectation: Expectation) -> Iterator[Fact]:
    """The facts one rule rests on."""
    match expectation:
        case StateExpectation(table=table):
            yield from table_facts(table)
        case ConsistentExpectation(compared=Table() as table):
            yield from table_facts(table)
        case ConsistentExpectation(compared=RegistryValue() | HostField() as fact):
            yield fact
        case ValueExpectation() | OutcomeExpectation():
            yield expectation.fact
        case _:
            raise AssertionError(expectation)


def table_facts(table: Table) -> Iterator[Fact]:
    """The facts a table asks for, through all the tables it asks."""
    for item in table.inputs:
        if isinstance(item.asks, Table):
            yield from table_facts(item.asks)
        else:
            yield item.asks
