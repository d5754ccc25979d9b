"""Controls: the catalogues, the forms of their ids, and what the linked rule has of them."""

import re
from pathlib import Path

import msgspec
import pytest

from hklint.controls import CATALOGUES, Catalogue
from hklint.language.controls import Controls
from hklint.linking.library import load
from hklint.run import Control

IDS: dict[str, tuple[list[str], list[str]]] = {
    "nist-800-53": (
        ["AC-2", "SC-13", "IA-2(1)", "SI-4(25)", "PT-8"],
        ["", "AC-0", "AC-02", "ac-2", "AC-2 (1)", "AC-2(0)", "AC-2a", "AB-2", "AC-2\n", "AC-123"],
    ),
    "cwe": (["CWE-1", "CWE-326", "CWE-1428"], ["326", "CWE-0", "CWE 326", "cwe-326", "CWE-326\n"]),
    "cis-controls": (
        ["1.1", "3.10", "18.5", "16.14"],
        ["3", "3.0", "19.1", "3.15", "3.1.1", "0.1"],
    ),
    "stig": (
        ["V-254344", "V-3338"],
        ["254344", "V-254344r1", "SV-254344", "v-254344", "V-0254344"],
    ),
    "cci": (["CCI-000366"], ["CCI-366", "cci-000366", "CCI-0003660"]),
}
"""Of each catalogue ids that are right in form, and others that are not."""


def test_the_key_takes_the_catalogues_of_the_table() -> None:
    assert [field.encode_name for field in msgspec.structs.fields(Controls)] == list(CATALOGUES)
    assert all(name == catalogue.id for name, catalogue in CATALOGUES.items())
    assert IDS.keys() == CATALOGUES.keys()


@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=lambda catalogue: catalogue.id)
def test_a_catalogue_is_told_in_full(catalogue: Catalogue) -> None:
    assert re.fullmatch(catalogue.pattern, catalogue.example)
    assert catalogue.uri.startswith("https://")
    assert catalogue.title
    assert catalogue.organisation


@pytest.mark.parametrize(("name", "text"), [(key, text) for key in IDS for text in IDS[key][0]])
def test_an_id_is_taken(name: str, text: str) -> None:
    controls = msgspec.to_builtins(msgspec.convert({name: [text]}, Controls))
    assert {key: ids for key, ids in controls.items() if ids} == {name: [text]}


@pytest.mark.parametrize(("name", "text"), [(key, text) for key in IDS for text in IDS[key][1]])
def test_another_form_is_a_mistake(name: str, text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({name: [text]}, Controls)


def test_the_page_of_an_entry() -> None:
    assert CATALOGUES["cwe"].entry_uri("CWE-326") == (
        "https://cwe.mitre.org/data/definitions/326.html"
    )
    assert CATALOGUES["cis-controls"].entry_uri("3.10") == ""


POLICY = """
kind: policy
id: contoso
title: Contoso
version: 1.0.0
rules:
  - id: one
    title: One is right
    severity: high
    expect: {registry: HKLM\\SOFTWARE\\Contoso, value: One, exists: true}
    why: Because.
    controls: {cis-controls: ["3.10"], nist-800-53: [SC-13, SC-8]}
  - id: two
    title: Two is right
    severity: high
    expect: {registry: HKLM\\SOFTWARE\\Contoso, value: Two, exists: true}
    why: Because.
"""


def test_a_linked_rule_has_its_controls(tmp_path: Path) -> None:
    """In the order of the catalogues, and within one as they are written."""
    file = tmp_path / "contoso.yaml"
    file.write_text(POLICY, encoding="utf-8")
    one, two = load([str(file)], {}).policies["contoso"].rules
    assert one.info.controls == (
        Control("nist-800-53", "SC-13"),
        Control("nist-800-53", "SC-8"),
        Control("cis-controls", "3.10"),
    )
    assert two.info.controls == ()
