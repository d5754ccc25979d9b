"""Policies: rules whose names are linked, ready to be asked for and judged."""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from hklint.fact import Data, Fact, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.model import Restart, Scalar, Table
from hklint.run import Reference, RuleInfo
from hklint.span import Span
from hklint.values import ValueSet


class AbsentMeans(msgspec.Struct, frozen=True):
    """An absent value counts as this one."""

    value: Data


class ValueExpectation(msgspec.Struct, frozen=True):
    """A registry value must be of a type and in a set; `wanted` says the set in words.

    `type` is `any` for a value, and `key` for a key, of which only being there counts. With `exact`
    the case of letters counts.
    """

    fact: RegistryValue | RegistryName | RegistryKey
    type: str
    values: ValueSet
    wanted: str
    absent: Literal["fail", "pass", "not_applicable"] | AbsentMeans
    write: Data | None
    restart: Restart
    exact: bool = False


class StateExpectation(msgspec.Struct, frozen=True):
    """A table must come to one of these states."""

    table: Table
    states: frozenset[str]
    wanted: str


class OutcomeExpectation(msgspec.Struct, frozen=True):
    """A live request must have one of these outcomes."""

    fact: WebRequest
    outcomes: frozenset[str]
    wanted: str


class ConsistentExpectation(msgspec.Struct, frozen=True):
    """All hosts of a group must come to the same state of a table, value, or field.

    One host alone can't tell. With `exact` the case of letters counts.
    """

    compared: Table | RegistryValue | HostField
    wanted: str
    exact: bool = True


Expectation = ValueExpectation | StateExpectation | OutcomeExpectation | ConsistentExpectation


class Risk(msgspec.Struct, frozen=True):
    """What mending a rule may break, on hosts that meet all conditions and the expectation."""

    what: str
    conditions: "tuple[Condition, ...]"
    expectation: Expectation | None
    references: tuple[Reference, ...]


class Rule(msgspec.Struct, frozen=True):
    """One rule, or one instance of a rule with for_each.

    `info` describes the rule for reports, with `title` and `instance` of this instance; `span` is
    the expected value, and `facts` are those it rests on, in the spelling of observations. On hosts
    that do not meet all `conditions` it is not judged. `risks` are what mending it may break.
    """

    info: RuleInfo
    instance: str
    title: str
    expectation: Expectation
    span: Span
    facts: frozenset[Fact]
    conditions: "tuple[Condition, ...]" = ()
    risks: tuple[Risk, ...] = ()


class Condition(msgspec.Struct, frozen=True):
    """A condition on the host's identity; `wanted` says the set in words.

    With `absent` the host must not have the field.
    """

    fact: HostField
    type: str
    values: ValueSet
    wanted: str
    absent: bool = False


class Policy(msgspec.Struct, frozen=True):
    """Rules for the hosts that meet all conditions; `parameters` as they are used.

    In the states of `waits_for_restart` Windows waits for a restart, whatever the reason.
    """

    id: str
    title: str
    version: str
    path: str
    sha256: str
    conditions: tuple[Condition, ...]
    parameters: Mapping[str, Scalar]
    diagnosis: Table | None
    rules: tuple[Rule, ...]
    waits_for_restart: StateExpectation | None = None

    def tables(self) -> Iterator[Table]:
        """The tables of the diagnosis, the rules and the wait, as often as they are asked."""
        if self.diagnosis is not None:
            yield self.diagnosis
        if self.waits_for_restart is not None:
            yield self.waits_for_restart.table
        for rule in self.rules:
            match rule.expectation:
                case StateExpectation(table=table):
                    yield table
                case ConsistentExpectation(compared=Table() as table):
                    yield table
                case _:
                    pass
