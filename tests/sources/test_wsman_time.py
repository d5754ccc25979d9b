"""Deadlines and cancelling: every conversation ends in time, and leaves no shell behind."""

import _thread
import json
import socket
import threading
import time
from types import SimpleNamespace

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.wsman import WSMan

from hklint.failure import Failure, Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Answered, Cancellation, collect
from hklint.sources.wsman.connection import OPERATION_TIMED_OUT
from hklint.target import WsmanTarget

LATE = 0.5
"""Seconds that a busy machine may need beyond the deadline."""


def timed(
    kit: SimpleNamespace, target: WsmanTarget, **chosen: object
) -> tuple[Answered | Failure, float]:
    started = time.monotonic()
    outcome = collect(target, kit.REQUEST, kit.options(**chosen))
    return outcome, time.monotonic() - started


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        ("authenticate", "logging on"),
        ("create", "opening a session"),
        ("command", "running the collector"),
        ("receive", "opening a session"),
    ],
)
@pytest.mark.parametrize("tls", [False, True])
def test_hang_ends_at_the_deadline(kit: SimpleNamespace, at: str, phase: str, *, tls: bool) -> None:
    faults = Faults(**{at: Fault(Kind.HANG)})
    with kit.lab_host(faults=faults, tls=kit.certificates.good if tls else None) as host:
        outcome, seconds = timed(
            kit,
            kit.target_of(host, tls=tls),
            deadline=2.0,
            ca_file=kit.certificates.ca,
            authentication="basic" if tls else "negotiate",
        )
        assert host.open_shells() == ()
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.TIMED_OUT
    if not (tls and at == "create"):  # with Basic, logging on and Create are one request
        assert outcome.phase == phase
    assert seconds < 2.0 + LATE


def test_script_that_never_ends(kit: SimpleNamespace) -> None:
    with kit.lab_host(kit.never_ending) as host:
        outcome, seconds = timed(kit, kit.target_of(host), deadline=2.0)
        assert host.open_shells() == ()
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "running the collector")
    assert "before the deadline" in outcome.detail
    assert seconds < 2.0 + LATE


def test_host_that_says_nothing_at_all(kit: SimpleNamespace) -> None:
    def silent(connection: socket.socket) -> None:
        while connection.recv(65_536):
            pass

    with kit.raw_server(silent) as port:
        for tls in (False, True):
            outcome, seconds = timed(kit, kit.target_of(port, tls=tls), deadline=1.0)
            assert outcome.reason is Reason.TIMED_OUT
            assert seconds < 1.0 + LATE


def test_host_that_drips(kit: SimpleNamespace) -> None:
    def drip(connection: socket.socket) -> None:
        connection.recv(65_536)
        for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1000:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    with kit.raw_server(drip) as port:
        outcome, seconds = timed(kit, kit.target_of(port), deadline=1.0)
    assert outcome.reason is Reason.TIMED_OUT
    assert seconds < 1.0 + LATE


def test_name_service_that_hangs(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    def hang(*_args: object, **_options: object) -> list[object]:
        released.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    outcome, seconds = timed(kit, kit.target_of(5985, name="exch01"), deadline=1.0)
    released.set()
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "connecting")
    assert seconds < 1.0 + LATE


def test_a_read_that_times_out_is_not_tried_again(
    kit: SimpleNamespace,
) -> None:
    with kit.lab_host(faults=Faults(receive=Fault(Kind.HANG))) as host:
        outcome, seconds = timed(kit, kit.target_of(host), deadline=8.0, request_timeout=2.2)
        assert host.open_shells() == ()
    assert outcome.reason is Reason.TIMED_OUT
    assert "within 2.2 s; on a new connection it answers" in outcome.detail
    assert seconds < 2.2 + LATE


@pytest.mark.parametrize(
    ("at", "phase"),
    [
        ("authenticate", "logging on"),
        ("create", "opening a session"),
        ("command", "running the collector"),
    ],
)
def test_each_answer_has_its_own_limit(kit: SimpleNamespace, at: str, phase: str) -> None:
    """A host that is too slow at one place; the deadline is far off."""
    with kit.lab_host(faults=Faults(**{at: Fault(Kind.SLOW, seconds=2.0)})) as host:
        outcome, seconds = timed(kit, kit.target_of(host), deadline=60.0, request_timeout=1.0)
        assert host.open_shells() == ()
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, phase)
    assert "within 1 s" in outcome.detail
    assert "attempts" not in outcome.detail
    assert seconds < 1.0 + LATE


