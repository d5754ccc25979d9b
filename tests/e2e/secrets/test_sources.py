"""The password is shown by none of the places it comes from, not even where they fail."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint import credentials
from hklint.lab.lab import Lab, LabHost

CANARY = 'Canary/9f3b!Pä&"%+ss'

Command = Callable[..., Any]
Script = Callable[[str], str]


@pytest.fixture
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """A password command that runs these lines of Python, `PASSWORD` being the canary."""
    folder = tmp_path_factory.mktemp("commands")

    def write(lines: str) -> str:
        file = folder / "command.py"
        file.write_text(f"import os, sys, time\nPASSWORD = {CANARY!r}\n{lines}\n", "utf-8")
        return shlex.join([sys.executable, "-X", "utf8", str(file)])

    return write


def test_a_command(host: LabHost, audited: Command, script: Script) -> None:
    command = script("print(PASSWORD); print('user: audit')")
    done = audited(host.target, "--password-command", command, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (1, [])


def test_a_command_in_the_environment(host: LabHost, audited: Command, script: Script) -> None:
    command = script("print(PASSWORD)")
    variables = {"HKLINT_PASSWORD_COMMAND": command, "HKLINT_PASSWORD": ""}
    done = audited(host.target, **variables)
    assert (done.code, done.leaks) == (1, [])


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("print(PASSWORD); sys.exit(3)", "it ended with status 3"),
        ("print(PASSWORD, flush=True); os.abort()", "it ended with status -6"),
        ("print(PASSWORD * 9000)", "it printed more than 65536 bytes"),
        ("print(); print(PASSWORD)", "the first line that it printed is empty"),
        (
            "sys.stdout.reconfigure(encoding='latin-1'); print(PASSWORD)",
            "what it printed is not UTF-8 text",
        ),
        (
            "sys.stdout.reconfigure(encoding='utf-16'); print(PASSWORD)",
            "what it printed is not UTF-8 text",
        ),
    ],
)
def test_a_command_that_fails(
    lines: str, said: str, host: LabHost, audited: Command, script: Script
) -> None:
    done = audited(host.target, "--password-command", script(lines), HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (4, [])
    assert "no-credentials" in done.said
    assert f"the password command failed: {said}" in done.said
    assert host.http.log == []


def test_a_command_that_takes_too_long(
    host: LabHost, audited: Command, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = script("print(PASSWORD, flush=True); time.sleep(60)")
    limited = credentials.run_command
    monkeypatch.setattr(credentials, "run_command", lambda *given: limited(*given, seconds=0.5))
    done = audited(host.target, "--password-command", slow, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (4, [])
    assert "it did not end within 0.5 s" in done.said


def test_a_command_that_is_the_password(host: LabHost, audited: Command) -> None:
    """It should not be written there. Where it is, no record repeats it."""
    for option in (
        ["--password-command", shlex.join(["echo", CANARY])],
        [f"--password-command={shlex.join(['echo', CANARY])}"],
    ):
        done = audited(host.target, *option, HKLINT_PASSWORD=None)
        assert (done.code, done.leaks) == (1, [])
        record = Path("run.jsonl").read_text("utf-8")
        assert ("--password-command" in record, "***" in record) == (True, True)


@pytest.mark.parametrize("command", [f"echo '{CANARY}", ""])
def test_a_command_that_is_none(command: str, audited: Command) -> None:
    done = audited("ex01", "--password-command", command, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (2, [])
    assert "the password command" in done.said


class _Ring:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error

    def get_password(self, _service_name: str, _username: str) -> str:
        if self.error is not None:
            raise self.error
        return CANARY


def test_a_keyring(host: LabHost, audited: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials, "_installed_keyring", _Ring)
    done = audited(host.target, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (1, [])


def test_a_keyring_with_another_password(
    lab: Lab, audited: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "_installed_keyring", _Ring)
    done = audited(lab.hosts["ex2016-healthy"].target, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (4, [])
    assert "authentication-failed" in done.said


def test_a_keyring_that_fails(
    host: LabHost, audited: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = _Ring(RuntimeError(f"cannot decrypt {CANARY}"))
    monkeypatch.setattr(credentials, "_installed_keyring", lambda: broken)
    done = audited(host.target, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (4, [])
    assert "the keyring cannot be read (RuntimeError)" in done.said


def test_a_prompt(host: LabHost, audited: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(credentials.sys.stdin, "isatty", lambda: True)  # type: ignore[attr-defined]
    monkeypatch.setattr(credentials.getpass, "getpass", lambda _: CANARY)  # type: ignore[attr-defined]
    done = audited(host.target, HKLINT_PASSWORD=None)
    assert (done.code, done.leaks) == (1, [])
