"""`hklint fix`: what it writes mends the host, and takes itself back; nothing is ever applied."""

import json
from collections.abc import Callable, Container
from pathlib import Path
from typing import Any

import pytest

from hklint.collector import script
from hklint.fix import HostFix
from hklint.fixing.derive import Deriver
from hklint.lab.lab import Lab, LabHost
from hklint.lab.machine import Machine
from hklint.snapshot import Snapshot

POLICY = "exchange-store-addins"
FILES = {
    "README.txt",
    *("fix.ps1", "fix.reg", "fix.yml", "rollback.ps1", "rollback.reg", "rollback.yml"),
    *("hosts.txt", "lgpo.txt", "registry.pol"),
}

Command = Callable[..., Any]


@pytest.fixture
def blocked(new_lab: Callable[..., Lab]) -> LabHost:
    return new_lab("ex2016-blocked").hosts["ex2016-blocked"]


def _recorded(command: Command, host: LabHost, name: str) -> Path:
    command("check", host.target, "-p", POLICY, "--record", name)
    return Path(name)


def _content(host: LabHost) -> dict[object, object]:
    """Every key of the host with its values, in one spelling."""
    keys = host.machine.registry._keys
    return {place: dict(key.values) for place, key in keys.items()}


def _folder(place: str = "fixes") -> Path:
    (folder,) = (item for item in Path(place).iterdir() if item.is_dir())
    return folder


def _lines(file: Path) -> list[str]:
    """The lines of a .reg file that do something."""
    return [line for line in file.read_text("utf-16").splitlines() if not line.startswith(";")]


def test_the_fix_of_a_recorded_run_mends_the_host_and_the_rollback_takes_it_back(
    blocked: LabHost, hklint_command: Command
) -> None:
    run = _recorded(hklint_command, blocked, "before.jsonl")
    done = hklint_command("fix", run, "-p", POLICY, "-o", "fixes")
    assert done.code == 0
    assert "6 values to change" in done.out
    folder = _folder()
    assert {item.name for item in folder.iterdir()} == FILES

    before = _content(blocked)
    blocked.merge(folder / "fix.reg")
    blocked.restart()
    assert hklint_command("gate", blocked.target, "-p", POLICY).code == 0
    blocked.merge(folder / "rollback.reg")
    assert _content(blocked) == before


def test_a_host_that_is_asked_gets_the_same_fix_as_its_snapshot(
    blocked: LabHost, hklint_command: Command
) -> None:
    hklint_command("snapshot", blocked.target, "-p", POLICY, "-o", "host.json")
    assert hklint_command("fix", "host.json", "-p", POLICY, "-o", "one").code == 0
    assert hklint_command("fix", blocked.target, "-p", POLICY, "-o", "two").code == 0
    one, two = (_lines(_folder(place) / "fix.reg") for place in ("one", "two"))
    assert one == two


def test_nothing_but_the_collector_reaches_a_host_and_its_registry_stays(
    blocked: LabHost, hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every script of every pipeline is the one file that is held to reading (tests/collector)."""
    scripts: list[str] = []
    known = Machine.is_collector

    def noted(self: Machine, text: str) -> bool:
        scripts.append(text)
        return known(self, text)

    monkeypatch.setattr(Machine, "is_collector", noted)
    before = _content(blocked)
    assert hklint_command("fix", blocked.target, "-p", POLICY, "-o", "fixes").code == 0
    assert scripts == [script()]
    assert _content(blocked) == before


def test_what_the_folder_says_can_be_read_by_programs(
    blocked: LabHost, hklint_command: Command
) -> None:
    run = _recorded(hklint_command, blocked, "before.jsonl")
    hklint_command("fix", run, "-p", POLICY, "-o", "fixes")
    document = json.loads(Path("fixes/fixes.json").read_text("utf-8"))
    (host,) = document["hosts"]
    assert host["folder"] == _folder().name
    assert len(host["fix"]["steps"]) == 6
    assert [item["why"] for item in host["left"]] == ["live-request"]


def test_a_run_is_judged_by_its_own_policies(blocked: LabHost, hklint_command: Command) -> None:
    run = _recorded(hklint_command, blocked, "before.jsonl")
    assert hklint_command("fix", run, "-p", POLICY, "-o", "named").code == 0
    assert hklint_command("fix", run, "-o", "own").code == 0
    one, two = (Path(place, "fixes.json").read_bytes() for place in ("named", "own"))
    assert one == two


OTHER = """\
kind: policy
id: other
title: Other
version: 1.0.0
parameters: {number: {type: integer, default: 5, title: Number}}
rules:
  - id: first
    title: First is a number
    severity: high
    why: It must be.
    expect: {registry: 'HKLM\\SOFTWARE\\Other', value: First, type: REG_DWORD, equals: "{number}",
             absent: fail}
  - id: second
    title: Second is 1
    severity: high
    why: It must be.
    expect: {registry: 'HKLM\\SOFTWARE\\Other', value: Second, type: REG_DWORD, equals: 1,
             absent: fail}
"""
PROFILE = "kind: profile\nid: one-rule\ntitle: One\npolicies: [other]\nexclude: {rules: [second]}\n"


@pytest.fixture
def other_run(blocked: LabHost, hklint_command: Command) -> Path:
    """A run by a policy of one's own, with a parameter, made with a profile that has one rule."""
    Path("other.yaml").write_text(OTHER, "utf-8")
    Path("one-rule.yaml").write_text(PROFILE, "utf-8")
    by = ("--profile", "./one-rule.yaml", "--set", "number=7", "--record", "other.jsonl")
    assert hklint_command("check", blocked.target, *by).code == 1
    return Path("other.jsonl")


def _steps(place: str) -> list[list[tuple[str, int]]]:
    document = json.loads(Path(place, "fixes.json").read_text("utf-8"))
    return [
        [(step["fact"]["value"], step["after"]["value"]) for step in host["fix"]["steps"]]
        for host in document["hosts"]
    ]


def test_each_run_has_its_own_policies_with_its_rules_and_parameters(
    blocked: LabHost, other_run: Path, hklint_command: Command
) -> None:
    run = _recorded(hklint_command, blocked, "before.jsonl")
    done = hklint_command("fix", run, other_run, "-o", "fixes")
    assert done.code == 0, done.err
    first, second = _steps("fixes")
    assert len(first) == 6
    assert second == [("First", 7)]


def test_a_policy_that_is_another_now_is_refused(other_run: Path, hklint_command: Command) -> None:
    Path("other.yaml").write_text(OTHER.replace("Second is 1", "Second is one"), "utf-8")
    done = hklint_command("fix", other_run, "-o", "fixes")
    assert done.code == 2
    assert "other.yaml: it has changed since the run" in done.err
    assert not Path("fixes").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("ex01.json",), "name what to judge ex01.json by"),
        (("--set", "number=1"), "a recorded run keeps its own parameters"),
    ],
)
def test_what_a_run_has_no_policies_for_is_refused(
    other_run: Path, hklint_command: Command, more: tuple[str, ...], words: str
) -> None:
    done = hklint_command("fix", other_run, *more, "-o", "fixes")
    assert done.code == 2
    assert words in " ".join(done.err.split())


