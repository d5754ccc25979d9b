"""`hklint doctor` from end to end: what it shows, its JSON, its exit codes, and how it stops."""

import json
import re
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from typing import Any

import msgspec
import pytest

from hklint.doctor.examination import Examination, Mark, Step
from hklint.lab.lab import Lab, LabHost
from hklint.lab.wire import Fault, Faults, Kind

Command = Callable[..., Any]
Spawn = Callable[..., Popen[bytes]]

GOLDEN = Path(__file__).parent / "golden" / "doctor"
PASSWORD = "Lab-audit-1"
_VARYING = (
    (re.compile(r"( +)[0-9.]+ m?s  "), lambda found: "- s  ".rjust(len(found[0]))),
    (re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"), "2026-03-04T05:06:07Z"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}\b"), "2026-03-06"),
    (re.compile(r'"seconds": [0-9.]+'), '"seconds": 0.1'),
    (re.compile(r'"milliseconds": \d+'), '"milliseconds": 1'),
    (re.compile(r'"clock_ahead_seconds": -?\d+'), '"clock_ahead_seconds": 0'),
    (re.compile(r"\b[0-9A-F]{40}\b"), "0" * 40),
    (re.compile(r"(127\.0\.0\.1(?::| port ))\d{5}\b"), r"\g<1>50505"),
)


def same_every_time(text: str, lab: Lab) -> str:
    """The text with the same durations, days, thumbprints and ports (of five digits) always."""
    text = text.replace(str(lab.ca_file), "/lab/ca.pem")
    for varying, fixed in _VARYING:
        text = varying.sub(fixed, text)
    return text


@pytest.fixture(scope="module")
def host(lab: Lab) -> LabHost:
    return lab.hosts["ex2016-healthy"]


@pytest.fixture
def compare(lab: Lab, updating: bool) -> Callable[[str, str], None]:  # noqa: FBT001 - a fixture's value
    """Compares what was written with a golden file."""

    def check(name: str, written: str) -> None:
        text = same_every_time(written, lab)
        file = GOLDEN / name
        if updating:
            file.write_text(text, "utf-8")
        assert text == file.read_text("utf-8")

    return check


ENDS: dict[str, tuple[str, ...]] = {
    "works": ("{http}",),
    "works-tls": ("{https}", "--ca", "{ca}"),
    "works-tls-verbose": ("{https}", "--ca", "{ca}", "-v"),
    "unknown-ca": ("{https}",),
    "tls-without-tls": ("{https_plainly}",),
    "no-endpoint": ("{http}", "--configuration", "hklint"),
    "no-name": ("psrp://audit@nosuch.invalid",),
}


@pytest.mark.parametrize("name", ENDS)
def test_what_is_shown(
    hklint_command: Command, lab: Lab, host: LabHost, compare: Callable[[str, str], None], name: str
) -> None:
    places = {
        "http": host.target,
        "https": host.tls_target,
        "https_plainly": host.tls_target.replace("psrps:", "psrp:"),
        "ca": lab.ca_file,
    }
    words = [word.format(**places) for word in ENDS[name]]
    done = hklint_command("doctor", *words)
    assert done.code == (0 if name.startswith("works") else 4)
    assert done.err == ""
    compare(f"{name}.txt", done.out)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_widths(
    hklint_command: Command,
    lab: Lab,
    host: LabHost,
    compare: Callable[[str, str], None],
    columns: int,
) -> None:
    target = host.tls_target
    done = hklint_command("doctor", target, "--ca", lab.ca_file, COLUMNS=str(columns))
    lines = done.out.replace(str(lab.ca_file), "").splitlines()
    assert max(map(len, lines)) <= columns
    compare(f"{columns}-columns.txt", done.out)


def test_json(
    hklint_command: Command, lab: Lab, host: LabHost, compare: Callable[[str, str], None]
) -> None:
    done = hklint_command("doctor", host.tls_target, "--ca", lab.ca_file, "--json")
    assert (done.code, done.err) == (0, "")
    read = msgspec.json.decode(done.out, type=Examination)
    assert read.conclusion.works
    assert {finding.mark for finding in read.findings} <= {Mark.OK, Mark.NOTE}
    compare("works.json", done.out)


def test_json_of_a_way_that_ends(hklint_command: Command, host: LabHost) -> None:
    done = hklint_command("doctor", host.target, "--json", HKLINT_PASSWORD="Another-1")
    assert done.code == 4
    read = json.loads(done.out)
    assert read["conclusion"]["step"] == "authentication"
    assert read["conclusion"]["number"] == 5
    assert read["conclusion"]["reason"] == "authentication-failed"
    assert [each["mark"] for each in read["findings"][5:]] == ["not-tried"] * 3
    assert "Another-1" not in done.out


# -- usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Missing argument 'TARGET'"),
        (("psrp://a:b@ex01",), "a target never holds a password"),
        (("psrp://ex01", "--auth", "basic", "--user", "a"), "Basic over http"),
        (("local:",), "no Windows here; name a host"),
        (("ex01.json",), "ex01.json"),
    ],
)
def test_usage(hklint_command: Command, words: tuple[str, ...], says: str) -> None:
    done = hklint_command("doctor", *words)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_no_way_leads_to_a_file(hklint_command: Command, host: LabHost) -> None:
    assert (
        hklint_command(
            "snapshot", host.target, "-p", "exchange-store-addins", "-o", "ex01.json"
        ).code
        == 0
    )
    done = hklint_command("doctor", "ex01.json")
    assert (done.code, done.out) == (2, "")
    assert "no way leads to a file: name a host" in done.err


def test_help(hklint_command: Command) -> None:
    done = hklint_command("doctor", "--help")
    assert done.code == 0
    for word in ("--json", "psrps://", "ssh://", "local:", "Exit codes:"):
        assert word in done.out


def test_characters_that_a_console_has(spawn: Spawn, host: LabHost) -> None:
    process = spawn("doctor", host.target, variables={"PYTHONIOENCODING": "ascii"})
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert b"  1 ok name" in out
    assert b"  3 -  TLS " in out


# -- stopping --------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize(
    ("action", "step"), [("authenticate", Step.SERVICE), ("receive", Step.SESSION)]
)
def test_ctrl_c(new_lab: Callable[..., Lab], spawn: Spawn, action: str, step: Step) -> None:
    host = new_lab("ex2016-healthy").hosts["ex2016-healthy"]
    host.http.faults = Faults(**{action: Fault(Kind.HANG)})
    hangs = threading.Event()
    watched = Watched(hangs)
    host.http._circumstances.interrupted = watched  # pyright: ignore[reportPrivateUsage]
    process = spawn("doctor", host.target)
    assert hangs.wait(20)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=8)
    shown = out.decode()
    assert process.returncode == 4
    assert f"{step.value}: the run was stopped" in shown
    assert b"Traceback" not in err
    assert host.http.open_shells() == ()


class Watched(threading.Event):
    """What the lab waits for while it hangs; says that it does."""

    def __init__(self, hangs: threading.Event) -> None:
        super().__init__()
        self._hangs = hangs

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            self._hangs.set()
        return super().wait(timeout)
