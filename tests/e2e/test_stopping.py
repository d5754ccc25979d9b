"""Ctrl-C and SIGTERM: hklint ends soon, leaves no session behind, and reports what it has."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen

import pytest

from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Fault, Faults, Kind
from hklint.run import Run

POLICY = "exchange-store-addins"
SOON_SECONDS = 8
PATIENCE_SECONDS = 20

Spawn = Callable[..., Popen[bytes]]
Hanging = Callable[[str], tuple[LabHost, threading.Event]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


class Watched(threading.Event):
    """What the lab waits for while it hangs; says that it does."""

    def __init__(self) -> None:
        super().__init__()
        self.hangs = threading.Event()

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            self.hangs.set()
        return super().wait(timeout)


@pytest.fixture
def hanging(new_lab: Callable[..., Lab]) -> Hanging:
    """A host that hangs at an action, and what says that a client waits there."""

    def start(action: str) -> tuple[LabHost, threading.Event]:
        host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
        host.http.faults = Faults(**{action: Fault(Kind.HANG)})
        watched = Watched()
        host.http._circumstances.interrupted = watched  # pyright: ignore[reportPrivateUsage]
        return host, watched.hangs

    return start


def finished(host: LabHost, before: int) -> bool:
    return "delete" in [exchange.action for exchange in host.http.log[before:]]


def wait_for(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def stop(process: Popen[bytes], number: signal.Signals) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=SOON_SECONDS)
    assert b"Traceback" not in err, err
    return process.returncode, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("action", "number"),
    [
        ("authenticate", signal.SIGINT),
        ("create", signal.SIGINT),
        ("command", signal.SIGINT),
        ("receive", signal.SIGINT),
        ("receive", signal.SIGTERM),
    ],
)
def test_stopped_while_a_host_hangs(  # noqa: PLR0913, PLR0917 - five fixtures, two parameters
    lab: Lab,
    hanging: Hanging,
    spawn: Spawn,
    recorded: Callable[[Path], Run],
    tmp_path: Path,
    action: str,
    number: signal.Signals,
) -> None:
    good, (bad, hangs) = lab.hosts["ex2016-healthy"], hanging(action)
    before = len(good.http.log)
    files = ("--record", "run.jsonl", "--report", "junit=run.xml")
    process = spawn("check", bad.target, good.target, "-p", POLICY, *files)
    assert hangs.wait(PATIENCE_SECONDS)
    wait_for(lambda: finished(good, before))
    code, out, err = stop(process, number)
    assert code == 4
    assert "Stopping: closing the sessions on the hosts" in err
    assert "interrupted: 1 of 2 hosts left no result" in out
    assert "10 pass" in out
    assert bad.http.open_shells() == ()
    run = recorded(tmp_path / "run.jsonl")
    assert (run.summary.interrupted, run.summary.exit_code) == (True, 4)
    assert run.hosts[0].failure is not None
    assert run.hosts[0].failure.reason == "cancelled"
    assert [verdict.outcome for verdict in run.hosts[1].verdicts] == ["pass"] * 10
    assert 'errors="1"' in (tmp_path / "run.xml").read_text("utf-8")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["run.jsonl", "run.xml"]


def test_hosts_that_were_not_asked_yet_are_not_asked(
    lab: Lab, hanging: Hanging, spawn: Spawn
) -> None:
    good, (bad, hangs) = lab.hosts["ex2016-healthy"], hanging("receive")
    before = len(good.http.log)
    process = spawn("gate", bad.target, good.target, "-p", POLICY, "-j", 1)
    assert hangs.wait(PATIENCE_SECONDS)
    code, out, _ = stop(process, signal.SIGINT)
    assert code == 4
    assert out.startswith("GATE SHUT: ")
    assert "interrupted: 2 of 2 hosts left no result" in out
    assert len(good.http.log) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_it_waits_to_try_a_host_again(
    new_lab: Callable[..., Lab],
    spawn: Spawn,
    recorded: Callable[[Path], Run],
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    host = new_lab("ex2016-healthy").hosts["ex2016-healthy"]
    host.http.faults = Faults(authenticate=Fault(Kind.DROP))
    process = spawn("check", host.target, "-p", POLICY, "--retries", 10, "--record", "run.jsonl")
    wait_for(lambda: len(host.http.log) > 1)
    time.sleep(0.2)  # the client has to see it, too
    asked, stopped_at = len(host.http.log), time.monotonic()
    code, out, _ = stop(process, number)
    assert time.monotonic() - stopped_at < 2
    assert code == 4
    assert "the run was interrupted" in out
    assert len(host.http.log) == asked
    failure = recorded(tmp_path / "run.jsonl").hosts[0].failure
    assert failure is not None
    assert (failure.reason, failure.phase) == ("cancelled", "logging on")
    assert failure.detail.endswith("; it was not tried again")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_while_a_command_looks_for_the_password(
    lab: Lab, spawn: Spawn, tmp_path: Path, number: signal.Signals
) -> None:
    pid = tmp_path / "pid"
    program = "import os, pathlib, time; pathlib.Path('pid').write_text(f'{os.getpid()} ')"
    command = f'{sys.executable} -c "{program}; time.sleep(60)"'
    host = lab.hosts["ex2016-healthy"]
    before = len(host.http.log)
    words = ("check", host.target, "-p", POLICY, "--password-command", command)
    process = spawn(*words, variables={"HKLINT_PASSWORD": None})
    wait_for(lambda: pid.exists() and pid.read_text("utf-8").endswith(" "))
    code, out, err = stop(process, number)
    assert (code, out, err.strip()) == (4, "", "Stopped.")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text("utf-8")), 0)
    assert len(host.http.log) == before


def test_a_second_ctrl_c_waits_for_no_report(hanging: Hanging, spawn: Spawn) -> None:
    bad, hangs = hanging("receive")
    bad.http.faults = Faults(receive=Fault(Kind.HANG), delete=Fault(Kind.HANG))
    process = spawn("check", bad.target, "-p", POLICY)
    assert hangs.wait(PATIENCE_SECONDS)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"Stopping: ")
    code, out, err = stop(process, signal.SIGINT)
    assert (code, out, err.strip()) == (4, "", "Stopped.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_snapshot_that_is_stopped(
    hanging: Hanging,
    spawn: Spawn,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    bad, hangs = hanging("receive")
    process = spawn("snapshot", bad.target, "-p", POLICY, "-o", "host.json")
    assert hangs.wait(PATIENCE_SECONDS)
    code, out, err = stop(process, number)
    assert (code, out) == (4, "")
    assert "the run was stopped before the host had answered" in err
    assert bad.http.open_shells() == ()
    assert list(tmp_path.iterdir()) == []
