"""The shape of policy tests: facts in, verdicts and states out."""

from typing import Annotated, Literal, get_args

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.fact import Way
from hklint.language.words import (
    FieldName,
    Id,
    Name,
    RegistryPath,
    RegistryType,
    Scalar,
    Shape,
    Text,
)

Judged = Literal["pass", "fail", "unknown", "not_applicable"]


class TypedValue(Shape, kw_only=True):
    """A registry value with its type spelled out."""

    type: Annotated[RegistryType, Meta(description="The type of the value.")]
    value: Annotated[int | str | list[str], Meta(description="Its data; BINARY as hex text.")]


Datum = Annotated[
    int | str | list[str] | TypedValue,
    Meta(description="A number, a text, a list, absent, unreadable, or {type: ..., value: ...}."),
]
Key = Annotated[
    Literal["absent", "unreadable"] | dict[str, Datum],
    Meta(description="The values of a key by name; {} is a key without values."),
]


class Facts(Shape, kw_only=True):
    """What is known of a host other than its identity."""

    registry: Annotated[
        dict[RegistryPath, Key],
        Meta(description="Keys of the 64-bit view; what is not named is absent."),
    ] = {}
    registry_32: Annotated[
        dict[RegistryPath, Key], Meta(description="Keys of the 32-bit view.")
    ] = {}
    web: Annotated[
        dict[Way, Text],
        Meta(
            description="The outcome of a live request by way; not named: not readable.",
            extra_json_schema={"propertyNames": {"enum": list(get_args(Way))}},
        ),
    ] = {}


class Host(Facts, kw_only=True):
    """A host that cases build on."""

    host: Annotated[
        dict[FieldName, Scalar],
        Meta(description="Fields of its identity; one that is not named is not readable."),
    ] = {}
    extends: Annotated[
        Name | UnsetType, Meta(description="The host that this one differs from.")
    ] = UNSET


class ExpectedState(Shape, kw_only=True):
    """A model with its parameters, and the state it has to come to."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])
    state: Annotated[Text, Meta(description="The state; or unknown, if more than one is possible.")]


class Expected(Shape, kw_only=True):
    """What has to come of a case."""

    every: Annotated[
        Judged | UnsetType, Meta(description="The verdict of every rule not listed in verdicts.")
    ] = UNSET
    verdicts: Annotated[
        dict[str, Judged],
        Meta(description="By rule, or by RULE[view=32-bit] for one of its verdicts."),
    ] = {}
    states: Annotated[
        list[ExpectedState], Meta(description="Models, each with the state it has to come to.")
    ] = []
    diagnosis: Annotated[
        Text | UnsetType,
        Meta(
            description=(
                "The state of the policy's diagnosis, or unknown; not_applicable where the policy "
                "is not about this host."
            )
        ),
    ] = UNSET


class TestCase(Facts, kw_only=True):
    """A host, and what has to come of judging it."""

    name: Text
    host: Annotated[
        Name | dict[FieldName, Scalar],
        Meta(description="One of the hosts above by name, or the fields of an identity."),
    ] = {}
    extends: Annotated[
        Name | UnsetType, Meta(description="The host that this one differs from.")
    ] = UNSET
    snapshot: Annotated[
        Text | UnsetType, Meta(description="A snapshot file, seen from this document.")
    ] = UNSET
    group: Annotated[
        list[Name],
        Meta(
            max_length=100,
            description="Hosts above that are in one group with this one, for rules on groups.",
        ),
    ] = []
    expect: Annotated[Expected, Meta(description="What has to come of judging this host.")]


class Tests(Shape, kw_only=True):
    """Tests of one policy, or of models."""

    kind: Literal["tests"]
    id: Id
    title: str = ""
    policy: Annotated[
        Id | UnsetType, Meta(description="The policy under test; without it, only states.")
    ] = UNSET
    parameters: Annotated[
        dict[Name, Scalar], Meta(description="Values for the policy's parameters.")
    ] = {}
    hosts: Annotated[
        dict[Name, Host], Meta(max_length=1000, description="Hosts that cases build on, by name.")
    ] = {}
    cases: Annotated[
        list[TestCase],
        Meta(min_length=1, max_length=1000, description="Hosts, and what has to come of each."),
    ]
