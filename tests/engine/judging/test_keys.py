"""Keys as facts: in sentences, in remedies, and together with values."""

from collections.abc import Callable, Mapping

import pytest

from hklint.documents.document import parse_document
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryValue,
)
from hklint.judging.changed import changed
from hklint.judging.evaluate import judge
from hklint.judging.explain import explain
from hklint.judging.remedy import broken_by
from hklint.linking.cases import link_cases
from hklint.linking.conditions import Type
from hklint.linking.model import ModelLinker
from hklint.linking.policy import PolicyLinker
from hklint.linking.prove import prove
from hklint.policy import Policy
from hklint.snapshot import Snapshot
from hklint.verdict import Change, Outcome, Verdict

MODEL = r"""
kind: model
id: mode
title: What the mode is
parameters: {part: {type: text}}
inputs:
  key: {registry_key: 'HKLM\SOFTWARE\{part}', cases: {there: exists, gone: absent}}
  mode:
    registry: HKLM\SOFTWARE\{part}\Sub
    value: Mode
    type: REG_DWORD
    cases: {unset: absent, on: {equals: 1}, off: otherwise}
states: {blocked: It is blocked., plain: It is plain., ready: It is ready.}
rows:
  - {when: {mode: on, key: gone}, state: plain, because: The key is gone., recommended: true}
  - {when: {mode: on, key: there}, state: ready, because: 'The key is {key.value}.'}
  - {when: {mode: [unset, off]}, state: blocked, because: The mode is not on.}
"""
POLICY = r"""
kind: policy
id: contoso
title: Contoso
version: 1.0.0
parameters: {part: {default: Contoso}, name: {default: a.b}}
rules:
  - id: ready
    title: It is ready
    severity: high
    expect: {model: mode, with: {part: "{part}"}, state: ready}
    why: Otherwise it is not.
  - id: plain
    title: It is plain
    severity: high
    expect: {model: mode, with: {part: "{part}"}, state: plain}
    why: Otherwise it is not.
  - id: gone
    title: There is no key
    severity: high
    expect: {registry_key: 'HKLM\SOFTWARE\{part}', exists: false}
    why: Otherwise there is.
  - id: gone-elsewhere
    title: There is no key on old hosts
    severity: high
    applies_to: {build: {less_than: 9000}}
    expect: {registry_key: 'HKLM\SOFTWARE\{part}', exists: false}
    why: Otherwise there is.
  - id: like
    title: The name is like this
    severity: high
    expect:
      registry: HKLM\SOFTWARE\{part}
      value: Name
      type: REG_SZ
      matches: '.*{name}.*'
      absent: pass
    why: Otherwise it is not.
"""
KEY = RegistryKey("HKLM", "SOFTWARE\\Contoso")
MODE = RegistryValue("HKLM", "SOFTWARE\\Contoso\\Sub", "Mode")
NAME = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Name")
ON = Present("REG_DWORD", 1)

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


@pytest.fixture(scope="module")
def policy() -> Policy:
    models = ModelLinker({"mode": parse_document(MODEL, "mode.yaml")})
    model = models.link("mode")
    assert model is not None
    assert [*models.diagnostics, *prove(model)] == []
    linker = PolicyLinker(parse_document(POLICY, "policy.yaml"), {"mode": model}, {})
    linked = linker.link()
    assert linker.diagnostics == []
    return linked


def verdicts(policy: Policy, snapshot: Snapshot) -> dict[str, Verdict]:
    return {item.rule.info.id: explain(item, policy, snapshot) for item in judge(policy, snapshot)}


def test_a_sentence_says_whether_a_key_is_there(policy: Policy, host_with: Hosts) -> None:
    found = verdicts(policy, host_with({KEY: Present("key", ""), MODE: ON}))
    assert found["ready"].explanation.means == ("The key is there.",)


def test_writing_a_value_makes_its_key_and_those_above(policy: Policy, host_with: Hosts) -> None:
    """No fix is proposed that leads to where the key would have to stay away."""
    nothing = host_with({KEY: Absent("key"), MODE: Absent("key"), NAME: Absent("key")})
    change = Change(MODE, "REG_DWORD", 1, "none")
    after = verdicts(policy, changed(nothing, [change]))
    assert after["ready"].outcome is Outcome.PASS
    assert verdicts(policy, nothing)["plain"].changes == ()
    broken = broken_by([change], policy.rules, nothing)
    assert [rule.info.id for rule in broken] == ["gone"]


def test_a_rule_for_other_hosts_is_not_broken(policy: Policy, host_with: Hosts) -> None:
    change = Change(MODE, "REG_DWORD", 1, "none")
    for build, expected in ((8000, ["gone", "gone-elsewhere"]), (9000, ["gone"])):
        known: dict[Fact, Observation] = {
            KEY: Absent("key"),
            HostField("build"): Present("integer", build),
        }
        broken = broken_by([change], policy.rules, host_with(known))
        assert [rule.info.id for rule in broken] == expected


@pytest.mark.parametrize(
    ("text", "outcome"), [("xA.Bx", Outcome.PASS), ("xaXbx", Outcome.FAIL), ("", Outcome.FAIL)]
)
def test_a_value_in_a_pattern_stands_for_itself(
    text: str, outcome: Outcome, policy: Policy, host_with: Hosts
) -> None:
    found = verdicts(policy, host_with({NAME: Present("REG_SZ", text)}))
    assert found["like"].outcome is outcome


def test_a_key_that_is_absent_is_in_no_case_of_those_there() -> None:
    document = parse_document("kind: model\ncases: {there: exists, gone: absent}\n", "m.yaml")
    cases, wrong = link_cases(document, ("cases",), document.root["cases"], Type("key"))
    assert wrong == []
    assert {case.name: case.absent for case in cases} == {"there": False, "gone": True}