def test_host_that_opens_slowly(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says "nothing yet" to the first Receive, where pypsrp would give up."""
    receive, calls = WSMan.receive, iter(range(2))

    def nothing_yet(self: WSMan, *args: object) -> object:
        if next(calls, None) is not None:
            raise WSManFaultError(OPERATION_TIMED_OUT, *[None] * 5)
        return receive(self, *args)

    monkeypatch.setattr(WSMan, "receive", nothing_yet)
    with kit.lab_host() as host:
        outcome, _ = timed(kit, kit.target_of(host))
    assert isinstance(outcome, Answered), outcome


def test_quiet_script_is_waited_for(kit: SimpleNamespace) -> None:
    """The host answers "nothing yet" once a second; that is no failure."""

    def script(request: str, stopped: threading.Event) -> str:
        stopped.wait(2.5)
        return json.dumps(kit.answer_to(request))

    with kit.lab_host(script) as host:
        outcome, _ = timed(kit, kit.target_of(host), deadline=7.0)
        faults = [exchange.fault for exchange in host.log if exchange.fault]
    assert isinstance(outcome, Answered), outcome
    assert set(faults) == {2150858793}


def cancel_when(cancellation: Cancellation, event: threading.Event) -> list[float]:
    at: list[float] = []

    def wait() -> None:
        event.wait(10)
        time.sleep(0.1)  # so that the Receive is pending
        at.append(time.monotonic())
        cancellation.cancel()

    threading.Thread(target=wait, daemon=True).start()
    return at


@pytest.mark.parametrize("tls", [False, True])
def test_cancel_ends_a_pending_receive_and_closes_the_shell(
    kit: SimpleNamespace, *, tls: bool
) -> None:
    running = threading.Event()

    def script(_request: str, stopped: threading.Event) -> str:
        running.set()
        stopped.wait(30)
        return ""

    cancellation = Cancellation()
    with kit.lab_host(script, tls=kit.certificates.good if tls else None) as host:
        cancelled_at = cancel_when(cancellation, running)
        outcome, _ = timed(
            kit,
            kit.target_of(host, tls=tls),
            deadline=60.0,
            cancellation=cancellation,
            authentication="basic" if tls else "negotiate",
            ca_file=kit.certificates.ca,
        )
        assert time.monotonic() - cancelled_at[0] < 2.0
        assert host.open_shells() == ()
    assert (outcome.reason, outcome.phase) == (Reason.CANCELLED, "running the collector")
    assert "could not be closed" not in outcome.detail


def test_cancel_ends_all_conversations(kit: SimpleNamespace) -> None:
    arrived = threading.Semaphore(0)
    all_running = threading.Event()

    def script(_request: str, stopped: threading.Event) -> str:
        arrived.release()
        stopped.wait(30)
        return ""

    cancellation = Cancellation()
    outcomes: list[object] = []
    with kit.lab_host(script) as host:
        threads = [
            threading.Thread(
                target=lambda: outcomes.append(
                    timed(kit, kit.target_of(host), deadline=60.0, cancellation=cancellation)[0]
                )
            )
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert arrived.acquire(timeout=20)
        cancelled_at = cancel_when(cancellation, all_running)
        all_running.set()
        for thread in threads:
            thread.join()
        assert time.monotonic() - cancelled_at[0] < 2.0
        assert host.open_shells() == ()
    assert [outcome.reason for outcome in outcomes] == [Reason.CANCELLED] * 12


def test_cancel_ends_the_closing_of_a_lost_session(kit: SimpleNamespace) -> None:
    """It is given more time than two seconds where nobody waits."""
    cancellation = Cancellation()
    faults = Faults(command=Fault(Kind.DROP), delete=Fault(Kind.HANG))
    with kit.lab_host(faults=faults) as host:
        cancelling = threading.Timer(0.7, cancellation.cancel)
        cancelling.start()
        outcome, seconds = timed(kit, kit.target_of(host), deadline=60.0, cancellation=cancellation)
        cancelling.join()
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.CONNECTION_LOST
    assert "the session could not be closed" in outcome.detail
    assert 0.7 < seconds < 0.7 + 2.0 + LATE


def test_cancelled_before_it_began(kit: SimpleNamespace) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with kit.lab_host() as host:
        outcome, _ = timed(kit, kit.target_of(host), cancellation=cancellation)
        assert host.connections == 0
    assert outcome.reason is Reason.CANCELLED


def test_a_shell_that_cannot_be_closed_is_confessed(kit: SimpleNamespace) -> None:
    faults = Faults(receive=Fault(Kind.HANG), delete=Fault(Kind.HANG))
    with kit.lab_host(faults=faults) as host:
        outcome, seconds = timed(kit, kit.target_of(host), deadline=2.0)
        assert len(host.open_shells()) == 1
    assert outcome.reason is Reason.TIMED_OUT
    assert "the session could not be closed, the host ends it after 60 s" in outcome.detail
    assert seconds < 2.0 + LATE


def test_ctrl_c_closes_the_shell_and_is_passed_on(kit: SimpleNamespace) -> None:
    def script(_request: str, stopped: threading.Event) -> str:
        _thread.interrupt_main()
        stopped.wait(30)
        return ""

    with kit.lab_host(script) as host:
        with pytest.raises(KeyboardInterrupt):
            timed(kit, kit.target_of(host), deadline=60.0)
        assert host.open_shells() == ()


@pytest.mark.parametrize("chosen", [{"deadline": 1.0}, {"request_timeout": 0.5, "retries": 0}])
def test_a_session_that_the_host_opens_when_nobody_waits_any_more(
    kit: SimpleNamespace, chosen: dict[str, object]
) -> None:
    """It cannot be closed before it is there; what is known about it is said."""
    faults = Faults(create=Fault(Kind.SLOW, seconds=1.5))
    with kit.lab_host(faults=faults) as host:
        outcome, _ = timed(kit, kit.target_of(host), **chosen)
        assert host.open_shells() == ()
    assert outcome.reason is Reason.TIMED_OUT
    assert "if the host still opens the session, it ends it after 60 s" in outcome.detail


def test_a_handshake_gets_the_time_of_a_connection(kit: SimpleNamespace) -> None:
    def silent(connection: socket.socket) -> None:
        while connection.recv(65_536):
            continue

    with kit.raw_server(silent) as port:
        target = kit.target_of(port, tls=True)
        outcome = kit.failure(target, connect_timeout=0.4, request_timeout=5.0)
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "connecting")
    assert "within 0.4 s" in outcome.detail
