"""Risks: what mending a rule may break is told where it concerns a host, and where that is open."""

from pathlib import Path

import pytest

from hklint.fact import Absent, Observation, Present, RegistryKey, Unreadable
from hklint.facts import to_request
from hklint.fixing.derive import Deriver
from hklint.fold import fold
from hklint.judging.evaluate import judge
from hklint.judging.explain import explain
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library, load
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.stated import Stated
from hklint.snapshot import Snapshot

RULE = """\
kind: policy
id: example
title: Example
version: 1.0.0
parameters:
  oldest: {one_of: ["2010", "2013", "2016"], default: "2013"}
rules:
  - id: new-way
    title: The new way is on, {view}
    severity: high
    for_each: {view: [64-bit]}
    expect: {registry: 'HKLM\\SOFTWARE\\Example', view: "{view}", value: New, type: REG_DWORD,
             equals: 1, absent: fail}
    why: The old way is weak.
    affects:
      - {AFFECT}
"""
WHEN = (
    "what: 'Old programs break, {view}.', "
    "when: {registry: 'HKLM\\SOFTWARE\\Example', value: Old, type: REG_DWORD, equals: 1, "
    "absent: fail}"
)
CLIENT = (
    "what: They break., when: {model: schannel-protocol, "
    "with: {protocol: TLS 1.0, role: Client}, state: [usable, on-request]}"
)
DENIED = Unreadable("access-denied", "denied")
OLD = "HKLM\\SOFTWARE\\Example: Old [64-bit]"


def _library(folder: Path, affect: str, **settings: str) -> Library:
    path = folder / "example.yaml"
    path.write_text(RULE.replace("{AFFECT}", f"{{{affect}}}"), "utf-8")
    return load([str(path)], settings)


def _host(library: Library, new: int, old: Observation, build: Observation) -> Snapshot:
    place = RegistryKey("HKLM", fold("SOFTWARE\\Example"))
    values = {"new": Present("REG_DWORD", new), "old": old}
    stated = Stated({"build": build}, {place: values})
    return snapshot_of("ex01", stated, to_request(facts_needed(library.policies.values())))


def _told(library: Library, host: Snapshot) -> tuple[str, ...]:
    policy = library.policies["example"]
    (judgement,) = judge(policy, host)
    return explain(judgement, policy, host).explanation.affects


NEW_WINDOWS = Present("integer", 20348)
CASES = (
    ("what: Always.", Absent("value"), NEW_WINDOWS, ("Always.",)),
    (WHEN, Present("REG_DWORD", 1), NEW_WINDOWS, ("Old programs break, 64-bit.",)),
    (WHEN, Present("REG_DWORD", 0), NEW_WINDOWS, ()),
    (WHEN, Absent("value"), NEW_WINDOWS, ()),
    (
        WHEN,
        DENIED,
        NEW_WINDOWS,
        (f"Perhaps: Old programs break, 64-bit. Not known: {OLD}: could not be read: denied.",),
    ),
    ("what: New., on_hosts: {build: {at_least: 17763}}", Absent("value"), NEW_WINDOWS, ("New.",)),
    ("what: Old., on_hosts: {build: {less_than: 17763}}", Absent("value"), NEW_WINDOWS, ()),
    (
        "what: New., on_hosts: {build: {at_least: 17763}}",
        Absent("value"),
        DENIED,
        ("Perhaps: New. Not known: host build: could not be read: denied.",),
    ),
    (f"{WHEN}, on_hosts: {{build: {{less_than: 1}}}}", DENIED, NEW_WINDOWS, ()),
    ("what: Here., given: {oldest: ['2010', '2013']}", Absent("value"), NEW_WINDOWS, ("Here.",)),
    ("what: Here., given: {oldest: ['2016']}", Absent("value"), NEW_WINDOWS, ()),
    ("what: Here., given: {view: [32-bit]}", Absent("value"), NEW_WINDOWS, ()),
    (CLIENT, Absent("value"), NEW_WINDOWS, ("They break.",)),
)


@pytest.mark.parametrize(("affect", "old", "build", "told"), CASES)
def test_a_risk_is_told_where_it_may_concern_the_host(
    tmp_path: Path, affect: str, old: Observation, build: Observation, told: tuple[str, ...]
) -> None:
    """Silence needs to be sure: what is not known is told, with what is missing."""
    library = _library(tmp_path, affect)
    assert _told(library, _host(library, 0, old, build)) == told


def test_a_rule_that_passes_breaks_nothing(tmp_path: Path) -> None:
    library = _library(tmp_path, "what: Always.")
    assert _told(library, _host(library, 1, Absent("value"), NEW_WINDOWS)) == ()


def test_parameters_choose_risks(tmp_path: Path) -> None:
    """What the user says of the organization decides as well."""
    library = _library(tmp_path, "what: Here., given: {oldest: ['2016']}", oldest="2016")
    assert _told(library, _host(library, 0, Absent("value"), NEW_WINDOWS)) == ("Here.",)


def test_facts_of_risks_are_asked_for(tmp_path: Path) -> None:
    """They decide no verdict, so they are no evidence of one."""
    library = _library(tmp_path, WHEN)
    (rule,) = library.policies["example"].rules
    asked = {str(fact) for fact in facts_needed(library.policies.values())}
    assert OLD in asked
    assert OLD not in map(str, rule.facts)


def test_the_risks_of_what_a_fix_mends_stand_with_it(tmp_path: Path) -> None:
    """A fix says before anything else what it may break; one that mends nothing breaks nothing."""
    library = _library(tmp_path, WHEN)
    deriver = Deriver(list(library.policies.values()))
    host = _host(library, 0, Present("REG_DWORD", 1), NEW_WINDOWS)
    assert deriver.derive(host).affects == ("Old programs break, 64-bit.",)
    assert deriver.derive(host, {"example: new-way[view=64-bit]"}).affects == ()
