"""`gate --since` over the wire: the fix is merged, then in effect, and both are told apart."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hklint.lab.lab import Lab, LabHost
from hklint.run import Run

SCHANNEL = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL"
FIX = f"""Windows Registry Editor Version 5.00

[{SCHANNEL}\\Protocols\\TLS 1.2\\Client]
"Enabled"=dword:00000001
"DisabledByDefault"=dword:00000000

[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319]
"SystemDefaultTlsVersions"=dword:00000001
"""
NO_REQUEST = """\
kind: policy
id: tls-client
title: Programs can use TLS 1.2
version: 1.0.0
rules:
  - id: tls-1.2-client
    title: Programs use TLS 1.2 for outgoing connections by default
    severity: high
    why: Many services accept TLS 1.2 and later only.
    expect: {model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, state: usable}
  - id: tls-1.2-offered
    title: .NET programs offer TLS 1.2 when they connect
    severity: high
    why: Many services accept TLS 1.2 and later only.
    expect: {model: tls-client, with: {protocol: TLS 1.2, target: none, view: 64-bit},
             state: offered}
"""
STORE = "exchange-store-addins"
EFFECT = "take effect after a restart"

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture
def host(new_lab: Callable[..., Lab]) -> LabHost:
    """An Exchange server whose TLS 1.2 is blocked."""
    return new_lab("ex2016-blocked").hosts["ex2016-blocked"]


@pytest.fixture
def policy(tmp_path: Path) -> str:
    """A policy that makes no request: nothing but the restart keeps the fix from showing."""
    path = tmp_path / "tls-client.yaml"
    path.write_text(NO_REQUEST, "utf-8")
    return path.name


def _merge(host: LabHost) -> None:
    Path("fix.reg").write_text(FIX, "utf-16", newline="\r\n")
    host.merge(Path("fix.reg"))


def _states(run: Run) -> list[tuple[str, str, str]]:
    (found,) = run.hosts
    return [(item.outcome.value, item.effect, item.since) for item in found.verdicts]


def test_a_fix_is_told_apart_from_one_in_effect(
    host: LabHost, policy: str, hklint_command: Command, recorded: Read
) -> None:
    gate = ("gate", host.target, "-p", policy)
    before = hklint_command("check", *gate[1:], "--record", "before.jsonl")
    assert before.code == 1
    _merge(host)
    assert hklint_command(*gate).code == 0  # without a history nobody knows better
    merged = hklint_command(*gate, "--since", "before.jsonl", "--record", "merged.jsonl")
    lines = merged.out.splitlines()
    assert lines[0] == f"GATE SHUT: 2 verdicts passed, but only by values that {EFFECT}"
    assert lines[2].startswith("Since before.jsonl of 20")
    assert f": 2 fixed, which {EFFECT}; 0 unchanged; 0 worse" in merged.out.replace("\n    ", " ")
    assert "PASS[tls-1.2-client], set, but takes effect after a restart: " in merged.out
    assert "was 0 (REG_DWORD)" in merged.out
    assert merged.code == 4
    assert _states(recorded(Path("merged.jsonl"))) == [("pass", "pending", "pending")] * 2
    again = hklint_command("report", "merged.jsonl")
    assert again.out.splitlines()[:4] == lines[:4]

    waiting = hklint_command(*gate, "--since", "merged.jsonl")
    assert waiting.code == 4
    assert "That was so at 20" in waiting.out

    host.restart()
    for earlier in ("before.jsonl", "merged.jsonl"):
        done = hklint_command(*gate, "--since", earlier, "--record", "after.jsonl")
        assert done.code == 0
        assert done.out.startswith("GATE OPEN: 2 verdicts passed\n")
        assert ": 2 fixed; 0 unchanged; 0 worse" in done.out
        assert "PASS[tls-1.2-client], fixed (high)" in done.out
        assert _states(recorded(Path("after.jsonl"))) == [("pass", "", "fixed")] * 2


def test_a_failed_request_fails_and_the_rest_is_told_beside_it(
    host: LabHost, hklint_command: Command, recorded: Read
) -> None:
    gate = ("gate", host.target, "-p", STORE)
    assert hklint_command(*gate, "--record", "before.jsonl").code == 1
    _merge(host)
    done = hklint_command(*gate, "--since", "before.jsonl", "--record", "merged.jsonl")
    first = done.out.splitlines()[0]
    assert done.code == 1
    assert first.startswith("GATE SHUT: ")
    assert " verdicts failed (worst: high)" in first
    assert f"passed, but only by values that {EFFECT}" in first
    told = {name: state for name, *state in _by_rule(recorded(Path("merged.jsonl")))}
    assert told["store-reachable"] == ["fail", "", "unchanged"]
    assert told["tls-1.2-client-usable"] == ["pass", "pending", "pending"]
    assert told["tls-1.2-server-usable"] == ["fail", "", "unchanged"]


def _by_rule(run: Run) -> Iterator[tuple[str, str, str, str]]:
    (found,) = run.hosts
    for item in found.verdicts:
        yield item.name, item.outcome.value, item.effect, item.since


def test_the_reports_tell_it(host: LabHost, policy: str, hklint_command: Command) -> None:
    gate = ("gate", host.target, "-p", policy)
    assert hklint_command(*gate, "--record", "before.jsonl").code == 1
    _merge(host)
    forms = ("json", "markdown", "html", "junit")
    reports = [part for form in forms for part in ("--report", f"{form}={form}")]
    assert hklint_command(*gate, "--since", "before.jsonl", *reports).code == 4
    document = json.loads(Path("json").read_text("utf-8"))
    assert document["run"]["since"]["path"] == "before.jsonl"
    (found,) = document["hosts"]
    assert found["since"] == "compared"
    states = [(item["effect"], item["since"], item["counts"]) for item in found["verdicts"]]
    assert states == [("pending", "pending", True)] * 2
    for form in ("markdown", "html", "junit"):
        text = Path(form).read_text("utf-8")
        assert f"2 fixed, which {EFFECT}; 0 unchanged; 0 worse" in text, form
    assert '<error type="hklint.effect"' in Path("junit").read_text("utf-8")


def test_what_can_not_be_told_since_is_refused_before_a_host_is_asked(
    host: LabHost, policy: str, hklint_command: Command
) -> None:
    gate = ("gate", host.target, "-p", policy)
    assert hklint_command(*gate, "--record", "before.jsonl").code == 1
    lines = Path("before.jsonl").read_text("utf-8")
    Path("damaged.jsonl").write_text(lines.replace('"hklint_snapshot":1', '"x":1'), "utf-8")
    Path("other.jsonl").write_text(lines.replace('"tls-client"', '"another"'), "utf-8")
    Path("none.jsonl").write_text("{}\n", "utf-8")
    asked = len(host.http.log)
    for file, words in (
        ("damaged.jsonl", "damaged.jsonl: the snapshot of EX01"),
        ("other.jsonl", "judged by none of the policies that are asked for"),
        ("none.jsonl", "none.jsonl:1: "),
    ):
        done = hklint_command(*gate, "--since", file)
        assert (done.code, done.out) == (2, ""), file
        assert words in " ".join(done.err.split()), file
    assert len(host.http.log) == asked


def test_since_excuses_nothing_and_goes_with_a_baseline(
    host: LabHost, policy: str, hklint_command: Command
) -> None:
    gate = ("gate", host.target, "-p", policy)
    assert hklint_command(*gate, "--record", "before.jsonl").code == 1
    same = hklint_command(*gate, "--since", "before.jsonl")
    assert same.code == 1
    assert ": 0 fixed; 2 unchanged; 0 worse" in same.out
    both = ("--since", "before.jsonl", "--baseline", "before.jsonl")
    assert hklint_command(*gate, *both, "--fail-on", "high").out.startswith("GATE OPEN: ")
    _merge(host)
    assert hklint_command(*gate, *both).code == 4
