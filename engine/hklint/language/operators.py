"""The shape of conditions on a value: operators, and what nests them."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from hklint.language.words import FieldName, Shape, Text

Operand = Annotated[
    int | str | list[str],
    Meta(
        description=(
            "A number for DWORD and QWORD, text for SZ, a list of texts for MULTI_SZ, hex text "
            "for BINARY."
        )
    ),
]
Operands = Annotated[list[Operand], Meta(min_length=1, max_length=1000)]
Items = Annotated[list[str], Meta(max_length=1000)]
Parts = Text | Annotated[list[Text], Meta(min_length=1, max_length=1000)]
NumberOrName = int | Text
"""A number, or the name of a parameter in braces."""


class Operators(Shape, kw_only=True):
    """What a value must be; several operators must all hold."""

    equals: Operand | UnsetType = UNSET
    not_equals: Operand | UnsetType = UNSET
    one_of: Operands | UnsetType = UNSET
    none_of: Operands | UnsetType = UNSET
    less_than: NumberOrName | UnsetType = UNSET
    at_most: NumberOrName | UnsetType = UNSET
    at_least: NumberOrName | UnsetType = UNSET
    greater_than: NumberOrName | UnsetType = UNSET
    between: Annotated[list[NumberOrName], Meta(min_length=2, max_length=2)] | UnsetType = UNSET
    matches: Text | UnsetType = UNSET
    contains: Parts | UnsetType = UNSET
    excludes: Parts | UnsetType = UNSET
    subset_of: Items | UnsetType = UNSET
    superset_of: Annotated[list[str], Meta(min_length=1, max_length=1000)] | UnsetType = UNSET
    bits_set: NumberOrName | UnsetType = UNSET
    bits_clear: NumberOrName | UnsetType = UNSET
    all_of: "Conditions | UnsetType" = UNSET
    any_of: "Conditions | UnsetType" = UNSET
    none_holds: "Operators | UnsetType" = msgspec.field(name="not", default=UNSET)


Conditions = Annotated[list[Operators], Meta(min_length=1, max_length=100)]
HostConditions = Annotated[
    dict[FieldName, Literal["absent"] | Operators],
    Meta(
        description=(
            "Conditions on the host's identity, or absent where it must not have the field; on "
            "other hosts nothing is judged."
        )
    ),
]
