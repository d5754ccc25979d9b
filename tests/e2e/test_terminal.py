"""On a terminal, in a pipe, and where characters are few."""

import itertools
import os
import re
import select
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing
from subprocess import Popen

import pytest

from hklint.lab.lab import Lab
from hklint.lab.wire import Fault, Faults, Kind

POLICY = "exchange-store-addins"
PASSWORD = "Lab-audit-1"
PATIENCE_SECONDS = 20
COLOURED = {"TERM": "xterm-256color"}
COLOUR = re.compile(r"\x1b\[[\d;]*(3[0-8]|4[0-8]|9[0-7])[\d;]*m")
ERASE_LINE, SHOW_CURSOR = "\x1b[2K", "\x1b[?25h"

Spawn = Callable[..., Popen[bytes]]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")

OWN_TERMINAL = """
import fcntl, sys, termios
fcntl.ioctl(2, termios.TIOCSCTTY, 0)
sys.argv[0] = "hklint"
from hklint.cli import main
main()
"""


class Terminal:
    """A pseudo-terminal; `end` is what a process gets, `text` all that came out of it."""

    def __init__(self) -> None:
        self._own, self.end = os.openpty()
        self.text = ""

    def close(self) -> None:
        os.close(self._own)
        if self.end >= 0:
            os.close(self.end)

    def type(self, keys: str) -> None:
        os.write(self._own, keys.encode())

    def read_until(self, phrase: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while phrase not in self.text:
            assert time.monotonic() < until, self.text
            self._read(0.1)

    def read_to_the_end(self, process: Popen[bytes]) -> str:
        """What was written until the process ended."""
        os.close(self.end)
        self.end = -1
        until = time.monotonic() + PATIENCE_SECONDS
        while self._read(0.1) or process.poll() is None:
            assert time.monotonic() < until, self.text
        return self.text.replace("\r\n", "\n")

    def _read(self, seconds: float) -> bool:
        """Whether there was something; a terminal whose other end is closed gives an error."""
        if not select.select([self._own], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._own, 65_536)
        except OSError:
            return False
        self.text += data.decode("utf-8", "replace")
        return bool(data)


@pytest.fixture
def terminal() -> Generator[Terminal]:
    with closing(Terminal()) as opened:
        yield opened


@pytest.fixture
def slow_target(new_lab: Callable[..., Lab]) -> str:
    host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
    host.http.faults = Faults(create=Fault(Kind.SLOW, 0.5))
    return host.target


def test_progress_bar_comes_and_goes(terminal: Terminal, spawn: Spawn, slow_target: str) -> None:
    process = spawn("check", slow_target, "-p", POLICY, stderr=terminal.end, variables=COLOURED)
    shown = terminal.read_to_the_end(process)
    assert "asking hosts" in shown
    assert "0/1" in shown
    after = shown.rpartition("asking hosts")[2]
    assert ERASE_LINE in after
    assert SHOW_CURSOR in after
    assert re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", after.rpartition(ERASE_LINE)[2]).strip() == ""
    out, _ = process.communicate()
    assert process.returncode == 1
    assert b"FAIL[store-reachable]" in out
    assert b"\x1b" not in out
    assert b"asking hosts" not in out


def test_pipes_have_no_escape_sequences(spawn: Spawn, slow_target: str) -> None:
    out, err = spawn("check", slow_target, "-p", POLICY, variables=COLOURED).communicate()
    assert b"FAIL[store-reachable]" in out
    assert b"\x1b" not in out
    assert err == b""


def test_colours_on_a_terminal(terminal: Terminal, spawn: Spawn, lab: Lab) -> None:
    target = lab.hosts["ex2016-blocked"].target
    process = spawn("check", target, "-p", POLICY, stdout=terminal.end, variables=COLOURED)
    shown = terminal.read_to_the_end(process)
    assert COLOUR.search(shown)
    assert "FAIL[store-reachable]" in re.sub(r"\x1b\[[\d;]*m", "", shown)


@pytest.mark.parametrize("variables", [COLOURED | {"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_where_none_are_wanted(
    terminal: Terminal, spawn: Spawn, slow_target: str, variables: dict[str, str]
) -> None:
    both = {"stdout": terminal.end, "stderr": terminal.end}
    process = spawn("check", slow_target, "-p", POLICY, variables=variables, **both)
    shown = terminal.read_to_the_end(process)
    assert "FAIL[store-reachable]" in shown
    assert not COLOUR.search(shown)


def test_password_is_asked_for_and_not_shown(terminal: Terminal, spawn: Spawn, lab: Lab) -> None:
    process = ask_for_password(terminal, spawn, lab.hosts["ex2016-healthy"].target)
    terminal.read_until("Password for LAB\\audit: ")
    terminal.type(f"{PASSWORD}\n")
    shown = terminal.read_to_the_end(process)
    assert process.wait() == 0
    assert "10 pass" in shown
    assert PASSWORD not in shown


def test_ctrl_c_at_the_password(terminal: Terminal, spawn: Spawn, lab: Lab) -> None:
    host = lab.hosts["ex2016-healthy"]
    asked = len(host.http.log)
    process = ask_for_password(terminal, spawn, host.target)
    terminal.read_until("Password for LAB\\audit: ")
    terminal.type("\x03")
    shown = terminal.read_to_the_end(process)
    assert process.wait() == 4
    assert shown.endswith("Stopped.\n")
    assert "Traceback" not in shown
    assert len(host.http.log) == asked


def ask_for_password(terminal: Terminal, spawn: Spawn, target: str) -> Popen[bytes]:
    ends = dict.fromkeys(("stdin", "stdout", "stderr"), terminal.end)
    return spawn(
        *("check", target, "-p", POLICY),
        program=OWN_TERMINAL,
        variables={"HKLINT_PASSWORD": None, "TERM": "dumb"},
        start_new_session=True,
        **ends,
    )


# -- characters ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "encoding"),
    [*itertools.product(["terminal", "jsonl", "junit", "sarif"], ["ascii"]), ("terminal", "cp437")],
)
def test_few_characters_are_enough_for_a_german_host(
    spawn: Spawn, lab: Lab, form: str, encoding: str
) -> None:
    target = lab.hosts["ex2016-dotnet"].target
    process = spawn(
        *("check", target, "-p", POLICY, "-v", "--report", form),
        variables={"PYTHONIOENCODING": encoding},
    )
    out, err = process.communicate()
    assert process.returncode == 1, err
    assert b"dotnet-inherits-schannel" in out
    assert (out + err).decode(encoding)
    assert b"bug" not in err


@pytest.mark.parametrize(
    "arguments",
    [["lint"], ["explain", "schannel-protocol"], ["--help"], ["demo", "-o", "x"], ["lab", "hosts"]],
)
def test_few_characters_are_enough_for_other_commands(spawn: Spawn, arguments: list[str]) -> None:
    process = spawn(*arguments, variables={"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate()
    assert process.returncode == 0, err
    assert out.decode("ascii")


@pytest.mark.parametrize(("host_id", "code"), [("ex2016-blocked", 1), ("ex2016-healthy", 0)])
def test_a_reader_that_goes_away_changes_no_verdict(
    spawn: Spawn, lab: Lab, unread: int, host_id: str, code: int
) -> None:
    target = lab.hosts[host_id].target
    process = spawn("gate", target, "-p", POLICY, "--record", "run.jsonl", stdout=unread)
    _, err = process.communicate()
    assert (process.returncode, err) == (code, b"")


def test_a_reader_that_goes_away_from_other_commands(spawn: Spawn, unread: int) -> None:
    process = spawn("explain", "schannel-protocol", stdout=unread)
    _, err = process.communicate()
    assert (process.returncode, err) == (4, b"")


@pytest.fixture
def unread() -> Generator[int]:
    """A pipe to write into whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    yield writing
    os.close(writing)
