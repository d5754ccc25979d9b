"""Entries of public catalogues that rules serve, as SARIF's taxonomies (3.14.8, 3.49.12)."""

import re
from collections.abc import Iterator

from hklint.controls import CATALOGUES, Catalogue
from hklint.run import Control, PolicyInfo, RuleInfo
from hklint_reports.identity import Json, guid
from hklint_reports.text import visible

CWE = "cwe"


class Taxonomies:
    """The catalogues that one policy's rules name, with the entries they name of them."""

    def __init__(self, policy: PolicyInfo) -> None:
        controls = dict.fromkeys(control for rule in policy.rules for control in rule.controls)
        named = {control.catalogue for control in controls}
        known = [catalogue for catalogue in CATALOGUES if catalogue in named]
        self._entries: dict[str, list[Control]] = {
            catalogue: [control for control in controls if control.catalogue == catalogue]
            for catalogue in known + sorted(named.difference(known))
        }
        self._numbers = {catalogue: number for number, catalogue in enumerate(self._entries)}

    def documents(self) -> list[Json]:
        """The run's taxonomies, each with no more entries than are named."""
        return [
            _described(catalogue)
            | {"isComprehensive": False, "taxa": [_entry(control) for control in entries]}
            for catalogue, entries in self._entries.items()
        ]

    def references(self) -> list[Json]:
        """The taxonomies as the driver names those that it supports."""
        return [self._reference(catalogue) for catalogue in self._entries]

    def relationships(self, rule: RuleInfo) -> list[Json]:
        """What a rule serves."""
        return [
            {
                "target": {
                    "id": visible(control.id),
                    "index": self._entries[control.catalogue].index(control),
                    "toolComponent": self._reference(control.catalogue),
                },
                "kinds": ["relevant"],
            }
            for control in dict.fromkeys(rule.controls)
        ]

    def _reference(self, catalogue: str) -> Json:
        return {
            "name": name_of(catalogue),
            "guid": guid("taxonomy", catalogue),
            "index": self._numbers[catalogue],
        }


def name_of(catalogue: str) -> str:
    """The short name of a catalogue; that of CWE is the one that readers look for."""
    return visible(catalogue.upper())


def cwe_tags(rule: RuleInfo) -> Iterator[str]:
    """A rule's weaknesses as the tags that GitHub knows: `external/cwe/cwe-326`."""
    for control in rule.controls:
        if control.catalogue == CWE:
            yield f"external/cwe/{visible(control.id.lower())}"


def controls_named(rule: RuleInfo) -> list[str]:
    """What a rule serves, in words: `NIST-800-53 SC-8`, `CWE-326`."""
    return [_named(control) for control in rule.controls]


def _named(control: Control) -> str:
    catalogue = control.catalogue.upper()
    return control.id if control.id.startswith(catalogue) else f"{catalogue} {control.id}"


def _described(catalogue: str) -> Json:
    described: Json = {"name": name_of(catalogue), "guid": guid("taxonomy", catalogue)}
    known = CATALOGUES.get(catalogue)
    return described if known is None else described | dict(_known(known))


def _known(catalogue: Catalogue) -> Iterator[tuple[str, object]]:
    yield "fullName", f"{catalogue.title} {catalogue.version}".strip()
    if catalogue.version:
        yield "version", catalogue.version
    yield "organization", catalogue.organisation
    yield "shortDescription", {"text": f"{catalogue.title}."}
    yield "informationUri", catalogue.uri


def _entry(control: Control) -> Json:
    entry: Json = {
        "id": visible(control.id),
        "guid": guid("taxon", control.catalogue, control.id),
    }
    known = CATALOGUES.get(control.catalogue)
    if known is None or not re.fullmatch(known.pattern, control.id):
        return entry
    page = known.entry_uri(control.id)
    return entry | ({"helpUri": page} if page else {})
