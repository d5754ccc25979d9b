"""The shape of waivers: verdicts that somebody has accepted, for a time."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.language.words import END, Id, Shape, Text

Moment = Annotated[
    str,
    Meta(
        pattern=(
            r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2})?"
            r"([Zz]|[+-][0-9]{2}:[0-9]{2})" + END
        ),
        description="Date and time with time zone, such as 2027-03-31T00:00:00Z or ...+02:00.",
    ),
]


class Waiver(Shape, kw_only=True):
    """One rule that need not pass on some hosts for some time, and who answers for that."""

    id: Id
    policy: Annotated[Id | UnsetType, Meta(description="The policy that has the rule.")] = UNSET
    rule: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*(\[[^\[\]\n]+\])?" + END,
            description="Id of a rule, or RULE[view=32-bit] for one of its verdicts.",
        ),
    ]
    hosts: Annotated[
        list[Text],
        Meta(
            min_length=1,
            description="Names of hosts, or patterns with * and ?; ex01 is EX01.",
        ),
    ]
    reason: Text
    owner: Text
    approver: Text
    ticket: Text
    valid_from: Moment = msgspec.field(name="from")
    until: Moment
    unknown: Annotated[
        bool, Meta(description="Whether unknown verdicts are waived as well as failed ones.")
    ] = False


class Waivers(Shape, kw_only=True):
    """Waivers that belong together."""

    kind: Literal["waivers"]
    id: Id
    title: str = ""
    waivers: Annotated[list[Waiver], Meta(min_length=1)]
