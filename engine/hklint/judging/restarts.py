"""Which values a rule rests on that take effect only when the computer has restarted."""

from collections.abc import Iterator

from hklint.fact import Fact, HostField, RegistryKey, RegistryName, RegistryValue
from hklint.model import FactInput, Input, Table
from hklint.policy import Expectation, StateExpectation, ValueExpectation
from hklint.snapshot import lookup_key


def restart_facts(expectation: Expectation) -> frozenset[Fact]:
    """The registry facts of an expectation whose changes need a restart of the computer.

    They are in the spelling of observations.
    """
    return frozenset(map(lookup_key, _facts(expectation)))


def table_restart_facts(table: Table) -> frozenset[Fact]:
    """The same of a table, through all the tables it asks."""
    return frozenset(map(lookup_key, _table_facts(table)))


def _facts(expectation: Expectation) -> Iterator[Fact]:
    match expectation:
        case StateExpectation():
            yield from _table_facts(expectation.table)
        case ValueExpectation(fact=RegistryValue() | RegistryName() | RegistryKey() as fact):
            if expectation.restart == "computer":
                yield fact
        case _:
            pass


def _table_facts(table: Table) -> Iterator[Fact]:
    for item in table.inputs:
        if isinstance(item.asks, Table):
            yield from _table_facts(item.asks)
        elif not isinstance(item.asks, HostField) and _needs_restart(item.input):
            yield item.asks


def _needs_restart(item: Input) -> bool:
    return isinstance(item, FactInput) and item.restart == "computer"
