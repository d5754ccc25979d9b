"""Processes that break the rules: each ends in a failure of its own, in time."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered

Outcome = Answered | Failure
Timed = Callable[..., tuple[Outcome, float]]

POOL = "00000000-0000-0000-0000-000000000000"
OTHER = "11111111-2222-3333-4444-555555555555"
LATE = 0.7
"""Seconds that a busy machine may need beyond the deadline."""


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("Write-Host says hello", "a line that is no packet"),
        ("<Data", "a line that is no packet"),
        ("\udcff\udcfe", "a line that is no packet"),
        (f"<DataAck PSGuid='{POOL}'/><DataAck PSGuid='{POOL}'/>", "a line that is no packet"),
        ("<Hello PSGuid='{POOL}'/>", "an element that is no packet"),
        ("<DataAck/>", "an element that is no packet"),
        (f"<DataAck PSGuid='{POOL}'><b/></DataAck>", "an element that is no packet"),
        (f"<Data PSGuid='{POOL}'>AAAA</Data>", "an element that is no packet"),
        ("<DataAck PSGuid='me'/>", "a packet with a GUID or data that cannot be read"),
        (
            f"<Data Stream='Default' PSGuid='{POOL}'>AAA</Data>",
            "a packet with a GUID or data that cannot be read",
        ),
        (
            f"<Data Stream='Default' PSGuid='{POOL}'>ÄÄÄÄ</Data>",
            "a packet with a GUID or data that cannot be read",
        ),
        (
            f"<Data Stream='Default' PSGuid='{POOL}'></Data>",
            "a packet with too much or too little in it",
        ),
        (f"<DataAck PSGuid='{POOL}'>AAAA</DataAck>", "a packet with too much or too little in it"),
        (
            f"<Data Stream='PromptResponse' PSGuid='{POOL}'>AAAA</Data>",
            "data of a stream that nobody asked for",
        ),
        (f"<Data Stream='Default' PSGuid='{OTHER}'>AAAA</Data>", "a packet Data that is not due"),
        (f"<DataAck PSGuid='{POOL}'/>", "a packet DataAck that is not due"),
        (f"<CommandAck PSGuid='{OTHER}'/>", "a packet CommandAck that is not due"),
        (f"<Close PSGuid='{POOL}'/>", "a packet Close that is not due"),
        (f"<Data Stream='Default' PSGuid='{POOL}'>AAAA</Data>", "a fragment that is cut short"),
    ],
)
def test_what_is_no_packet_or_not_due(timed: Timed, line: str, detail: str) -> None:
    outcome, seconds = timed("hostile_host.py", "says", line)
    assert outcome == Failure(
        Reason.PROTOCOL_ERROR, "opening a session", f"this computer sent {detail}"
    )
    assert seconds < 3


def test_an_error_that_powershell_reports_itself(timed: Timed) -> None:
    """In SSH server mode it stands on the output, in as many lines as it has."""
    line = "__NamedPipeError__:Der Prozess kann nicht\nfortgesetzt werden"
    outcome, _ = timed("hostile_host.py", "says", line)
    assert outcome.reason is Reason.COLLECTOR_FAILED
    assert outcome.detail == "PowerShell on this computer reports: Der Prozess kann nicht"


@pytest.mark.parametrize(
    ("way", "reason", "detail"),
    [
        ("bombs", Reason.PROTOCOL_ERROR, "a line that is no packet"),
        ("writes_a_line_without_end", Reason.COLLECTOR_FAILED, "more data than any answer has"),
        ("sends_packets_without_end", Reason.COLLECTOR_FAILED, "more data than any answer has"),
        ("closes_its_output", Reason.CONNECTION_LOST, "closed its output"),
        ("breaks_off", Reason.CONNECTION_LOST, "ended (status 7): The memory is used up."),
    ],
)
def test_hostile_process(timed: Timed, way: str, reason: Reason, detail: str) -> None:
    outcome, seconds = timed("hostile_host.py", way)
    assert outcome.reason is reason, outcome
    assert detail in outcome.detail
    assert seconds < 6


@pytest.mark.parametrize(
    "way", ["listen_for_ever", "acknowledges_and_is_silent", "complains_without_end"]
)
def test_a_process_that_does_not_answer(timed: Timed, way: str) -> None:
    outcome, seconds = timed("hostile_host.py", way, deadline=2.0)
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "opening a session")
    assert seconds < 2.0 + LATE


def test_each_answer_has_its_own_time(timed: Timed) -> None:
    outcome, seconds = timed("hostile_host.py", "acknowledges_and_is_silent", request_timeout=1.0)
    assert outcome.reason is Reason.TIMED_OUT
    assert seconds < 1.0 + 1.7 + LATE


def test_a_deaf_process_is_killed_with_all_that_it_started(timed: Timed, tmp_path: Path) -> None:
    file = tmp_path / "pids"
    outcome, seconds = timed("hostile_host.py", "is_deaf", str(file), deadline=2.0)
    assert outcome.reason is Reason.TIMED_OUT
    assert seconds < 2.0 + LATE
    for pid in map(int, file.read_text().split()):
        assert_ends(pid)


def test_a_process_whose_pipes_are_kept_open(timed: Timed, tmp_path: Path) -> None:
    file = tmp_path / "pid"
    outcome, seconds = timed("hostile_host.py", "leaves_somebody_behind", str(file), deadline=2.0)
    os.kill(int(file.read_text()), 9)
    assert outcome.reason is Reason.TIMED_OUT
    assert seconds < 2.0 + LATE


def assert_ends(pid: int) -> None:
    """A killed process whose parent is gone may be there until somebody reaps it."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return
        if state == "Z":
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} still runs")
