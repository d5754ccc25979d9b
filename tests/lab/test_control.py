"""The control channel: who may give orders, and files that lead nowhere."""

import json
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hklint.errors import UsageError
from hklint.lab import control, state_file
from hklint.lab.controlled import control as controlled
from hklint.lab.lab import Lab
from hklint.lab.listener import Listener
from hklint.lab.reg_file import HEADER

HOST = "ex2016-healthy"


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """The state file of a running lab."""
    path = tmp_path / "state.json"
    with Lab([HOST]) as lab, controlled(lab, path):
        yield path
    assert not path.exists()


def test_merge_and_restart(state: Path) -> None:
    text = f"{HEADER}\r\n[HKEY_LOCAL_MACHINE\\SYSTEM\\A]\r\n"
    merged = control.ask(state, "merge", HOST, text.encode())
    assert merged.steps == 1
    assert merged.lab is not None
    assert merged.lab.hosts[0].restart_due
    restarted = control.ask(state, "restart", HOST)
    assert restarted.lab is not None
    assert not restarted.lab.hosts[0].restart_due


def test_mistakes_come_back(state: Path) -> None:
    with pytest.raises(UsageError, match="nothing was merged"):
        control.ask(state, "merge", HOST, b"REGEDIT4")
    with pytest.raises(UsageError, match="no host 'other'"):
        control.ask(state, "restart", "other")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_state_file_is_its_owners_alone(state: Path) -> None:
    assert state.stat().st_mode & 0o777 == 0o600
    state.chmod(0o644)
    with pytest.raises(UsageError, match="closed to others"):
        control.ask(state, "status", "")
    state.chmod(0o600)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_link_is_not_followed(state: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(state)
    with pytest.raises(UsageError, match="closed to others"):
        control.ask(link, "status", "")


def test_a_wrong_token_is_refused(state: Path) -> None:
    right = json.loads(state.read_bytes())
    state.write_text(json.dumps({**right, "token": "guessed"}), "utf-8")
    with pytest.raises(UsageError, match="token"):
        control.ask(state, "restart", HOST)
    state.write_text(json.dumps(right), "utf-8")


@pytest.mark.parametrize("line", [b"", b"[]\n", b'{"token": "x", "do": "end"}\n', b"\xff\n"])
def test_noise_is_survived(state: Path, line: bytes) -> None:
    port = json.loads(state.read_bytes())["port"]
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(line)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    assert control.is_running(state)


def test_the_token_is_not_given_to_another_program(tmp_path: Path) -> None:
    heard: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        connection.settimeout(5)
        connection.sendall(b'{"lab": "another"}\n')
        heard.append(connection.recv(4096))

    path = tmp_path / "state.json"
    with Listener(serve) as other:
        state_file.write(state_file.State("ours", os.getpid(), other.port, "secret"), path)
        assert not control.is_running(path)
        with pytest.raises(UsageError, match="no lab is running"):
            control.ask(path, "status", "")
    assert heard == [b"", b""]


def test_a_stale_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state_file.write(state_file.State("old", 1, 1, "old"), path)
    assert not control.is_running(path)
    with Lab([HOST]) as lab, controlled(lab, path):
        assert control.is_running(path)


def test_the_file_of_a_newer_lab_stays(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    newer = state_file.State("newer", 1, 1, "x")
    with Lab([HOST]) as lab, controlled(lab, path):
        state_file.write(newer, path)
    assert state_file.read(path) == newer


def test_no_file_and_no_state_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with pytest.raises(UsageError, match="no lab is running"):
        control.ask(path, "status", "")
    path.touch(0o600)
    with pytest.raises(UsageError, match="no state file"):
        control.ask(path, "status", "")


def test_a_place_that_can_not_be_written(tmp_path: Path) -> None:
    state = state_file.State("a", 1, 1, "x")
    with pytest.raises(UsageError, match="--state"):
        state_file.write(state, tmp_path / "missing" / "state.json")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_the_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert state_file.default_path().parent == tmp_path
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    state = state_file.State("a", 1, 1, "x")
    folder = state_file.write(state, None).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert state_file.read(None) == state
    folder.chmod(0o755)
    with pytest.raises(UsageError, match="closed to others"):
        state_file.write(state, None)


def test_messages_are_plain_json() -> None:
    order = control.Order("t", "merge", "h", b"\xff")
    assert msgspec.json.decode(msgspec.json.encode(order), type=control.Order) == order
