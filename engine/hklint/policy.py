"""Policies: rules whose names are linked, ready to be asked for and judged."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hklint.fact import Data, Fact, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.model import Restart, Scalar, Table
from hklint.run import RuleInfo
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


Expectation = ValueExpectation | StateExpectation | OutcomeExpectation


class Rule(msgspec.Struct, frozen=True):
    """One rule, or one instance of a rule with for_each.

    `info` describes the rule for reports, with `title` and `instance` of this instance; `span` is
    the expected value, and `facts` are those it rests on, in the spelling of observations. On hosts
    that do not meet all `conditions` it is not judged.
    """

    info: RuleInfo
    instance: str
    title: str
    expectation: Expectation
    span: Span
    facts: frozenset[Fact]
    conditions: "tuple[Condition, ...]" = ()


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
    """Rules for the hosts that meet all conditions; `parameters` as they are used."""

    id: str
    title: str
    version: str
    path: str
    sha256: str
    conditions: tuple[Condition, ...]
    parameters: Mapping[str, Scalar]
    diagnosis: Table | None
    rules: tuple[Rule, ...]
