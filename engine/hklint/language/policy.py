"""The shape of policies: what stands in their YAML, before names are linked."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.language.controls import Controls
from hklint.language.expectations import ModelExpectation, ModelUse
from hklint.language.operators import HostConditions
from hklint.language.words import END, Choices, Id, Name, Reference, Scalar, Shape, Text
from hklint.verdict import Severity

Level = Annotated[
    int,
    Meta(
        ge=1,
        le=3,
        description=(
            "1: hardly breaks anything; 2: for hardened hosts, may break something; 3: for few."
        ),
    ),
]


class Affect(Shape, kw_only=True):
    """Something that mending a rule may break, and on which hosts."""

    what: Annotated[Text, Meta(description="What may break, in a sentence; how to find out.")]
    when: Annotated[
        dict[str, Any] | UnsetType,
        Meta(
            description="Only hosts on which this holds before the change, written as in expect.",
            extra_json_schema={"$one_of_kinds": "expectations"},
        ),
    ] = UNSET
    on_hosts: Annotated[
        HostConditions, Meta(description="Only hosts like this, as with applies_to.")
    ] = {}
    given: Annotated[
        dict[Name, Choices],
        Meta(description="Only where these parameters of the policy have one of these values."),
    ] = {}
    references: list[Reference] = []


class Rule(Shape, kw_only=True):
    """One thing that must be so, with the reason why."""

    id: Id
    title: Text
    severity: Severity
    level: Level = 1
    tags: list[Id] = []
    applies_to: HostConditions = {}
    for_each: Annotated[
        dict[Name, Annotated[list[Scalar], Meta(min_length=1)]],
        Meta(description="One verdict for each combination of these values."),
    ] = {}
    expect: Annotated[dict[str, Any], Meta(extra_json_schema={"$one_of_kinds": "expectations"})]
    why: Annotated[str, Meta(min_length=1, description="What follows when it is not so.")]
    remedy: Annotated[str, Meta(description="What to do where no registry value helps.")] = ""
    affects: list[Affect] = []
    references: list[Reference] = []
    controls: Controls = msgspec.field(default_factory=Controls)


class Parameter(Shape, kw_only=True):
    """A parameter of a policy, which the user may set."""

    type: Literal["url", "text", "integer"] | UnsetType = UNSET
    one_of: Choices | UnsetType = UNSET
    at_least: int | UnsetType = UNSET
    at_most: int | UnsetType = UNSET
    between: Annotated[list[int], Meta(min_length=2, max_length=2)] | UnsetType = UNSET
    matches: Text | UnsetType = UNSET
    default: Scalar
    title: str = ""


class Policy(Shape, kw_only=True):
    """Rules that belong together, and the hosts they are meant for."""

    kind: Literal["policy"]
    id: Id
    title: Text
    version: Annotated[
        str,
        Meta(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+" + END, description="Three numbers, like 1.0.0"),
    ]
    description: str = ""
    applies_to: HostConditions = {}
    parameters: dict[Name, Parameter] = {}
    diagnosis: Annotated[
        ModelUse | UnsetType, Meta(description="The model whose state is the cause of failures.")
    ] = UNSET
    waits_for_restart: Annotated[
        ModelExpectation | UnsetType,
        Meta(description="The states in which Windows waits for a restart, whatever the reason."),
    ] = UNSET
    rules: Annotated[list[Rule], Meta(min_length=1)]
