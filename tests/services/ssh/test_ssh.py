"""Hosts asked through a real ssh and a real sshd."""

import getpass
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered, Cancellation

Ask = Callable[..., Answered | Failure]
WhenRunning = Callable[[Callable[[], object]], Callable[[], str]]
Sshd = Any
"""The fixture's class; tests are no package to import it from."""

pytestmark = pytest.mark.services

ME = getpass.getuser()
PROGRAM = "import sys; sys.argv[0] = 'hklint'; from hklint.cli import main; main()"


@pytest.mark.parametrize(
    ("subsystem", "edition"),
    [("powershell", "Desktop"), ("psrpcore", "Core"), ("noisy", "Desktop")],
)
def test_a_host_answers(ask: Ask, sshd: Sshd, subsystem: str, edition: str) -> None:
    answered = ask(ssh_subsystem=subsystem)
    assert isinstance(answered, Answered), answered
    assert answered.answer["collector"]["edition"] == edition
    source = answered.source
    assert (source.kind, source.account) == ("ssh", ME)
    assert source.target == f"ssh://{ME}@127.0.0.1:{sshd.port}"
    assert source.transport == f"ssh, subsystem {subsystem}"


def test_the_function_of_an_endpoint_without_scripts(ask: Ask) -> None:
    answered = ask(ssh_subsystem="jea")
    assert isinstance(answered, Answered), answered
    assert answered.source.transport == "ssh, subsystem jea, function Get-HklintFact"


def test_the_users_configuration_names_host_port_and_user(ask: Ask, sshd: Sshd) -> None:
    alias = (f"Host ex01\n HostName 127.0.0.1\n Port {sshd.port}\n User {ME}",)
    answered = ask("ssh://ex01", ssh_config=sshd.configuration(*alias))
    assert isinstance(answered, Answered), answered
    assert answered.source.account == "as ssh is configured"


def test_a_jump_host(ask: Ask, sshd: Sshd) -> None:
    place = f" HostName 127.0.0.1\n Port {sshd.port}\n User {ME}"
    configuration = sshd.configuration(f"Host jump\n{place}\nHost ex01\n{place}\n ProxyJump jump")
    answered = ask("ssh://ex01", ssh_config=configuration)
    assert isinstance(answered, Answered), answered


def test_what_the_configuration_does_for_terminals_is_left_out(ask: Ask, sshd: Sshd) -> None:
    """A command, ports that are taken, a shared connection, and silence about errors."""
    lines = (
        "RemoteCommand /bin/true",
        f"LocalForward 127.0.0.1:{sshd.port} 127.0.0.1:1",
        "ExitOnForwardFailure yes",
        f"ControlMaster auto\nControlPath {sshd.folder}/master-%C\nControlPersist 60",
        "RequestTTY force",
        "LogLevel QUIET",
    )
    configuration = sshd.configuration(*lines)
    assert isinstance(ask(ssh_config=configuration), Answered)
    assert list(sshd.folder.glob("master-*")) == []
    outcome = ask(ssh_config=configuration, ssh_subsystem="missing")
    assert outcome.reason is Reason.ENDPOINT_MISSING


def test_a_key_that_is_not_accepted(ask: Ask, sshd: Sshd) -> None:
    outcome = ask(ssh_config=sshd.configuration(key="other_user_key"))
    assert (outcome.reason, outcome.phase) == (Reason.AUTHENTICATION_FAILED, "logging on")
    assert f"ssh says: {ME}@127.0.0.1: Permission denied (publickey)." in outcome.detail
    assert "use a key, or an agent" in outcome.detail


@pytest.mark.parametrize(
    ("known", "detail"),
    [(None, "is not in known_hosts"), ("other_host_key.pub", "is not the one in known_hosts")],
)
@pytest.mark.parametrize("checking", ["no", "accept-new", "ask"])
def test_a_host_key_that_is_unknown_or_changed(
    ask: Ask, sshd: Sshd, known: str | None, detail: str, checking: str
) -> None:
    """Whatever the user's configuration says: an answer must be that of the host that was meant."""
    lax = f"StrictHostKeyChecking {checking}"
    outcome = ask(ssh_config=sshd.configuration(lax, known=known))
    assert (outcome.reason, outcome.phase) == (Reason.HOST_KEY_REJECTED, "connecting")
    assert detail in outcome.detail


