"""Controls of public catalogues: taxonomies, relationships and tags."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from hklint.run import Control

Json = dict[str, Any]
Parse = Callable[..., Json]


@pytest.fixture
def log(runs: ModuleType, sarif_runs: ModuleType, sarif_log: Parse) -> Json:
    return sarif_log(sarif_runs.controls(runs))


def test_valid(
    log: Json, sarif_schema: jsonschema_rs.Draft4Validator, sarif_prose: ModuleType
) -> None:
    assert [(list(e.instance_path), e.message) for e in sarif_schema.iter_errors(log)] == []
    assert sarif_prose.problems(log) == []


def test_every_catalogue_that_is_named_is_a_taxonomy(log: Json) -> None:
    (run,) = log["runs"]
    entries = {
        taxonomy["name"]: [taxon["id"] for taxon in taxonomy["taxa"]]
        for taxonomy in run["taxonomies"]
    }
    assert entries == {
        "NIST-800-53": ["SC-8(1)"],
        "CWE": ["CWE-326", "CWE-757"],
        "CIS-CONTROLS": ["3.10"],
        "STIG": ["V-254344"],
        "CCI": ["CCI-002418"],
    }
    supported = run["tool"]["driver"]["supportedTaxonomies"]
    assert [(each["name"], each["index"]) for each in supported] == [
        (name, index) for index, name in enumerate(entries)
    ]
    assert [each["guid"] for each in supported] == [each["guid"] for each in run["taxonomies"]]
    cwe = run["taxonomies"][1]
    assert cwe["taxa"][0]["helpUri"] == "https://cwe.mitre.org/data/definitions/326.html"


def test_rules_are_related_to_what_they_serve(log: Json) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    serves = [
        [
            (each["target"]["toolComponent"]["name"], each["target"]["id"], each["kinds"])
            for each in rule.get("relationships", [])
        ]
        for rule in rules
    ]
    relevant = ["relevant"]
    assert serves == [
        [
            ("NIST-800-53", "SC-8(1)", relevant),
            ("CWE", "CWE-326", relevant),
            ("CCI", "CCI-002418", relevant),
        ],
        [
            ("CWE", "CWE-326", relevant),
            ("CWE", "CWE-757", relevant),
            ("CIS-CONTROLS", "3.10", relevant),
        ],
        [("STIG", "V-254344", relevant)],
        [],
    ]
    assert "Serves NIST-800-53 SC-8(1), CWE-326, CCI-002418." in rules[0]["help"]["text"]
    assert "`NIST-800-53 SC-8(1)`, `CWE-326`, `CCI-002418`" in rules[0]["help"]["markdown"]


def test_github_reads_weaknesses_from_tags(log: Json) -> None:
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert rules[1]["properties"]["tags"] == [
        "security",
        "external/cwe/cwe-326",
        "external/cwe/cwe-757",
        "tls",
        "exchange",
    ]


def test_without_controls_there_are_no_taxonomies(runs: ModuleType, sarif_log: Parse) -> None:
    (run,) = sarif_log(runs.single())["runs"]
    assert "taxonomies" not in run
    assert "supportedTaxonomies" not in run["tool"]["driver"]


def test_a_catalogue_that_is_not_known_is_named_all_the_same(
    runs: ModuleType,
    sarif_runs: ModuleType,
    sarif_log: Parse,
    sarif_schema: jsonschema_rs.Draft4Validator,
) -> None:
    """A run of a later version may name one."""
    run = runs.single()
    (policy,) = run.header.policies
    controls = (Control("later", "A\x1b-1"), Control("cwe", "CWE-1{}\n"))
    rules = (msgspec.structs.replace(policy.rules[0], controls=controls), *policy.rules[1:])
    policies = (msgspec.structs.replace(policy, rules=rules),)
    header = sarif_runs.with_header(run, policies=policies)
    log = sarif_log(type(run)(header, run.hosts, run.summary))
    assert sarif_schema.is_valid(log)
    cwe, later = log["runs"][0]["taxonomies"]
    assert (later["name"], later["taxa"][0]["id"]) == ("LATER", "A\\x1b-1")
    assert "helpUri" not in cwe["taxa"][0]
