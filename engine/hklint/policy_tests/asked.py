"""What may be stated of a host: the facts that a policy and the states under test ask for."""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hklint.fact import Fact, RegistryKey, RegistryName, RegistryValue, Way, WebRequest
from hklint.fold import fold
from hklint.judging.plan import facts_needed, table_facts
from hklint.model import FactInput, Table
from hklint.policy import Policy, ValueExpectation
from hklint.snapshot import lookup_key


class AskedValue(msgspec.Struct, frozen=True):
    """A registry value: its name as it is asked for, and the types it is asked to have, if any."""

    name: str
    types: tuple[str, ...]


class AskedKey(msgspec.Struct, frozen=True):
    """A registry key: its path with the hive as it is asked for, and its values by folded name."""

    path: str
    values: Mapping[str, AskedValue]


class Asked(msgspec.Struct, frozen=True):
    """All that is asked for; keys are in the spelling of `lookup_key`."""

    facts: frozenset[Fact]
    keys: Mapping[RegistryKey, AskedKey]
    ways: frozenset[Way]


def asked_for(policy: Policy | None, tables: Iterable[Table]) -> Asked:
    """What a policy and these tables ask for, and the host's identity."""
    tables = tuple(tables)
    facts = facts_needed([] if policy is None else [policy]).union(*map(table_facts, tables))
    types: dict[Fact, set[str]] = {}
    for fact, type_name in _typed_facts(policy, tables):
        types.setdefault(lookup_key(fact), set()).add(type_name)
    spelled: dict[RegistryKey, str] = {}
    values: dict[RegistryKey, dict[str, AskedValue]] = {}
    for fact in sorted(facts, key=str):
        if isinstance(fact, RegistryValue | RegistryName | RegistryKey):
            place = RegistryKey(fact.hive, fold(fact.key), fact.view)
            spelled.setdefault(place, f"{fact.hive}\\{fact.key}")
            names = values.setdefault(place, {})
            if isinstance(fact, RegistryValue):
                wanted = types.get(lookup_key(fact), ())
                names[fold(fact.value)] = AskedValue(fact.value, tuple(sorted(wanted)))
            elif isinstance(fact, RegistryName):
                names.setdefault(fold(fact.value), AskedValue(fact.value, ()))
    return Asked(
        frozenset(facts),
        {place: AskedKey(path, values[place]) for place, path in spelled.items()},
        frozenset(fact.way for fact in facts if isinstance(fact, WebRequest)),
    )


def _typed_facts(policy: Policy | None, tables: Iterable[Table]) -> Iterator[tuple[Fact, str]]:
    for rule in () if policy is None else policy.rules:
        if isinstance(rule.expectation, ValueExpectation):
            yield rule.expectation.fact, rule.expectation.type
    for table in (*tables, *(() if policy is None else policy.tables())):
        yield from _table_types(table)


def _table_types(table: Table) -> Iterator[tuple[Fact, str]]:
    for item in table.inputs:
        if isinstance(item.asks, Table):
            yield from _table_types(item.asks)
        elif isinstance(item.input, FactInput):
            yield item.asks, item.input.type
