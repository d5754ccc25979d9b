"""Models: decision tables whose names are linked, ready to be proved and to judge."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from hklint.fact import Data, Fact, HostField, RegistryKey, RegistryName, RegistryValue, WebRequest
from hklint.span import Span
from hklint.values import ValueSet
from hklint.verdict import Effect

Scalar = int | str
Restart = Literal["computer", "service", "none"]


class Case(msgspec.Struct, frozen=True):
    """Some of the values an input can have, under a name.

    `absent` tells whether the absent value is among them; `write` is what a fix writes to get here.
    """

    name: str
    absent: bool
    values: ValueSet
    write: Data | None
    span: Span


class FactInput(msgspec.Struct, frozen=True):
    """An input read from the registry or the host's identity.

    Texts of `fact` may still hold parameters in braces. `type` is a registry type, the type of a
    host field, or `any` or `key` where only being there counts; `wrong_type` is the case of a value
    of another type, where that is documented. With `exact` the case of letters counts.
    """

    name: str
    fact: RegistryValue | RegistryName | RegistryKey | HostField
    type: str
    cases: tuple[Case, ...]
    wrong_type: str | None
    restart: Restart
    span: Span
    exact: bool = False


class RequestInput(msgspec.Struct, frozen=True):
    """An input that is the outcome of a live request; `case_of` has a case for every outcome."""

    name: str
    fact: WebRequest
    case_of: Mapping[str, str]
    span: Span


class ModelInput(msgspec.Struct, frozen=True):
    """An input that is another model's state; `arguments` may hold parameters in braces."""

    name: str
    model: "Model"
    arguments: Mapping[str, Scalar]
    span: Span


Input = FactInput | RequestInput | ModelInput


class State(msgspec.Struct, frozen=True):
    """What a combination means. With `doubt` nobody knows, and no rule passes or fails on it.

    `effect` is for a diagnosis: whether values that need a restart are in effect.
    """

    name: str
    means: str
    doubt: bool
    works: bool
    next: tuple[str, ...]
    effect: Effect = ""


class Row(msgspec.Struct, frozen=True):
    """One line of the table; `when` has the names allowed for each input or parameter named."""

    number: int
    when: Mapping[str, frozenset[str]]
    state: str
    because: str
    recommended: bool
    span: Span


class Model(msgspec.Struct, frozen=True):
    """A decision table. `parameters` has the values of each, or None for an open one.

    `span` is where the rows begin.
    """

    id: str
    title: str
    subject: str
    parameters: Mapping[str, tuple[Scalar, ...] | None]
    inputs: tuple[Input, ...]
    states: Mapping[str, State]
    rows: tuple[Row, ...]
    span: Span


class Table(msgspec.Struct, frozen=True):
    """A model with its parameters given: concrete facts, and the rows that can still be met."""

    model: Model
    subject: str
    arguments: Mapping[str, Scalar]
    inputs: "tuple[TableInput, ...]"
    rows: tuple[Row, ...]


class TableInput(msgspec.Struct, frozen=True):
    """An input of a table: what it asks is a concrete fact, or another table.

    `allows` has for each case the rows of the table that it leaves possible, as bits.
    """

    input: Input
    asks: Fact | Table
    allows: Mapping[str, int]


def case_names(item: Input) -> tuple[str, ...]:
    """The names under which rows speak of an input: its cases, or the other model's states."""
    match item:
        case FactInput():
            return tuple(case.name for case in item.cases)
        case RequestInput():
            return tuple(dict.fromkeys(item.case_of.values()))
        case ModelInput():
            return tuple(item.model.states)
