"""The shape of `controls`: which entries of public catalogues a rule serves."""

from typing import Annotated

import msgspec
from msgspec import Meta

from hklint.controls import CATALOGUES
from hklint.language.words import END, Shape


def _id(name: str) -> Meta:
    catalogue = CATALOGUES[name]
    like_a_number = catalogue.example[0].isdigit()
    what = f"{catalogue.name} in quotes" if like_a_number else catalogue.name
    return Meta(
        pattern=f"^({catalogue.pattern}){END}",
        description=f'An id of {what}, such as "{catalogue.example}"',
    )


def _ids(name: str) -> Meta:
    catalogue = CATALOGUES[name]
    return Meta(description=f"{catalogue.title}, by the {catalogue.organisation}.")


class Controls(Shape, kw_only=True):
    """Entries of public catalogues, a list of ids for each catalogue; only these are known."""

    nist_800_53: Annotated[list[Annotated[str, _id("nist-800-53")]], _ids("nist-800-53")] = (
        msgspec.field(name="nist-800-53", default_factory=list[str])
    )
    cwe: Annotated[list[Annotated[str, _id("cwe")]], _ids("cwe")] = []
    cis_controls: Annotated[list[Annotated[str, _id("cis-controls")]], _ids("cis-controls")] = (
        msgspec.field(name="cis-controls", default_factory=list[str])
    )
    stig: Annotated[list[Annotated[str, _id("stig")]], _ids("stig")] = []
    cci: Annotated[list[Annotated[str, _id("cci")]], _ids("cci")] = []
