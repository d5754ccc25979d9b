"""The documents themselves, without OpenSCAP: `test_oscap.py` has it read and judge them."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from lxml import etree

from hklint.fact import Present, RegistryValue
from hklint.registry_test import Question, RegistryTest
from hklint.run import Run
from hklint.verdict import Evidence, Outcome
from hklint_reports.oval import exact
from hklint_reports.oval.criteria import NAME
from hklint_reports.oval.names import definition_id
from hklint_reports.oval.plan import NOT_KEPT, NOT_ONE_VALUE, plan
from hklint_reports.oval.questions import ORDER, PATTERN

VALUE = "{http://oval.mitre.org/XMLSchema/oval-system-characteristics-5#windows}value"
FLAGS = {
    "ex01.corp.example": {"complete": 5, "does not exist": 2, "not applicable": 1},
    "ex02": {"complete": 7, "error": 1},
    "ex03": {"complete": 3, "error": 2, "not collected": 2, "does not exist": 1},
    "old": {"not applicable": 8},
    "mute": {"not collected": 8},
    "gone": {"not collected": 8},
}


@pytest.mark.parametrize("name", ["definitions", *FLAGS])
def test_golden(name: str, documents: Path, golden: Callable[[str, str], None]) -> None:
    golden(f"oval.{name}.xml", (documents / f"{name}.xml").read_text(encoding="ascii"))


def test_a_file_for_each_host_beside_the_definitions(documents: Path) -> None:
    assert {path.stem for path in documents.iterdir()} == {"definitions", *FLAGS}


@pytest.mark.parametrize("host", FLAGS)
def test_absent_unreadable_and_not_asked_are_told_apart(host: str, documents: Path) -> None:
    objects = etree.parse(documents / f"{host}.xml").iter("{*}object")
    assert Counter(found.get("flag") for found in objects) == FLAGS[host]


def test_a_value_of_another_type_keeps_its_type(documents: Path) -> None:
    (item,) = (
        item
        for item in etree.parse(documents / "ex02.xml").iter("{*}registry_item")
        if item.findtext("{*}name") == "AuditBaseObjects"
    )
    assert item.findtext("{*}type") == "reg_sz"
    assert item.find("{*}value") is None
    assert "is about a REG_DWORD" in item.findtext("{*}message", "")


def test_each_rule_without_definition_says_why(every_kind: Run) -> None:
    assert dict(plan(every_kind.header).left_out) == {
        "every-kind/suites": ORDER,
        "every-kind/lines": PATTERN,
        "every-kind/blank": NAME,
        "every-kind/reachable": NOT_ONE_VALUE,
    }


def test_a_run_that_did_not_keep_what_rules_ask_says_so(every_kind: Run) -> None:
    old = msgspec.structs.replace(every_kind.header, version=2, registry_tests=())
    planned = plan(old)
    assert not planned.judged
    assert {reason for _, reason in planned.left_out} == {NOT_KEPT}


def test_ids_stay_the_same_from_version_to_version() -> None:
    assert definition_id("exchange", "shell", "") == "oval:hklint:def:1044564160571887"
    assert definition_id("exchange", "shell", "view=32-bit") == "oval:hklint:def:3418241216624231"


def test_every_case_is_well_formed(recorded: Run, trials: ModuleType, tmp_path: Path) -> None:
    folder = trials.write(recorded, tmp_path / "oval")
    assert len(list(folder.iterdir())) == 1 + recorded.summary.hosts
    for path in folder.iterdir():
        etree.parse(path)


def test_hostile_text_comes_out_as_it_went_in(
    runs: ModuleType, trials: ModuleType, tmp_path: Path
) -> None:
    carried = "".join(char for char in runs.EVIL if exact.is_carried(f"a{char}"))
    run = _hostile(runs, carried)
    folder = trials.write(run, tmp_path / "oval")
    definitions = etree.parse(folder / "definitions.xml")
    (value,) = (it for path in folder.iterdir() for it in etree.parse(path).iter(VALUE))
    assert [it.text for it in definitions.iter("{*}key", "{*}name")] == [carried, carried]
    (title,) = definitions.iter("{*}title")
    assert r"\x1b]0;own\x07" in str(title.text)
    assert any("two--hyphens".replace("--", "- -") in str(it.text) for it in _comments(definitions))
    assert value.text == carried
    for path in folder.iterdir():
        assert "##" not in path.read_text(encoding="ascii")


def _comments(document: Any) -> Iterator[Any]:  # noqa: ANN401 - lxml comes without types
    return document.iter(etree.Comment)


def _hostile(runs: ModuleType, carried: str) -> Run:
    """The hostile run with rules whose names are hostile, and a value that XML just carries."""
    run = runs.hostile()
    fact = RegistryValue("HKLM", carried, carried)
    rule = runs.RULES[0].id
    test = RegistryTest(
        policy=runs.POLICY,
        rule=rule,
        instance=runs.EVIL,
        title=runs.EVIL,
        fact=fact,
        type="REG_MULTI_SZ",
        wanted=runs.EVIL,
        ways=((Question("has", carried),), (Question("within", (runs.EVIL,)),)),
        exact=False,
        absent=Outcome.FAIL,
    )
    left_out = msgspec.structs.replace(
        test, instance="two--hyphens-", fact=RegistryValue("HKLM", runs.EVIL, "")
    )
    header = msgspec.structs.replace(run.header, registry_tests=(test, left_out))
    seen = Evidence(fact, Present("REG_MULTI_SZ", (carried,)), runs.EVIL)
    first, *others = run.hosts
    verdicts = [msgspec.structs.replace(it, evidence=(seen,)) for it in first.verdicts]
    hosts = (msgspec.structs.replace(first, verdicts=tuple(verdicts)), *others)
    return Run(header, hosts, run.summary)
