"""The shape of policies and models: what stands in their YAML, before names are linked.

The JSON Schemas that editors use are made from these types, so a description here is what an
author reads while typing.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.fact import Way
from hklint.verdict import Severity

END = r"$(?!\n)"
"""The end of a text: where a regular expression is Python's, `$` is also before a last newline."""

Id = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*" + END,
        description="Lower-case words joined by hyphens; stable, reports refer to it.",
    ),
]
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]*" + END)]
Text = Annotated[str, Meta(min_length=1)]
Scalar = int | str
Operand = Annotated[Scalar, Meta(description="A number for DWORD and QWORD, text for SZ.")]
Operands = Annotated[list[Operand], Meta(min_length=1, max_length=1000)]
RegistryPath = Annotated[
    str,
    Meta(
        pattern=r"^(HKLM|HKCU|HKCR|HKU|HKCC)"
        r"(?!.*\\[Ww][Oo][Ww]6432[Nn][Oo][Dd][Ee](\\|$))"
        r"(\\[^\\\s]([^\\\n]*[^\\\s])?)+" + END,
        description=(
            "Hive and key with single backslashes, such as HKLM\\SOFTWARE\\Contoso. The hive is "
            "HKLM, HKCU, HKCR, HKU or HKCC. Instead of Wow6432Node write view: 32-bit."
        ),
    ),
]
ViewName = Annotated[
    str,
    Meta(
        pattern=r"^(64-bit|32-bit|\{[a-z0-9_-]+\})" + END,
        description="Which registry of a 64-bit Windows: 64-bit, 32-bit, or a name in braces.",
    ),
]
RegistryType = Literal["REG_DWORD", "REG_QWORD", "REG_SZ", "REG_EXPAND_SZ"]
Restart = Annotated[
    Literal["computer", "service", "none"],
    Meta(description="What a change of this value needs before it takes effect."),
]
FieldName = Annotated[str, Meta(description="A field of the host's identity, such as build.")]
OneOrMore = Text | Annotated[list[Text], Meta(min_length=1)]


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A mapping in YAML: unknown keys are mistakes."""


class Reference(Shape, kw_only=True):
    """A public page that a rule or model rests on."""

    title: Text
    url: Annotated[str, Meta(pattern=r"^https://")]


class Operators(Shape, kw_only=True):
    """What a value must be; several operators must all hold."""

    equals: Operand | UnsetType = UNSET
    not_equals: Operand | UnsetType = UNSET
    one_of: Operands | UnsetType = UNSET
    none_of: Operands | UnsetType = UNSET
    less_than: Operand | UnsetType = UNSET
    at_most: Operand | UnsetType = UNSET
    at_least: Operand | UnsetType = UNSET
    greater_than: Operand | UnsetType = UNSET
    between: Annotated[list[Operand], Meta(min_length=2, max_length=2)] | UnsetType = UNSET


class AbsentMeans(Shape, kw_only=True):
    """An absent value counts as this one: the documented default."""

    means: Operand


class RegistryExpectation(Operators, kw_only=True):
    """A rule on one registry value."""

    registry: RegistryPath
    view: ViewName = "64-bit"
    value: str
    type: RegistryType
    absent: Literal["fail", "pass", "not_applicable"] | AbsentMeans
    write: Operand | UnsetType = UNSET
    restart: Restart = "none"


class ModelExpectation(Shape, kw_only=True):
    """A rule on what a combination of values means."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])
    state: OneOrMore


class WebRequestExpectation(Shape, kw_only=True):
    """A rule on a live request, made by the host as a program makes it by default."""

    web_request: str
    outcome: OneOrMore


EXPECTATIONS: dict[str, type[Shape]] = {
    "registry": RegistryExpectation,
    "model": ModelExpectation,
    "web_request": WebRequestExpectation,
}
"""The kinds of expectations by the key that tells them apart."""


class Rule(Shape, kw_only=True):
    """One thing that must be so, with the reason why."""

    id: Id
    title: Text
    severity: Severity
    tags: list[Id] = []
    for_each: Annotated[
        dict[Name, Annotated[list[Scalar], Meta(min_length=1)]],
        Meta(description="One verdict for each combination of these values."),
    ] = {}
    expect: Annotated[dict[str, Any], Meta(extra_json_schema={"$one_of_kinds": "expectations"})]
    why: Annotated[str, Meta(min_length=1, description="What follows when it is not so.")]
    remedy: Annotated[str, Meta(description="What to do where no registry value helps.")] = ""
    references: list[Reference] = []


class Parameter(Shape, kw_only=True):
    """A parameter of a policy, which the user may set."""

    type: Literal["url", "text", "integer"] | UnsetType = UNSET
    one_of: Operands | UnsetType = UNSET
    default: Operand
    title: str = ""


class ModelUse(Shape, kw_only=True):
    """A model with its parameters."""

    model: Id
    arguments: dict[Name, Scalar] = msgspec.field(name="with", default_factory=dict[str, Scalar])


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
    applies_to: Annotated[
        dict[FieldName, Operators],
        Meta(description="Conditions on the host's identity; on other hosts nothing is judged."),
    ] = {}
    parameters: dict[Name, Parameter] = {}
    diagnosis: Annotated[
        ModelUse | UnsetType, Meta(description="The model whose state is the cause of failures.")
    ] = UNSET
    rules: Annotated[list[Rule], Meta(min_length=1)]


class ModelParameter(Shape, kw_only=True):
    """A parameter of a model: one of a few values, which rows may name, or an open one."""

    one_of: Operands | UnsetType = UNSET
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
    type: RegistryType
    wrong_type: Annotated[
        Name | UnsetType,
        Meta(description="The case a value of another type counts as, where that is documented."),
    ] = UNSET
    restart: Restart = "none"
    cases: Annotated[dict[Name, Case], Meta(min_length=1)]


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


INPUTS: dict[str, type[Shape]] = {
    "registry": RegistryInput,
    "host": HostInput,
    "model": ModelInput,
    "web_request": WebRequestInput,
}
"""The kinds of inputs by the key that tells them apart."""


class State(Shape, kw_only=True):
    """What a combination means."""

    means: Text
    doubt: Annotated[
        bool, Meta(description="Nobody knows for certain: rules are neither passed nor failed.")
    ] = False
    works: Annotated[bool, Meta(description="In a diagnosis: nothing is wrong.")] = False
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


DOCUMENTS: dict[str, type[Policy] | type[Model]] = {"policy": Policy, "model": Model}
"""The kinds of documents."""
