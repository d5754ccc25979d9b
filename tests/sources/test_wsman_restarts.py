"""A host that restarts in mid-session is told apart from one that is down, and from a broken line.

Closing the session is what tells: whether the host answers, and whether it knows the session.
"""

import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hklint.failure import Failure, Reason
from hklint.lab.wire import Fault, Faults, Kind, WsmanServer

LEFT_OPEN = "the session could not be closed, the host ends it after 60 s"

Happening = Callable[[WsmanServer], None]


def in_mid_pipeline(
    kit: SimpleNamespace, happening: Happening, *, tls: bool = False, **chosen: object
) -> Failure:
    """How asking fails when this happens to the host while the collector runs."""
    running = threading.Event()

    def script(_request: str, stopped: threading.Event) -> str:
        running.set()
        stopped.wait(10)
        return ""

    def happen() -> None:
        assert running.wait(10)
        happening(host)

    with kit.lab_host(script, tls=kit.certificates.good if tls else None) as host:
        thread = threading.Thread(target=happen)
        thread.start()
        chosen = {"ca_file": kit.certificates.ca} | chosen
        outcome: Failure = kit.failure(kit.target_of(host, tls=tls), **chosen)
        thread.join()
    assert outcome.phase == "running the collector"
    return outcome


def restart(host: WsmanServer) -> None:
    host.restart()


def lose_power(host: WsmanServer) -> None:
    host._needed().listener.stop()


def restart_slowly(host: WsmanServer) -> None:
    host.faults = Faults(authenticate=Fault(Kind.UNAVAILABLE))
    host.restart()


def close_all_shells(host: WsmanServer) -> None:
    """What the host's own end of a session looks like where connections survive it."""
    host._needed().service.close()


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("happening", [restart, close_all_shells])
def test_restart(kit: SimpleNamespace, happening: Happening, *, tls: bool) -> None:
    outcome = in_mid_pipeline(kit, happening, tls=tls)
    assert outcome.reason is Reason.HOST_RESTARTED, outcome
    assert outcome.detail.endswith("; it answers, and no longer knows the session")


@pytest.mark.parametrize("tls", [False, True])
def test_restart_that_takes_its_time(kit: SimpleNamespace, *, tls: bool) -> None:
    outcome = in_mid_pipeline(kit, restart_slowly, tls=tls)
    assert outcome.reason is Reason.HOST_RESTARTED, outcome
    assert "its WinRM service is starting or stopped (HTTP 503)" in outcome.detail


@pytest.mark.parametrize("tls", [False, True])
def test_host_that_goes_down(kit: SimpleNamespace, *, tls: bool) -> None:
    outcome = in_mid_pipeline(kit, lose_power, tls=tls)
    assert outcome.reason is Reason.CONNECTION_LOST, outcome
    assert outcome.detail.endswith(f"; it does not answer any more; {LEFT_OPEN}")


def test_line_that_breaks(kit: SimpleNamespace) -> None:
    outcome = kit.failure_at_lab(faults=Faults(command=Fault(Kind.DROP)))
    assert outcome.reason is Reason.CONNECTION_LOST
    assert outcome.detail.endswith(
        "; on a new connection it answers, and the session was still there"
    )


def test_session_that_the_host_never_made(kit: SimpleNamespace) -> None:
    """The host doesn't know it either; that is no restart."""
    outcome = kit.failure_at_lab(faults=Faults(create=Fault(Kind.DROP)))
    assert outcome.reason is Reason.CONNECTION_LOST
    assert outcome.detail.endswith("closed the connection")


def test_host_that_says_nothing_and_then_knows_nothing(kit: SimpleNamespace) -> None:
    """As a virtual machine that is reset: no connection is closed, no request is answered."""

    def reset(host: WsmanServer) -> None:
        shells = host._needed().service._shells
        forgotten = dict(shells)
        shells.clear()
        for shell in forgotten.values():
            threading.Timer(2.2, shell.close).start()

    outcome = in_mid_pipeline(kit, reset, deadline=2.0)
    assert outcome.reason is Reason.HOST_RESTARTED, outcome
    assert "no longer knows the session" in outcome.detail


@pytest.mark.parametrize("kind", [Kind.HTML, Kind.FORBID, Kind.ACCESS_DENIED])
def test_host_that_does_not_close_the_session(kit: SimpleNamespace, kind: Kind) -> None:
    """It answers: nothing is claimed about its state, and that the session stays is said."""
    faults = Faults(command=Fault(Kind.DROP), delete=Fault(kind))
    with kit.lab_host(faults=faults) as host:
        outcome = kit.failure(kit.target_of(host))
    assert outcome.reason is Reason.CONNECTION_LOST
    assert outcome.detail.endswith(f"closed the connection; {LEFT_OPEN}")
