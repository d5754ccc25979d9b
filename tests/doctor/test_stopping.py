"""Every step ends in time, and at once when it is told to."""

import socket
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hklint.doctor.examination import Examination, Step
from hklint.failure import Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Cancellation

Walk = Callable[..., Examination]

SOON_SECONDS = 1.5


def in_silence(connection: socket.socket) -> None:
    while connection.recv(65_536):
        continue


def trickling(connection: socket.socket) -> None:
    """One byte now and then: no read ever times out."""
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        connection.sendall(b"x")
        time.sleep(0.05)


def announcing(connection: socket.socket) -> None:
    """There is no end of heads that announce another one."""
    connection.recv(65_536)
    while True:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("serve", [in_silence, trickling, announcing])
def test_a_host_without_an_end(
    walk: Walk, kit: SimpleNamespace, serve: Callable[[socket.socket], None], *, tls: bool
) -> None:
    chosen = {"request_timeout": 0.5, "connect_timeout": 0.5}
    started = time.monotonic()
    with kit.raw_server(serve) as port:
        whole = walk(kit.target_of(port, tls=tls), kit.options(**chosen))
    assert time.monotonic() - started < SOON_SECONDS + 1
    assert whole.conclusion.step is (Step.TLS if tls else Step.SERVICE)


def test_the_deadline_ends_all_steps_together(
    walk: Walk, kit: SimpleNamespace, full_port: int
) -> None:
    started = time.monotonic()
    whole = walk(kit.target_of(full_port), kit.options(deadline=0.5, connect_timeout=5.0))
    assert time.monotonic() - started < SOON_SECONDS
    assert (whole.conclusion.step, whole.conclusion.reason) == (Step.PORT, Reason.TIMED_OUT)


def cancelled(walk: Walk, kit: SimpleNamespace, port: int, *, tls: bool = False) -> Examination:
    """A walk that is cancelled after a moment, and ends soon then."""
    cancellation = Cancellation()
    timer = threading.Timer(0.3, cancellation.cancel)
    started = time.monotonic()
    timer.start()
    whole = walk(kit.target_of(port, tls=tls), kit.options(cancellation=cancellation))
    timer.join()
    assert time.monotonic() - started < SOON_SECONDS
    assert whole.conclusion.reason is Reason.CANCELLED
    return whole


def test_cancelled_at_the_name(
    walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(10))
    assert cancelled(walk, kit, 5985).conclusion.step is Step.NAME
    answered.set()


def test_cancelled_at_the_port(walk: Walk, kit: SimpleNamespace, full_port: int) -> None:
    assert cancelled(walk, kit, full_port).conclusion.step is Step.PORT


def test_cancelled_in_the_handshake(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.raw_server(in_silence) as port:
        assert cancelled(walk, kit, port, tls=True).conclusion.step is Step.TLS


def test_cancelled_at_the_service(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.raw_server(in_silence) as port:
        assert cancelled(walk, kit, port).conclusion.step is Step.SERVICE


def test_cancelled_in_the_session(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host(faults=Faults(receive=Fault(Kind.HANG))) as host:
        assert cancelled(walk, kit, host.port).conclusion.step is Step.SESSION
        assert host.open_shells() == ()


def test_cancelled_before_it_begins(walk: Walk, kit: SimpleNamespace) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    with kit.lab_host() as host:
        whole = walk(kit.target_of(host), kit.options(cancellation=cancellation))
        assert host.connections == 0
    assert (whole.conclusion.number, whole.conclusion.reason) == (1, Reason.CANCELLED)
