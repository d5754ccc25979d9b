"""Remedies for a value that several inputs read: one value is proposed, which serves them all."""

from collections.abc import Callable, Mapping

import pytest

from hklint.documents.document import parse_document
from hklint.fact import Absent, Fact, Observation, RegistryValue
from hklint.judging.evaluate import judge
from hklint.judging.remedy import changes
from hklint.linking.model import ModelLinker
from hklint.linking.policy import PolicyLinker
from hklint.linking.prove import prove
from hklint.snapshot import Snapshot

MODEL = r"""
kind: model
id: level
title: What the level is
inputs:
  one: {registry: HKLM\SOFTWARE\Contoso, value: Level, type: REG_DWORD, cases: {on: {at_least: 1, write: ONE}, off: otherwise}}
  two: {registry: HKLM\SOFTWARE\Contoso, value: Level, type: REG_DWORD, cases: {on: {at_least: 5, write: TWO}, off: otherwise}}
states: {good: It is good., bad: It is bad.}
rows:
  - {when: {one: on, two: on}, state: good, because: Both are on., recommended: true}
  - {when: {one: on, two: off}, state: bad, because: One is off.}
  - {when: {one: off}, state: bad, because: One is off.}
"""  # noqa: E501 - one input a line
POLICY = """
kind: policy
id: contoso
title: Contoso
version: 1.0.0
rules:
  - {id: good, title: It is good, severity: high, expect: {model: level, state: good}, why: It is.}
"""
LEVEL = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Level")

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


@pytest.mark.parametrize(
    ("one", "two", "written"), [(1, 5, [5]), (7, 5, [7]), (5, 5, [5]), (1, 1 << 31, [1 << 31])]
)
def test_what_is_proposed_serves_all_inputs(
    one: int, two: int, written: list[int], host_with: Hosts
) -> None:
    text = MODEL.replace("ONE", str(one)).replace("TWO", str(two))
    models = ModelLinker({"level": parse_document(text, "level.yaml")})
    model = models.link("level")
    assert model is not None
    assert [*models.diagnostics, *prove(model)] == []
    policy = PolicyLinker(parse_document(POLICY, "policy.yaml"), {"level": model}, {}).link()
    snapshot = host_with({LEVEL: Absent("value")})
    (judgement,) = judge(policy, snapshot)
    assert [change.value for change in changes(judgement, snapshot)] == written