def test_a_subsystem_that_is_not_there(ask: Ask) -> None:
    outcome = ask(ssh_subsystem="missing")
    assert (outcome.reason, outcome.phase) == (Reason.ENDPOINT_MISSING, "opening a session")
    assert "a line `Subsystem missing` in the sshd_config of 127.0.0.1" in outcome.detail


def test_a_subsystem_whose_program_is_not_there(ask: Ask) -> None:
    outcome = ask(ssh_subsystem="broken")
    assert (outcome.reason, outcome.phase) == (Reason.ENDPOINT_MISSING, "opening a session")
    assert "subsystem broken of 127.0.0.1 ended (status 127) without a word" in outcome.detail


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("ssh://nobody.invalid", Reason.NAME_NOT_RESOLVED),
        ("ssh://127.0.0.1:1", Reason.CONNECTION_REFUSED),
    ],
)
def test_a_host_that_is_not_reached(ask: Ask, target: str, reason: Reason) -> None:
    outcome = ask(target)
    assert (outcome.reason, outcome.phase) == (reason, "connecting")


def test_a_jump_host_that_is_not_reached(ask: Ask, sshd: Sshd) -> None:
    outcome = ask(ssh_config=sshd.configuration("Match host 127.0.0.1\n ProxyJump nobody.invalid"))
    assert outcome.reason is Reason.NAME_NOT_RESOLVED
    assert "nobody.invalid" in outcome.detail


def test_a_powershell_that_says_nothing(ask: Ask) -> None:
    started = time.monotonic()
    outcome = ask(ssh_subsystem="silent", deadline=3.0)
    assert outcome.reason is Reason.TIMED_OUT
    assert time.monotonic() - started < 3.7


def test_an_sshd_that_dies_in_mid_answer(ask: Ask, sshd: Sshd, when_running: WhenRunning) -> None:
    when_running(sshd.kill_sessions)
    outcome = ask(ssh_subsystem="hanging")
    assert (outcome.reason, outcome.phase) == (Reason.CONNECTION_LOST, "running the collector")
    assert "ssh ended (status 255)" in outcome.detail


def test_cancel_closes_the_session_on_the_host(ask: Ask, when_running: WhenRunning) -> None:
    cancellation = Cancellation()
    at: list[float] = []

    def cancel() -> None:
        at.append(time.monotonic())
        cancellation.cancel()

    state = when_running(cancel)
    outcome = ask(ssh_subsystem="hanging", cancellation=cancellation)
    assert time.monotonic() - at[0] < 2.0
    assert (outcome.reason, outcome.phase) == (Reason.CANCELLED, "running the collector")
    assert state() == "stopped"


def command(sshd: Sshd, *more: str) -> list[str]:
    target = f"ssh://{ME}@127.0.0.1:{sshd.port}"
    options = ("--ssh-config", str(sshd.configuration()), "-p", "exchange-store-addins", "-o", "-")
    return [sys.executable, "-c", PROGRAM, "snapshot", target, *options, *more]


def test_the_command(sshd: Sshd, tmp_path: Path) -> None:
    """With ssh as it comes: the user, the port and the key are in the target and the file."""
    done = subprocess.run(  # noqa: S603 - our own command
        command(sshd), capture_output=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr.decode()
    snapshot = json.loads(done.stdout)
    assert snapshot["source"]["kind"] == "ssh"
    assert snapshot["source"]["transport"] == "ssh, subsystem powershell"


def test_ctrl_c_at_the_terminal(sshd: Sshd, tmp_path: Path, when_running: WhenRunning) -> None:
    """The terminal sends it to every process in front; the session on the host is closed first."""
    at: list[float] = []

    def press() -> None:
        at.append(time.monotonic())
        os.killpg(process.pid, signal.SIGINT)

    with subprocess.Popen(  # noqa: S603 - our own command
        command(sshd, "--ssh-subsystem", "hanging"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        start_new_session=True,
    ) as process:
        state = when_running(press)
        _, err = process.communicate(timeout=30)
    assert time.monotonic() - at[0] < 3.0
    assert b"Traceback" not in err
    assert b"the run was stopped before the host had answered" in err
    assert state() == "stopped"
