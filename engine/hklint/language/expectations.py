"""The shape of what a rule expects."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.language.operators import Operand, Operators
from hklint.language.words import (
    FieldName,
    Id,
    Name,
    OneOrMore,
    RegistryPath,
    RegistryType,
    Restart,
    Scalar,
    Shape,
    Text,
    ViewName,
)

CaseSensitive = Annotated[
    bool, Meta(description="Compare texts letter for letter; without it, case does not count.")
]


class AbsentMeans(Shape, kw_only=True):
    """An absent value counts as this one: the documented default."""

    means: Operand


class RegistryExpectation(Operators, kw_only=True):
    """A rule on the data of one registry value."""

    registry: RegistryPath
    view: ViewName = "64-bit"
    value: str
    type: RegistryType
    case_sensitive: CaseSensitive = False
    absent: Literal["fail", "pass", "not_applicable"] | AbsentMeans
    write: Operand | UnsetType = UNSET
    restart: Restart = "none"


class ExistenceExpectation(Shape, kw_only=True):
    """A rule on whether a registry value is there, whatever its type and data."""

    registry: RegistryPath
    view: ViewName = "64-bit"
    value: str
    exists: Annotated[bool, Meta(description="Whether the value must be there.")]


KEY_QUESTIONS = ("exists", "has_value", "has_subkey")
"""What can be asked of a key: exactly one of these."""


class KeyExpectation(Shape, kw_only=True):
    """A rule on whether a registry key is there, or has a value or subkey of a name."""

    registry_key: RegistryPath
    view: ViewName = "64-bit"
    exists: Annotated[bool, Meta(description="Whether the key must be there.")] | UnsetType = UNSET
    has_value: Annotated[str, Meta(description="A value that it must have.")] | UnsetType = UNSET
    has_subkey: Annotated[Text, Meta(description="A subkey it must have.")] | UnsetType = UNSET

    def __post_init__(self) -> None:
        if sum(getattr(self, name) is not UNSET for name in KEY_QUESTIONS) != 1:
            raise ValueError(f"it needs exactly one of: {', '.join(KEY_QUESTIONS)}")


class ModelUse(Shape, kw_only=True):
    """A model with its parameters."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])


class ModelExpectation(Shape, kw_only=True):
    """A rule on what a combination of values means."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])
    state: OneOrMore


class WebRequestExpectation(Shape, kw_only=True):
    """A rule on a live request, made by the host as a program makes it by default."""

    web_request: str
    outcome: OneOrMore


class ComparedValue(Shape, kw_only=True):
    """A registry value that hosts are compared by: its type and data, or that it is absent."""

    registry: RegistryPath
    view: ViewName = "64-bit"
    value: str
    case_sensitive: CaseSensitive = False


class ComparedField(Shape, kw_only=True):
    """A field of the identity that hosts are compared by."""

    host: FieldName


COMPARED: dict[tuple[str, ...], type[Shape]] = {
    ("model",): ModelUse,
    ("registry",): ComparedValue,
    ("host",): ComparedField,
}
"""What hosts can be compared by, told by its keys as with expectations."""


class ConsistentExpectation(Shape, kw_only=True):
    """A rule on hosts among themselves: they must all come to the same."""

    consistent: Annotated[
        dict[str, Any],
        Meta(extra_json_schema={"$one_of_kinds": "compared"}),
    ]
    across: Annotated[
        Literal["group"],
        Meta(description="The hosts that are compared: those of the group a host belongs to."),
    ]


EXPECTATIONS: dict[tuple[str, ...], type[Shape]] = {
    ("registry", "exists"): ExistenceExpectation,
    ("registry",): RegistryExpectation,
    ("registry_key",): KeyExpectation,
    ("model",): ModelExpectation,
    ("web_request",): WebRequestExpectation,
    ("consistent",): ConsistentExpectation,
}
"""The kinds of expectations by the keys that tell them apart; the first that are all there."""


def expectation_shape(keys: Collection[str]) -> type[Shape]:
    """The shape of an expectation with these keys, which has been checked to be of one kind."""
    return next(shape for told, shape in EXPECTATIONS.items() if set(told) <= set(keys))


def compared_shape(keys: Collection[str]) -> type[Shape]:
    """The shape of what hosts are compared by; checked as with expectations."""
    return next(shape for told, shape in COMPARED.items() if set(told) <= set(keys))
