"""Consistency: hosts of a group are compared, and nobody passes whom nobody could compare."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.audit import header, host_result, summary
from hklint.consistency import MOST_NAMES, MOST_SHARES, HostGroup
from hklint.fact import Absent, Observation, Present, RegistryKey, Unreadable
from hklint.facts import to_request
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered
from hklint.fold import fold
from hklint.judging.consistency import Groups
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library, load
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.stated import Stated
from hklint.run import HostResult
from hklint.tally import tally
from hklint.verdict import Outcome, Verdict

POLICY = """\
kind: policy
id: example
title: Example
version: 1.0.0
rules:
  - id: alike
    title: Mode is the same
    severity: high
    why: They work together.
    expect: {consistent: {registry: 'HKLM\\SOFTWARE\\Example', value: Mode}, across: group}
"""
DENIED = Unreadable("access-denied", "denied")
LOST = Failure(Reason.CONNECTION_REFUSED, "connecting", "")
SEEN: Mapping[str, Observation | Failure] = {
    "absent": Absent("value"),
    "number": Present("REG_DWORD", 1),
    "text": Present("REG_SZ", "1"),
    "long": Present("REG_SZ", 300 * "a" + "1"),
    "longer": Present("REG_SZ", 300 * "a" + "2"),
    "denied": DENIED,
    "lost": LOST,
}
UNKNOWN = {"denied", "lost"}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """One rule that compares hosts by a registry value."""
    path = tmp_path_factory.mktemp("consistency") / "example.yaml"
    path.write_text(POLICY, "utf-8")
    return load([str(path)], {})


def _host(library: Library, name: str, seen: Observation | Failure) -> HostResult:
    policies = list(library.policies.values())
    if isinstance(seen, Failure):
        return host_result(Gathered(0, name, name, "", 0, seen), policies)
    place = RegistryKey("HKLM", fold("SOFTWARE\\Example"))
    stated = Stated(keys={place: {"mode": seen}})
    snapshot = snapshot_of(name, stated, to_request(facts_needed(policies)))
    return host_result(Gathered(0, name, name, "", 0, snapshot), policies)


def _judged(
    library: Library, hosts: Mapping[str, Observation | Failure], *groups: HostGroup
) -> dict[str, Verdict]:
    results = [_host(library, name, seen) for name, seen in hosts.items()]
    heard = Groups(groups)
    for result in reversed(results):  # they may come in any order
        heard.add(result)
    return {
        result.host: verdict for result in map(heard.judged, results) for verdict in result.verdicts
    }


def _expected(kinds: list[str], own: str) -> Outcome:
    """What the definition says, in other words than the code."""
    known = [kind for kind in kinds if kind not in UNKNOWN]
    if own in UNKNOWN:
        return Outcome.UNKNOWN
    if len(set(known)) > 1:
        return Outcome.FAIL
    if len(known) < len(kinds):
        return Outcome.UNKNOWN
    return Outcome.PASS if len(kinds) > 1 else Outcome.NOT_APPLICABLE


@given(st.lists(st.sampled_from(sorted(SEEN)), min_size=1, max_size=6))
def test_every_host_is_judged_by_what_all_of_them_have(library: Library, kinds: list[str]) -> None:
    """Nobody passes while anybody of the group differs, was not read or gave no answer."""
    hosts = {f"ex{number}": SEEN[kind] for number, kind in enumerate(kinds)}
    found = _judged(library, hosts)
    assert {name: verdict.outcome for name, verdict in found.items()} == {
        f"ex{number}": _expected(kinds, kind) for number, kind in enumerate(kinds) if kind != "lost"
    }


def test_who_has_what_is_said_to_every_host(library: Library) -> None:
    """The largest share comes first, and those of whom nothing is known last."""
    hosts = {name: Present("REG_DWORD", 1) for name in ("ex03", "ex01", "ex02")}
    found = _judged(
        library, {**hosts, "ex04": Present("REG_DWORD", 2), "ex05": DENIED, "ex06": LOST}
    )
    told = (
        "The 4 hosts of this run differ:",
        "    1 (REG_DWORD): ex01, ex02, ex03",
        "    2 (REG_DWORD): ex04",
        "    not known: ex05, ex06",
    )
    assert {verdict.explanation.means for verdict in found.values()} == {told}
    assert found["ex04"].found == "1 (REG_DWORD) on 3 hosts, 2 (REG_DWORD) on ex04"


def test_hosts_are_compared_within_their_groups_only(library: Library) -> None:
    """A host in no group is not judged, and one that two groups name is in the first."""
    one, two = Present("REG_DWORD", 1), Present("REG_DWORD", 2)
    hosts = {"a1": one, "a2": one, "b3": two, "b4": two, "c9": one}
    found = _judged(library, hosts, HostGroup("a", ("A*",)), HostGroup("b", ("b?", "a1")))
    outcomes = {name: verdict.outcome.value for name, verdict in found.items()}
    assert outcomes == {**dict.fromkeys(("a1", "a2", "b3", "b4"), "pass"), "c9": "not_applicable"}
    assert found["c9"].reason == "the host is in none of the groups"
    story = found["b3"].consistency
    assert story is not None
    assert (story.group, story.hosts) == ("b", 2)


@pytest.mark.parametrize(("exact", "same"), [("", True), ("case_sensitive: true, ", False)])
def test_letters_count_only_where_they_are_said_to(tmp_path: Path, exact: str, same: bool) -> None:  # noqa: FBT001
    path = tmp_path / "example.yaml"
    path.write_text(POLICY.replace("value: Mode", f"{exact}value: Mode"), "utf-8")
    found = _judged(
        load([str(path)], {}), {"a": Present("REG_SZ", "On"), "b": Present("REG_SZ", "ON")}
    )
    assert all((verdict.outcome is Outcome.PASS) == same for verdict in found.values())


def test_what_is_kept_does_not_grow_with_hosts(library: Library) -> None:
    """Of a thousand hosts ten are named, and of a thousand different things ten are told."""
    same = _judged(library, {f"ex{number:04}": Present("REG_DWORD", 1) for number in range(1000)})
    assert same["ex0500"].outcome is Outcome.PASS
    last = same["ex0500"].explanation.means[-1]
    assert last.startswith("    1 (REG_DWORD): 1000 hosts (ex0000, ex0001, ")
    assert last.count("ex") == MOST_NAMES
    differ = _judged(
        library, {f"ex{number:04}": Present("REG_DWORD", number) for number in range(1000)}
    )
    story = differ["ex0500"].consistency
    assert story is not None
    assert (story.different, len(story.shares)) == (1000, MOST_SHARES)
    assert differ["ex0500"].explanation.means[-1] == "    something else: 990 hosts"


def test_the_gate_is_shut_while_hosts_differ_and_for_one_alone(library: Library) -> None:
    """The verdicts on groups count as all others do."""

    def code(kinds: list[str]) -> int:
        results = [_host(library, f"ex{n}", SEEN[kind]) for n, kind in enumerate(kinds)]
        heard = Groups(())
        for result in results:
            heard.add(result)
        head = header(
            library, "gate", (), targets=len(kinds), fail_on="medium", allow_unknown=False
        )
        return summary(tally(head, map(heard.judged, results))).exit_code

    assert code(["number", "number"]) == 0
    assert code(["number", "text"]) == 1
    assert code(["number", "denied"]) == 4
    assert code(["number"]) == 4
