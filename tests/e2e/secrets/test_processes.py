"""The password is not in what other processes see, and not in what a stopped run leaves."""

import os
import shlex
import signal
import stat
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import Popen

import pytest

from hklint.lab.lab import LabHost
from hklint.lab.wire import Fault, Faults, Kind

POLICY = "exchange-store-addins"
CANARY = 'Canary/9f3b!Pä&"%+ss'
PATIENCE_SECONDS = 20

Spawn = Callable[..., Popen[bytes]]
Leaks = Callable[[Mapping[str, bytes]], list[str]]
Written = Callable[[], dict[str, bytes]]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="it reads Linux's list of processes"
)


def _process_list() -> dict[str, bytes]:
    """The command line of every process, as `ps` shows it to everybody."""
    found: dict[str, bytes] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found[f"ps {folder.name}"] = folder.joinpath("cmdline").read_bytes()
        except OSError:  # it has ended
            continue
    return found


def _wait_for(condition: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)


def _program(folder: Path, lines: str) -> Path:
    """A program of these lines of Python, which has a folder to write to in `FOLDER`."""
    file = folder / "program"
    head = f"#!{sys.executable}\nimport os, pathlib, sys, time\n"
    file.write_text(f"{head}FOLDER = pathlib.Path({str(folder)!r})\n{lines}\n", "utf-8")
    file.chmod(stat.S_IRWXU)
    return file


def _ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_run_that_is_stopped(
    host: LabHost, spawn: Spawn, leaks: Leaks, everything_written: Written
) -> None:
    host.http.faults = Faults(receive=Fault(Kind.HANG))
    forms = ("jsonl", "junit", "sarif", "terminal")
    reports = [word for form in forms for word in ("--report", f"{form}={form}")]
    options = ("-p", POLICY, *reports, "--record", "run.jsonl", "-vv")
    run = spawn("check", host.target, *options, variables={"HKLINT_PASSWORD": CANARY})
    _wait_for(lambda: "create" in [exchange.action for exchange in host.http.log])
    processes = _process_list()
    assert POLICY.encode() in processes[f"ps {run.pid}"]
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 4
    written = everything_written() | {"stdout": out, "stderr": err} | processes
    assert set(written) >= {*forms, "run.jsonl"}
    assert leaks(written) == []


def test_ctrl_c_while_the_password_command_runs(
    host: LabHost,
    spawn: Spawn,
    leaks: Leaks,
    everything_written: Written,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """It has printed the password already. It is ended, and no host is asked."""
    folder = tmp_path_factory.mktemp("command")
    ready = folder / "ready"
    lines = (
        f"print({CANARY!r}, flush=True)\n"
        "FOLDER.joinpath('ready.part').write_text(str(os.getpid()))\n"
        "FOLDER.joinpath('ready.part').rename(FOLDER / 'ready')\n"
        "time.sleep(60)"
    )
    command = shlex.quote(str(_program(folder, lines)))
    options = ("-p", POLICY, "-vv", "--password-command", command)
    run = spawn("check", host.target, *options, variables={"HKLINT_PASSWORD": None})
    _wait_for(ready.exists)
    run.send_signal(signal.SIGINT)
    out, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert (run.returncode, err.strip()) == (4, b"Stopped.")
    assert _ended(int(ready.read_text()))
    assert leaks(everything_written() | {"stdout": out, "stderr": err}) == []
    assert host.http.log == []


def test_the_ssh_program_does_not_get_it(
    spawn: Spawn,
    leaks: Leaks,
    everything_written: Written,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Neither in its arguments nor in its environment, though it is set for other hosts."""
    folder = tmp_path_factory.mktemp("ssh")
    lines = (
        "seen = repr(sys.argv) + repr(os.environb)\n"
        "FOLDER.joinpath('seen').write_text(seen)\n"
        "sys.stderr.write('no route to host'); sys.exit(255)"
    )
    _program(folder, lines).rename(folder / "ssh")
    path = os.pathsep.join([str(folder), os.environ["PATH"]])
    given = {"HKLINT_PASSWORD": CANARY, "PATH": path}
    run = spawn("check", "ssh://audit@ex01", "-p", POLICY, "-vv", variables=given)
    out, err = run.communicate(timeout=PATIENCE_SECONDS)
    assert run.returncode == 4, (out, err)
    seen = folder.joinpath("seen").read_bytes()
    assert b"ex01" in seen
    assert b"PATH" in seen
    assert leaks(everything_written() | {"stdout": out, "stderr": err, "ssh": seen}) == []
