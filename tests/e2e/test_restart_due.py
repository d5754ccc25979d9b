"""A restart that is due without a history: by a live request, and by the places of Windows."""

import json
from collections.abc import Callable
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
SERVICING = (
    "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
    "Component Based Servicing\\RebootPending"
)
PENDING = f"""Windows Registry Editor Version 5.00

[{SERVICING}]
"""
POLICY = """\
kind: policy
id: values
title: The values are right
version: 1.0.0
diagnosis: {model: store-connection, with: {uri: "https://appsource.microsoft.com"}}
waits_for_restart: {model: pending-restart, state: restart-pending}
rules:
  - id: tls-1.2-client
    title: Programs use TLS 1.2 for outgoing connections by default
    severity: high
    why: Many services accept TLS 1.2 and later only.
    expect: {model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, state: usable}
"""
STORE = "exchange-store-addins"

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture
def host(new_lab: Callable[..., Lab]) -> LabHost:
    """An Exchange server whose TLS 1.2 is blocked."""
    return new_lab("ex2016-blocked").hosts["ex2016-blocked"]


def _merge(host: LabHost, text: str) -> None:
    Path("merged.reg").write_text(text, "utf-16", newline="\r\n")
    host.merge(Path("merged.reg"))


def _effects(run: Run) -> dict[str, str]:
    (found,) = run.hosts
    return {item.name: item.effect for item in found.verdicts}


def test_a_request_that_contradicts_the_registry_holds_the_gate(
    host: LabHost, hklint_command: Command, recorded: Read
) -> None:
    """The values are set and pass, the request fails as before: nobody may rely on them yet."""
    Path("values.yaml").write_text(POLICY, "utf-8")
    gate = ("gate", host.target, "-p", "values.yaml", "--record", "run.jsonl")
    _merge(host, FIX)
    done = hklint_command(*gate)
    assert done.code == 4
    assert "GATE SHUT" in done.out
    assert "whether the values are in effect is not known" in done.out
    assert "Set, but perhaps not in effect before a restart." in done.out
    assert _effects(recorded(Path("run.jsonl"))) == {"tls-1.2-client": "unknown"}
    assert "Besides, Windows waits for a restart" not in done.out
    _merge(host, PENDING)
    assert "Besides, Windows waits for a restart: Windows has installed" in " ".join(
        hklint_command(*gate).out.replace("=            ", "").split()
    )
    host.restart()
    assert hklint_command(*gate).code == 0


def test_windows_waiting_for_another_reason_holds_nothing(
    host: LabHost, hklint_command: Command
) -> None:
    """Most servers wait for a restart now and then; that says nothing about these values."""
    Path("values.yaml").write_text(POLICY, "utf-8")
    _merge(host, FIX)
    host.restart()
    _merge(host, PENDING)
    assert hklint_command("gate", host.target, "-p", "values.yaml").code == 0


def test_one_restart_serves_both(host: LabHost, hklint_command: Command) -> None:
    """A fix that needs a restart says that Windows waits for one anyway."""
    _merge(host, PENDING)
    done = hklint_command("fix", host.target, "-p", STORE, "-o", "fixes")
    assert "Windows waits for a restart already, and the one restart serves both:" in done.out
    (found,) = json.loads(Path("fixes/fixes.json").read_text("utf-8"))["hosts"]
    assert found["waiting"].startswith("Windows has installed or removed components")
