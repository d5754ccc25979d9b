"""How `ssh` is called, and what its last words mean."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from hklint.failure import Reason
from hklint.sources import collect, objection
from hklint.sources.process import ssh
from hklint.sources.process.program import Seen
from hklint.sources.process.ssh_messages import judge
from hklint.target import SshTarget, parse_target

ALWAYS = [
    *["-T", "-a", "-k", "-x"],
    *["-o", "BatchMode=yes"],
    *["-o", "ClearAllForwardings=yes"],
    *["-o", "ConnectTimeout=3"],
    *["-o", "ControlMaster=no"],
    *["-o", "LogLevel=INFO"],
    *["-o", "RemoteCommand=none"],
    *["-o", "StrictHostKeyChecking=yes"],
]


@pytest.mark.parametrize(
    ("target", "chosen", "expected"),
    [
        ("ssh://ex01", {}, ["-s", "--", "ex01", "powershell"]),
        ("ssh://ex01", {"connect_timeout": 2.1}, ["-s", "--", "ex01", "powershell"]),
        ("ssh://ex01:2222", {}, ["-p", "2222", "-s", "--", "ex01", "powershell"]),
        ("ssh://me@ex01", {"user": "you"}, ["-l", "me", "-s", "--", "ex01", "powershell"]),
        ("ssh://ex01", {"user": "LAB\\a"}, ["-l", "LAB\\a", "-s", "--", "ex01", "powershell"]),
        ("ssh://[::1]", {"ssh_subsystem": "jea"}, ["-s", "--", "::1", "jea"]),
        (
            "ssh://ex01",
            {"ssh_config": Path("config")},
            ["-F", "config", "-s", "--", "ex01", "powershell"],
        ),
    ],
)
def test_how_ssh_is_called(
    kit: SimpleNamespace, target: str, chosen: dict[str, object], expected: list[str]
) -> None:
    parsed = parse_target(target)
    assert isinstance(parsed, SshTarget)
    options = kit.options(**{"user": None, **chosen})
    assert ssh.arguments(parsed, options) == ALWAYS + expected


@pytest.mark.parametrize("name", ["", "-oProxyCommand=reboot", "power shell", "a\nb", "a;b", "ä"])
def test_a_subsystem_whose_name_is_none(kit: SimpleNamespace, name: str) -> None:
    reason = objection(parse_target("ssh://ex01"), kit.options(ssh_subsystem=name))
    assert reason == f"--ssh-subsystem {name}: write a name, such as powershell"
    assert objection(parse_target("ssh://ex01"), kit.options()) is None


@pytest.mark.parametrize("user", ["$(reboot)", "a;b", "a b", "-oProxyCommand=x", "a'b", "LAB\\"])
def test_an_account_that_a_shell_would_take_for_more(kit: SimpleNamespace, user: str) -> None:
    """Older ssh put it into the command line of a ProxyCommand as it is."""
    reason = objection(parse_target("ssh://ex01"), kit.options(user=user))
    assert reason is not None
    assert "ssh takes no account with" in reason


@pytest.mark.parametrize("user", ["LAB\\audit", "audit@lab.example", "gmsa$", "müller", None])
def test_accounts_of_windows(kit: SimpleNamespace, user: str | None) -> None:
    assert objection(parse_target("ssh://ex01"), kit.options(user=user)) is None


def test_ssh_is_not_taken_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "ssh"
    planted.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    assert ssh.find_ssh({"PATH": os.pathsep.join(("", ".", "bin"))}) is None
    assert ssh.find_ssh({"PATH": os.pathsep.join(("/nowhere", str(tmp_path)))}) == str(planted)


def test_without_ssh(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    outcome = collect(parse_target("ssh://ex01"), kit.REQUEST, kit.options())
    assert (outcome.reason, outcome.phase) == (Reason.TRANSPORT_MISSING, "before connecting")
    assert outcome.detail == "ssh is not in PATH: install the OpenSSH client"


CHANGED = (
    "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
    "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @",
    "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@",
    "Host key for ex01 has changed and you have requested strict checking.",
    "Host key verification failed.",
)


@pytest.mark.parametrize(
    ("reason", "phase", "messages"),
    [
        (
            Reason.NAME_NOT_RESOLVED,
            "connecting",
            ("ssh: Could not resolve hostname ex01: Name or service not known",),
        ),
        (
            Reason.NAME_NOT_RESOLVED,
            "connecting",
            ("ssh: Could not resolve hostname ex01: No such host is known. ",),
        ),
        (
            Reason.CONNECTION_REFUSED,
            "connecting",
            ("ssh: connect to host ex01 port 22: Connection refused",),
        ),
        (
            Reason.NO_ROUTE,
            "connecting",
            ("ssh: connect to host 2001:db8::7 port 22: Network is unreachable",),
        ),
        (Reason.NO_ROUTE, "connecting", ("ssh: connect to host ex01 port 22: No route to host",)),
        (
            Reason.TIMED_OUT,
            "connecting",
            ("ssh: connect to host ex01 port 22: Connection timed out",),
        ),
        (
            Reason.TIMED_OUT,
            "connecting",
            ("ssh: connect to host ex01 port 22: Operation timed out",),
        ),
        (
            Reason.TIMED_OUT,
            "connecting",
            (
                "Connection timed out during banner exchange",
                "Connection to 192.0.2.7 port 22 timed out",
            ),
        ),
        (Reason.HOST_KEY_REJECTED, "connecting", CHANGED),
        (
            Reason.HOST_KEY_REJECTED,
            "connecting",
            (
                "No ED25519 host key is known for ex01 and you have requested strict checking.",
                "Host key verification failed.",
            ),
        ),
        (
            Reason.PROTOCOL_ERROR,
            "connecting",
            (
                (
                    "Unable to negotiate with 192.0.2.7 port 22: no matching host key type found. "
                    "Their offer: ssh-rsa"
                ),
            ),
        ),
        (
            Reason.AUTHENTICATION_FAILED,
            "logging on",
            ("LAB\\audit@ex01: Permission denied (publickey,password,keyboard-interactive).",),
        ),
        (
            Reason.AUTHENTICATION_FAILED,
            "logging on",
            (
                "Received disconnect from 192.0.2.7 port 22:2: Too many authentication failures",
                "Disconnected from 192.0.2.7 port 22",
            ),
        ),
        (
            Reason.AUTHENTICATION_FAILED,
            "logging on",
            (
                "jump: Permission denied (publickey).",
                "kex_exchange_identification: Connection closed by remote host",
                "Connection closed by UNKNOWN port 65535",
            ),
        ),
        (
            Reason.ENDPOINT_MISSING,
            "opening a session",
            ("root@ex01: Permission denied (banner).", "subsystem request failed on channel 0"),
        ),
        (Reason.CONNECTION_LOST, "connecting", ("Connection closed by 192.0.2.7 port 22",)),
        (Reason.CONNECTION_LOST, "connecting", ("Who says: Permission denied (publickey).",)),
        (Reason.CONNECTION_LOST, "connecting", ()),
    ],
)
def test_what_ssh_says(reason: Reason, phase: str, messages: tuple[str, ...]) -> None:
    told = tuple(message.strip() for message in messages)
    failure = judge(Seen(spoke=False, status=255, messages=told, noise=()), "ex01", "powershell")
    assert (failure.reason, failure.phase) == (reason, phase)


def test_a_host_key_that_has_changed_is_told_from_an_unknown_one() -> None:
    changed = judge(Seen(spoke=False, status=255, messages=CHANGED, noise=()), "ex01", "p")
    unknown = judge(Seen(spoke=False, status=255, messages=CHANGED[-1:], noise=()), "ex01", "p")
    assert changed.detail.endswith("The key of ex01 is not the one in known_hosts")
    assert unknown.detail.endswith("The key of ex01 is not in known_hosts")


@pytest.mark.parametrize(
    ("status", "reason", "detail"),
    [
        (-9, Reason.CONNECTION_LOST, "ssh to ex01 was ended from outside"),
        (
            0,
            Reason.ENDPOINT_MISSING,
            "subsystem pwsh of ex01 ended (status 0) without a word of PowerShell, but with",
        ),
    ],
)
def test_an_end_without_a_message(status: int, reason: Reason, detail: str) -> None:
    failure = judge(Seen(spoke=False, status=status, messages=(), noise=("Hi",)), "ex01", "pwsh")
    assert failure.reason is reason
    assert failure.detail.startswith(detail)