def test_a_bug_with_one_host_does_not_end_the_others(
    blocked: LabHost, lab: Lab, hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    targets = [blocked.target, lab.hosts["ex2016-healthy"].target]
    hklint_command("check", *targets, "-p", POLICY, "--record", "two.jsonl")
    derive = Deriver.derive

    def broken(self: Deriver, snapshot: Snapshot, waived: Container[str]) -> HostFix:
        found = derive(self, snapshot, waived)
        if not found.fix.steps:
            raise ZeroDivisionError("text of a host")
        return found

    monkeypatch.setattr(Deriver, "derive", broken)
    done = hklint_command("fix", "two.jsonl", "-o", "fixes")
    assert done.code == 5
    assert "no fix, hklint has a bug: ZeroDivisionError at " in done.err
    assert "text of a host" not in done.err
    assert [len(steps) for steps in _steps("fixes")] == [6]


def test_a_healthy_host_needs_none(lab: Lab, hklint_command: Command) -> None:
    done = hklint_command("fix", lab.hosts["ex2016-healthy"].target, "-p", POLICY, "-o", "fixes")
    assert done.code == 0
    assert [item.name for item in Path("fixes").iterdir()] == ["fixes.json"]
    assert "0 of 1 host" in done.out


def test_a_folder_with_something_in_it_is_refused_before_any_host_is_asked(
    hklint_command: Command,
) -> None:
    Path("full").mkdir()
    Path("full/mine.txt").write_text("mine", "utf-8")
    done = hklint_command("fix", "psrp://nobody@127.0.0.1:1", "-p", POLICY, "-o", "full")
    assert done.code == 2
    assert "there is something in it already" in done.err


def test_a_host_that_a_run_does_not_have_is_told(blocked: LabHost, hklint_command: Command) -> None:
    run = _recorded(hklint_command, blocked, "before.jsonl")
    done = hklint_command("fix", run, "--host", "EX99", "-p", POLICY, "-o", "fixes")
    assert done.code == 2
    assert "no host EX99" in done.err


def test_a_run_whose_hosts_were_not_reached_leaves_it_open(hklint_command: Command) -> None:
    hklint_command("check", "psrp://nobody@127.0.0.1:1", "-p", POLICY, "--record", "none.jsonl")
    done = hklint_command("fix", "none.jsonl", "-p", POLICY, "-o", "fixes")
    assert done.code == 4
    assert "not reached" in done.err


ACCEPTED = ("tls-1.2-client-usable", "tls-1.2-server-usable", "dotnet-offers-tls-1.2")
WAIVER = """\
  - id: accepted-{rule}
    policy: exchange-store-addins
    rule: {rule}
    hosts: ["127.0.0.1"]
    reason: The server is taken down in spring
    owner: exchange-team
    approver: security-board
    ticket: CHG-1234
    from: "2020-01-01T00:00:00Z"
    until: "2099-01-01T00:00:00Z"
"""


def test_what_is_accepted_stays_as_it_is(blocked: LabHost, hklint_command: Command) -> None:
    waivers = "".join(WAIVER.format(rule=rule) for rule in ACCEPTED)
    Path("accepted.yaml").write_text(f"kind: waivers\nid: accepted\nwaivers:\n{waivers}", "utf-8")
    run = _recorded(hklint_command, blocked, "before.jsonl")
    accepting = ("-p", POLICY, "--waivers", "accepted.yaml")
    done = hklint_command("fix", run, *accepting, "-o", "of-a-run")
    assert done.code == 0, done.err
    assert "2 values to change" in done.out
    hklint_command("fix", blocked.target, *accepting, "-o", "of-a-host")
    lines = [_lines(_folder(place) / "fix.reg") for place in ("of-a-run", "of-a-host")]
    assert lines[0] == lines[1]
    assert not any("TLS 1.2" in line for line in lines[0])
