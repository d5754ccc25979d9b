"""Deadlines and cancelling: a conversation over a process ends in time, and closes its session."""

import _thread
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Answered, Cancellation

Outcome = Answered | Failure
Timed = Callable[..., tuple[Outcome, float]]

LATE = 0.7
PATIENCE_SECONDS = 20


def when_running(file: Path, act: Callable[[], object]) -> tuple[threading.Thread, list[float]]:
    """Acts as soon as the host says that its script runs; the list gets the time of that."""
    at: list[float] = []

    def wait() -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until and (not file.exists() or file.read_text() != "running"):
            time.sleep(0.02)
        at.append(time.monotonic())
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread, at


def test_a_script_that_never_ends_is_stopped(timed: Timed, tmp_path: Path) -> None:
    """The host is told to close the pipeline, and not only cut off."""
    file = tmp_path / "state"
    outcome, seconds = timed("lab_host.py", "hangs", "nothing", str(file), deadline=3.0)
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "running the collector")
    assert seconds < 3.0 + LATE
    assert file.read_text() == "stopped"


def test_a_slow_script_is_waited_for(timed: Timed) -> None:
    """`--request-timeout` is for answers of the host; a script may think as long as it needs."""
    outcome, seconds = timed("lab_host.py", "is-slow", request_timeout=1.0)
    assert isinstance(outcome, Answered), outcome
    assert seconds > 1.5


def test_cancel_closes_the_session(timed: Timed, tmp_path: Path) -> None:
    file = tmp_path / "state"
    cancellation = Cancellation()
    thread, at = when_running(file, cancellation.cancel)
    outcome, _ = timed("lab_host.py", "hangs", "nothing", str(file), cancellation=cancellation)
    assert time.monotonic() - at[0] < 2.0
    thread.join()
    assert (outcome.reason, outcome.phase) == (Reason.CANCELLED, "running the collector")
    assert file.read_text() == "stopped"


@pytest.mark.parametrize("way", ["listen_for_ever", "is_deaf", "complains_without_end"])
def test_cancel_ends_a_process_that_does_not_care(timed: Timed, tmp_path: Path, way: str) -> None:
    cancellation = Cancellation()
    at: list[float] = []

    def cancel() -> None:
        at.append(time.monotonic())
        cancellation.cancel()

    timer = threading.Timer(0.7, cancel)
    timer.start()
    file = str(tmp_path / "pids")
    outcome, _ = timed("hostile_host.py", way, file, deadline=60.0, cancellation=cancellation)
    assert time.monotonic() - at[0] < 2.0
    timer.join()
    assert (outcome.reason, outcome.phase) == (Reason.CANCELLED, "opening a session")


def test_ctrl_c_closes_the_session_and_is_passed_on(timed: Timed, tmp_path: Path) -> None:
    file = tmp_path / "state"
    thread, _ = when_running(file, _thread.interrupt_main)
    with pytest.raises(KeyboardInterrupt):
        timed("lab_host.py", "hangs", "nothing", str(file), deadline=60.0)
    thread.join()
    assert file.read_text() == "stopped"


def test_many_at_once(timed: Timed) -> None:
    """Pipes of one process are not inherited by another, which would keep them open."""
    outcomes: list[Outcome] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(timed("lab_host.py", "answers")[0]))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(outcome) for outcome in outcomes] == [Answered] * 8
