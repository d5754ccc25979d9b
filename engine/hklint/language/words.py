"""What the shapes of all documents are made of."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

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
Choices = Annotated[list[Scalar], Meta(min_length=1, max_length=1000)]
RegistryPath = Annotated[
    str,
    Meta(
        pattern=r"^(HKLM|HKCU|HKCR|HKU|HKCC)"
        r"(?!.*\\[Ww][Oo][Ww]6432[Nn][Oo][Dd][Ee](\\|$))"
        r"\\[^\\/\s]([^\\/\n]*[^\\/\s])?(\\[^\\\s]([^\\\n]*[^\\\s])?)*" + END,
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
RegistryType = Literal[
    "REG_DWORD",
    "REG_QWORD",
    "REG_SZ",
    "REG_EXPAND_SZ",
    "REG_MULTI_SZ",
    "REG_BINARY",
    "REG_NONE",
]
Restart = Annotated[
    Literal["computer", "service", "none"],
    Meta(description="What a change of this value needs before it takes effect."),
]
FieldName = Annotated[str, Meta(description="A field of the host's identity, such as build.")]
OneOrMore = Text | Annotated[list[Text], Meta(min_length=1)]


def is_registry_path(text: str) -> bool:
    """Whether a text, in which names are filled in, is a path as documents write them."""
    try:
        msgspec.convert(text, RegistryPath)
    except msgspec.ValidationError:
        return False
    return True


class Shape(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A mapping in YAML: unknown keys are mistakes."""


class Reference(Shape, kw_only=True):
    """A public page that a rule or model rests on."""

    title: Text
    url: Annotated[str, Meta(pattern=r"^https://")]
