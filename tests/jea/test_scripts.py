"""The two scripts for administrators: what they run, and that nothing happens before they ask."""

from types import SimpleNamespace
from typing import Any

import pytest

COMMANDS = {
    "Register-HklintCollector.ps1": [
        "Join-Path",
        "Join-Path",
        "Join-Path",
        "Join-Path",
        "Test-PSSessionConfigurationFile",
        "New-Object",
        "Test-Path",
        "Remove-Item",
        "Copy-Item",
        "New-Item",
        "icacls.exe",
        "Get-PSSessionConfiguration",
        "Unregister-PSSessionConfiguration",
        "Register-PSSessionConfiguration",
    ],
    "Unregister-HklintCollector.ps1": [
        "Join-Path",
        "Get-PSSessionConfiguration",
        "Unregister-PSSessionConfiguration",
        "Test-Path",
        "Remove-Item",
    ],
}
HARMLESS = {"Set-StrictMode", "Join-Path", "Test-PSSessionConfigurationFile", "New-Object"}
QUESTION = "if (-not $PSCmdlet.ShouldProcess($env:COMPUTERNAME, $what)) { return }"


def named(kit: SimpleNamespace, node: Any) -> str:  # noqa: ANN401 - a node
    first = node.children[0]
    name = node.children[1] if first.type == "command_invokation_operator" else first
    return str(kit.words(name))


@pytest.mark.parametrize("path", COMMANDS)
def test_commands_are_these(kit: SimpleNamespace, path: str) -> None:
    root = kit.parse(kit.files_for()[path])
    found = [named(kit, node) for node in kit.walk(root) if node.type == "command"]
    assert [name for name in found if name != "Set-StrictMode"] == COMMANDS[path]


@pytest.mark.parametrize("path", COMMANDS)
def test_nothing_is_changed_before_it_asks(kit: SimpleNamespace, path: str) -> None:
    text = kit.files_for()[path]
    before, question, _ = text.partition(QUESTION)
    assert question
    commands = [named(kit, node) for node in kit.walk(kit.parse(before)) if node.type == "command"]
    assert set(commands) <= HARMLESS
    assert "SupportsShouldProcess = $true, ConfirmImpact = 'High'" in before


@pytest.mark.parametrize("path", COMMANDS)
def test_only_an_administrator_of_windows_powershell_runs_it(
    kit: SimpleNamespace, path: str
) -> None:
    lines = kit.files_for()[path].split("\r\n")
    assert lines[:3] == [
        "#Requires -Version 5.1",
        "#Requires -PSEdition Desktop",
        "#Requires -RunAsAdministrator",
    ]


@pytest.mark.parametrize("path", COMMANDS)
def test_choices_are_literals(kit: SimpleNamespace, path: str) -> None:
    text = kit.files_for()[path]
    for name, value in {"endpoint": "hklint", "transcripts": kit.CHOICE.transcripts}.items():
        start = text.index(f"${name} = ") + len(f"${name} = ")
        assert kit.read_literal(text, start)[0] == value
