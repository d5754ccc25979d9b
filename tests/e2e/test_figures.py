"""What a host costs: HTTP requests at the lab, and modules that a command imports."""

from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from hklint.lab.lab import Lab
from hklint.lab.wire import Exchange

Command = Callable[..., Any]

POLICY = """\
kind: policy
id: many-values
title: So many values are not set
version: 1.0.0
rules:
"""
RULE = """\
  - id: value-{number}
    title: Value {number} is not set
    severity: low
    expect:
      registry: HKLM\\SOFTWARE\\Policies\\Contoso\\Product{number}
      value: Setting{number}
      type: REG_DWORD
      equals: 1
      absent: pass
    why: It is only there to be asked for.
"""

NTLM_OVER_HTTP = 9
BASIC_OVER_TLS = 6


@pytest.fixture
def policy(tmp_path: Path) -> Callable[[int], Path]:
    """A policy with so many rules, each about a value of its own key."""

    def write(rules: int) -> Path:
        file = tmp_path / f"{rules}-rules.yaml"
        text = POLICY + "".join(RULE.format(number=number) for number in range(rules))
        file.write_text(text, "utf-8")
        return file

    return write


def actions(log: list[Exchange]) -> list[str]:
    return [exchange.action for exchange in log]


@pytest.mark.parametrize("rules", [1, 500])
def test_requests_for_one_rule_as_for_many(
    new_lab: Callable[..., Lab], hklint_command: Command, policy: Callable[[int], Path], rules: int
) -> None:
    running = new_lab("ex2016-healthy")
    host = running.hosts["ex2016-healthy"]
    done = hklint_command("check", host.target, "-p", policy(rules), "-v")
    assert f"{rules} pass" in done.out
    assert done.code == 0
    assert len(host.http.log) == NTLM_OVER_HTTP, actions(host.http.log)
    assert host.http.connections == 1
    tls = ("--ca", running.ca_file, "--auth", "basic")
    assert hklint_command("check", host.tls_target, "-p", policy(rules), *tls).code == 0
    assert len(host.https.log) == BASIC_OVER_TLS, actions(host.https.log)


@pytest.mark.parametrize("command", ["check", "gate", "snapshot"])
def test_requests_for_the_shipped_policy(
    new_lab: Callable[..., Lab], hklint_command: Command, command: str
) -> None:
    running = new_lab("ex2016-healthy")
    host = running.hosts["ex2016-healthy"]
    output = ["-o", "host.json"] if command == "snapshot" else []
    options = ("-p", "exchange-store-addins", *output)
    assert hklint_command(command, host.target, *options).code == 0
    assert len(host.http.log) == NTLM_OVER_HTTP, actions(host.http.log)
    tls = ("--ca", running.ca_file, "--auth", "basic")
    assert hklint_command(command, host.tls_target, *options, *tls).code == 0
    assert len(host.https.log) == BASIC_OVER_TLS, actions(host.https.log)


def test_each_request_to_the_store_is_made_once(lab: Lab, hklint_command: Command) -> None:
    host = lab.hosts["ex2016-healthy"]
    before = len(host.handshakes)
    hklint_command("check", host.target, "-p", "exchange-store-addins")
    ways = [handshake.way for handshake in host.handshakes[before:]]
    assert sorted(ways) == ["default", "system-default", "tls12"]


HEAVY = ("pypsrp", "requests", "spnego", "rich", "jsonschema", "yaml", "cryptography", "psrpcore")
SHOW_MODULES = """
import sys
from hklint.cli import main
sys.argv = ["hklint", *sys.argv[1:]]
try:
    main()
finally:
    packages = sorted({name.partition(".")[0] for name in sys.modules})
    print("\\nmodules:", *packages, file=sys.stderr)
"""
Spawn = Callable[..., Popen[bytes]]


def packages_of(process: Popen[bytes]) -> set[str]:
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    return set(err.decode().rpartition("modules:")[2].split())


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["check", "--help"], ["gate", "--help"]]
)
def test_words_about_hklint_import_nothing_heavy(spawn: Spawn, arguments: list[str]) -> None:
    packages = packages_of(spawn(*arguments, program=SHOW_MODULES))
    assert "click" in packages
    assert not packages & {*HEAVY, "hklint_reports"}


def test_a_report_needs_no_wire_and_no_policies(
    lab: Lab, hklint_command: Command, spawn: Spawn
) -> None:
    host = lab.hosts["ex2016-healthy"]
    done = hklint_command(
        "check", host.target, "-p", "exchange-store-addins", "--record", "run.jsonl"
    )
    assert done.code == 0
    for form in ("jsonl", "junit", "sarif"):
        packages = packages_of(spawn("report", "run.jsonl", "-f", form, program=SHOW_MODULES))
        assert not packages & {*HEAVY} - {"rich"}, form  # the tally on standard error is rich


def test_judging_a_snapshot_needs_no_wire(lab: Lab, hklint_command: Command, spawn: Spawn) -> None:
    target, policy = lab.hosts["ex2016-healthy"].target, "exchange-store-addins"
    assert hklint_command("snapshot", target, "-p", policy, "-o", "host.json").code == 0
    packages = packages_of(spawn("check", "host.json", "-p", policy, program=SHOW_MODULES))
    assert not packages & {"pypsrp", "requests", "spnego", "cryptography", "psrpcore"}
