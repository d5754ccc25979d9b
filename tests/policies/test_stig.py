"""The groups of STIGs that shipped rules serve ask what the rules ask, neither more nor less."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint import values
from hklint.documents.files import shipped_folder
from hklint.fact import RegistryValue
from hklint.fold import fold
from hklint.linking.library import Library, load
from hklint.policy import AbsentMeans, Condition, Policy, Rule, ValueExpectation

FILE = Path(__file__).with_name("stig_windows_server_2022.yaml")
GROUPS: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["groups"]
BUILD = 20348
EDGES = [*range(40), 255, 256, 2**31 - 8, 2**32 - 1]
TEXTS = ["", "x", "10", *map(str, range(10))]


@pytest.fixture(scope="module")
def library() -> Library:
    names = [
        file.stem
        for file in sorted(shipped_folder().rglob("member-server-*.yaml"))
        if not file.stem.endswith((".tests", "level-1", "level-2"))
    ]
    assert len(names) == 5
    return load(names, {})


def serving(library: Library) -> Iterator[tuple[str, Policy, Rule]]:
    for policy in library.policies.values():
        for rule in policy.rules:
            for control in rule.info.controls:
                if control.catalogue == "stig":
                    yield control.id, policy, rule


def test_every_group_is_served_by_one_rule(library: Library) -> None:
    """Two rules for a group would be combined, and no longer ask what it asks."""
    assert sorted(group for group, _, _ in serving(library)) == sorted(GROUPS)


def test_the_page_says_how_many_and_where(library: Library) -> None:
    page = Path(__file__).parents[2].joinpath("docs", "stig-viewer.md").read_text(encoding="utf-8")
    assert f"Of the shipped rules, {len(GROUPS)} serve groups" in page
    names = sorted({policy.id for _, policy, _ in serving(library)})
    first, *others = (name.removeprefix("member-server") for name in names)
    told = f"`member-server{first}`, {', '.join(f'`{name}`' for name in others[:-1])}"
    assert f"{told} and `{others[-1]}`" in page


def test_a_rule_reads_what_its_group_reads(library: Library) -> None:
    for group, _, rule in serving(library):
        expected, asked = rule.expectation, GROUPS[group]
        assert isinstance(expected, ValueExpectation), group
        assert isinstance(expected.fact, RegistryValue), group
        assert expected.fact.hive == "HKLM", group
        assert fold(expected.fact.key) == fold(asked["key"]), group
        assert fold(expected.fact.value) == fold(asked["value"]), group
        assert expected.fact.view == "64-bit", group
        assert expected.type == asked["type"], group


def test_a_rule_passes_what_its_group_passes(library: Library) -> None:
    for group, _, rule in serving(library):
        expected, asked = rule.expectation, GROUPS[group]
        assert isinstance(expected, ValueExpectation), group
        tried = TEXTS if asked["type"] == "REG_SZ" else EDGES
        passing = [value for value in tried if _holds(expected, value)]
        assert passing == [value for value in tried if value in asked["passes"]], group
        assert _absence_passes(expected) is asked.get("absent", False), group


def test_a_rule_is_for_the_hosts_that_its_group_is_for(library: Library) -> None:
    """Of Windows Server 2022, member servers and servers without a domain."""
    for group, policy, rule in serving(library):
        conditions = (*policy.conditions, *rule.conditions)
        roles = [role for role in range(6) if _meet(conditions, "domain_role", role)]
        assert roles == GROUPS[group].get("roles", [2, 3]), group
        assert _meet(conditions, "build", BUILD), group
        core = _meet(conditions, "installation_type", "Server Core")
        assert core is not GROUPS[group].get("desktop", False), group
        assert _meet(conditions, "installation_type", "Server"), group
        fields = {condition.fact.field for condition in conditions}
        assert fields <= {"domain_role", "build", "installation_type"}, group


def _holds(expected: ValueExpectation, data: int | str) -> bool:
    value = values.normal(expected.type, data, exact=expected.exact)
    assert value is not None
    return values.contains(expected.values, value)


def _absence_passes(expected: ValueExpectation) -> bool:
    if isinstance(expected.absent, AbsentMeans):
        assert isinstance(expected.absent.value, int | str)
        return _holds(expected, expected.absent.value)
    return expected.absent == "pass"


def _meet(conditions: tuple[Condition, ...], field: str, data: int | str) -> bool:
    return all(
        values.contains(condition.values, fold(data) if isinstance(data, str) else data)
        for condition in conditions
        if condition.fact.field == field
    )
