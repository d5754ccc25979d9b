"""The shape of models: decision tables before their names are linked."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.fact import Way
from hklint.language.expectations import CaseSensitive
from hklint.language.operators import Operand, Operators
from hklint.language.words import (
    Choices,
    FieldName,
    Id,
    Name,
    OneOrMore,
    Reference,
    RegistryPath,
    RegistryType,
    Restart,
    Scalar,
    Shape,
    Text,
    ViewName,
)


class ModelParameter(Shape, kw_only=True):
    """A parameter of a model: one of a few values, which rows may name, or an open one."""

    one_of: Choices | UnsetType = UNSET
    type: Literal["url", "text"] | UnsetType = UNSET


class ValueCase(Operators, kw_only=True):
    """A case of an input: some of the values it can have."""

    write: Operand | UnsetType = UNSET


Case = Annotated[
    Literal["absent", "otherwise"] | ValueCase,
    Meta(description="absent, an operator with its operand, or otherwise for all the rest."),
]


class RegistryInput(Shape, kw_only=True):
    """An input read from the registry."""

    registry: RegistryPath
    view: ViewName = "64-bit"
    value: str
    type: Annotated[
        RegistryType | Literal["any"],
        Meta(description="The type of the value; any: only whether it is there counts."),
    ]
    case_sensitive: CaseSensitive = False
    wrong_type: Annotated[
        Name | UnsetType,
        Meta(description="The case a value of another type counts as, where that is documented."),
    ] = UNSET
    restart: Restart = "none"
    cases: Annotated[dict[Name, Case], Meta(min_length=1)]


class KeyInput(Shape, kw_only=True):
    """An input that is whether a registry key is there."""

    registry_key: RegistryPath
    view: ViewName = "64-bit"
    cases: Annotated[dict[Name, Literal["exists", "absent"]], Meta(min_length=1)]


class HostInput(Shape, kw_only=True):
    """An input from the host's identity."""

    host: FieldName
    cases: Annotated[dict[Name, Case], Meta(min_length=1)]


class ModelInput(Shape, kw_only=True):
    """An input that is another model's state."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])


class WebRequestInput(Shape, kw_only=True):
    """An input that is the outcome of a live request."""

    web_request: str
    way: Way = "default"
    cases: Annotated[dict[Name, OneOrMore], Meta(min_length=1)]


INPUTS: dict[tuple[str, ...], type[Shape]] = {
    ("registry",): RegistryInput,
    ("registry_key",): KeyInput,
    ("host",): HostInput,
    ("model",): ModelInput,
    ("web_request",): WebRequestInput,
}
"""The kinds of inputs by the keys that tell them apart."""


def input_shape(keys: Collection[str]) -> type[Shape]:
    """The shape of an input with these keys, which has been checked to be of one kind."""
    return next(shape for told, shape in INPUTS.items() if set(told) <= set(keys))


class State(Shape, kw_only=True):
    """What a combination means."""

    means: Text
    doubt: Annotated[
        bool, Meta(description="Nobody knows for certain: rules are neither passed nor failed.")
    ] = False
    works: Annotated[bool, Meta(description="In a diagnosis: nothing is wrong.")] = False
    effect: Annotated[
        Literal["pending", "unknown"] | UnsetType,
        Meta(
            description=(
                "In a diagnosis: values that need a restart are not in effect before one "
                "(pending), or perhaps not (unknown)."
            )
        ),
    ] = UNSET
    next: Annotated[list[Text], Meta(description="In a diagnosis: what to do, step by step.")] = []


class Row(Shape, kw_only=True):
    """One line of the table: when it applies, what it means, and why."""

    when: dict[str, Scalar | Annotated[list[Scalar], Meta(min_length=1)]]
    state: Text
    because: Text
    recommended: Annotated[bool, Meta(description="The row a fix aims at for its state.")] = False


class Model(Shape, kw_only=True):
    """A decision table: what a combination of facts means."""

    kind: Literal["model"]
    id: Id
    title: Text
    description: str = ""
    subject: Annotated[str, Meta(description="How explanations name one use of the model.")] = ""
    references: list[Reference] = []
    parameters: dict[Name, ModelParameter] = {}
    inputs: Annotated[
        dict[Name, Annotated[dict[str, Any], Meta(extra_json_schema={"$one_of_kinds": "inputs"})]],
        Meta(min_length=1),
    ]
    states: Annotated[dict[Name, Text | State], Meta(min_length=1)]
    rows: Annotated[list[Row], Meta(min_length=1)]
