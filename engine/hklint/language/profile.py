"""The shape of profiles: a named choice of rules, with the parameters to use."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hklint.language.policy import Level
from hklint.language.words import END, Id, Scalar, Shape, Text
from hklint.verdict import Severity

MAX_LISTED = 1000

_SOME = Meta(min_length=1, max_length=MAX_LISTED)
_MANY = Meta(max_length=MAX_LISTED)

SettingName = Annotated[
    str,
    Meta(
        pattern=r"^([a-z0-9]+([.-][a-z0-9]+)*\.)?[a-z][a-z0-9_-]*" + END,
        description="A parameter, or POLICY.PARAMETER to set it for one policy only.",
    ),
]


class Selection(Shape, kw_only=True):
    """Which rules: by id, tag, severity and level."""

    rules: Annotated[list[Id], _SOME, Meta(description="Ids of rules.")] = []
    tags: Annotated[list[Id], _SOME, Meta(description="Rules with one of these tags.")] = []
    severities: Annotated[list[Severity], _SOME, Meta(description="Rules of one of these.")] = []
    levels: Annotated[list[Level], _SOME, Meta(description="Rules of one of these levels.")] = []


class Profile(Shape, kw_only=True):
    """A named choice of policies and rules, with values for their parameters."""

    kind: Literal["profile"]
    id: Id
    title: Text
    description: str = ""
    extends: Annotated[
        list[Id], _MANY, Meta(description="Profiles whose rules and parameters this one builds on.")
    ] = []
    policies: Annotated[
        list[Id], _MANY, Meta(description="Ids of the policies to choose from.")
    ] = []
    select: Annotated[
        Selection, Meta(description="Rules that meet everything given here; without it, all.")
    ] = msgspec.field(default_factory=Selection)
    exclude: Annotated[
        Selection, Meta(description="Rules that meet anything given here are left out.")
    ] = msgspec.field(default_factory=Selection)
    parameters: Annotated[
        dict[SettingName, Scalar],
        Meta(description="Values for parameters, as NAME or, for one policy only, POLICY.NAME."),
    ] = {}
