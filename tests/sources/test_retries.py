"""What is asked again and what is not: no message twice, no account twice, nothing too late."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from hklint.failure import Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Answered, Cancellation, attempts, collect

LATE = 0.5
"""Seconds that a busy machine may need beyond the deadline."""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that no test needs to wait for."""
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 0.02)


@pytest.fixture
def full_port() -> Iterator[int]:
    """A port whose queue of connections is full: nobody answers there (as Linux does it)."""
    waiting: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        for _ in range(4):
            waiting.append(socket.socket())
            waiting[-1].settimeout(0)
            waiting[-1].connect_ex(("127.0.0.1", port))
        yield port
    for connection in waiting:
        connection.close()


@pytest.mark.usefixtures("quick")
def test_a_host_that_takes_no_connection(kit: SimpleNamespace, full_port: int) -> None:
    started = time.monotonic()
    outcome = kit.failure(kit.target_of(full_port), connect_timeout=0.3, retries=1)
    assert time.monotonic() - started < 0.3 + 0.3 + LATE
    assert (outcome.reason, outcome.phase) == (Reason.TIMED_OUT, "connecting")
    assert "within 0.3 s; 2 attempts" in outcome.detail


def test_the_deadline_holds_whatever_is_tried(kit: SimpleNamespace, full_port: int) -> None:
    started = time.monotonic()
    outcome = kit.failure(kit.target_of(full_port), connect_timeout=0.4, retries=10, deadline=2.5)
    assert time.monotonic() - started < 2.5 + LATE
    assert outcome.reason is Reason.TIMED_OUT
    assert "attempts in" in outcome.detail


@pytest.mark.usefixtures("quick")
def test_a_port_where_nobody_listens(kit: SimpleNamespace) -> None:
    outcome = kit.failure(kit.target_of(kit.free_port()))
    assert outcome.reason is Reason.CONNECTION_REFUSED
    assert "refuses connections; 3 attempts in 0 s" in outcome.detail


def test_a_host_that_comes_up_meanwhile(kit: SimpleNamespace) -> None:
    port = kit.free_port()
    with kit.lab_host(port=port) as host:
        host.stop()
        starting = threading.Timer(0.2, host.start)
        starting.start()
        outcome = collect(kit.target_of(port), kit.REQUEST, kit.options())
        starting.join()
        assert host.open_shells() == ()
    assert isinstance(outcome, Answered), outcome
    assert outcome.seconds > 0.2


@pytest.mark.usefixtures("quick")
def test_a_connection_that_breaks_before_anything_was_said(kit: SimpleNamespace) -> None:
    connections: list[int] = []

    def serve(connection: socket.socket) -> None:
        connections.append(len(connection.recv(65_536)))

    with kit.raw_server(serve) as port:
        outcome = kit.failure(kit.target_of(port))
    assert (outcome.reason, outcome.phase) == (Reason.CONNECTION_LOST, "logging on")
    assert len(connections) == 3


def ntlm_challenger(connection: socket.socket) -> None:
    """Asks for a logon, and hangs up when the account is shown."""
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 401 \r\nWWW-Authenticate: Negotiate\r\nContent-Length: 0\r\n\r\n")
    assert b"\r\nAuthorization: " in connection.recv(65_536)


@pytest.mark.usefixtures("quick")
def test_a_connection_that_breaks_in_mid_logon(kit: SimpleNamespace) -> None:
    """It may hide a refusal, and refusals lock accounts."""
    connections: list[socket.socket] = []

    def serve(connection: socket.socket) -> None:
        connections.append(connection)
        ntlm_challenger(connection)

    with kit.raw_server(serve) as port:
        outcome = kit.failure(kit.target_of(port))
    assert (outcome.reason, outcome.phase) == (Reason.CONNECTION_LOST, "logging on")
    assert "attempts" not in outcome.detail
    assert len(connections) == 1


@pytest.mark.usefixtures("quick")
def test_a_wrong_password(kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        outcome = kit.failure(kit.target_of(host), password="wrong-9f3b")
        assert host.connections == 1
    assert outcome.reason is Reason.AUTHENTICATION_FAILED


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("action", ["create", "command", "receive"])
def test_a_message_that_may_have_arrived(kit: SimpleNamespace, action: str) -> None:
    with kit.lab_host(faults=Faults(**{action: Fault(Kind.DROP)})) as host:
        outcome = kit.failure(kit.target_of(host))
        assert [exchange.action for exchange in host.log].count(action) == 1
        assert host.open_shells() == ()
    assert outcome.reason is Reason.CONNECTION_LOST


Prepare = Callable[[SimpleNamespace], dict[str, object]]


def over_http(_kit: SimpleNamespace) -> dict[str, object]:
    return {}


def over_tls(kit: SimpleNamespace) -> dict[str, object]:
    return {"tls": kit.certificates.good}


@pytest.mark.parametrize("lab", [over_http, over_tls])
@pytest.mark.parametrize("action", ["authenticate", "create"])
def test_a_service_that_is_starting(kit: SimpleNamespace, lab: Prepare, action: str) -> None:
    """HTTP.sys says 503 for a service that is not there: it has passed nothing on."""
    with kit.lab_host(faults=Faults(**{action: Fault(Kind.UNAVAILABLE)}), **lab(kit)) as host:
        threading.Timer(0.2, setattr, (host, "faults", Faults())).start()
        target = kit.target_of(host, tls="tls" in lab(kit))
        outcome = collect(target, kit.REQUEST, kit.options(ca_file=kit.certificates.ca))
        assert host.open_shells() == ()
    assert isinstance(outcome, Answered), outcome


@pytest.mark.usefixtures("quick")
def test_a_service_that_does_not_start(kit: SimpleNamespace) -> None:
    outcome = kit.failure_at_lab(faults=Faults(create=Fault(Kind.UNAVAILABLE)))
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "HTTP 503: the WinRM service is starting or stopped; 3 attempts" in outcome.detail


@pytest.mark.usefixtures("quick")
def test_a_service_that_goes_away_in_mid_session_is_not_asked_again(kit: SimpleNamespace) -> None:
    with kit.lab_host(faults=Faults(command=Fault(Kind.UNAVAILABLE))) as host:
        outcome = kit.failure(kit.target_of(host))
        assert [exchange.action for exchange in host.log].count("create") == 1
        assert host.open_shells() == ()
    assert outcome.reason is Reason.CONNECTION_LOST


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("number", "asked", "why"),
    [
        (socket.EAI_AGAIN, 3, "no name server answers for it; 3 attempts"),
        (socket.EAI_NONAME, 1, "it has no address"),
    ],
)
def test_names(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, number: int, asked: int, why: str
) -> None:
    looked_up: list[object] = []

    def look_up(*name: object, **_options: object) -> None:
        looked_up.append(name)
        raise socket.gaierror(number, "whatever the system says, in its language")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    outcome = kit.failure(kit.target_of(5985, name="exch01"))
    assert outcome.reason is Reason.NAME_NOT_RESOLVED
    assert f"exch01: {why}" in outcome.detail
    assert len(looked_up) == asked


def test_nothing_is_asked_again_after_cancelling(kit: SimpleNamespace) -> None:
    cancellation = Cancellation()
    connections: list[object] = []

    def serve(connection: socket.socket) -> None:
        connections.append(connection.recv(65_536))
        cancellation.cancel()

    with kit.raw_server(serve) as port:
        outcome = kit.failure(kit.target_of(port), cancellation=cancellation)
    assert outcome.reason is Reason.CANCELLED
    assert len(connections) == 1


def test_an_answer_on_the_second_attempt_is_an_answer(kit: SimpleNamespace) -> None:
    """And it says nothing of the first."""
    with kit.lab_host(faults=Faults(authenticate=Fault(Kind.DROP))) as host:
        threading.Timer(0.2, setattr, (host, "faults", Faults())).start()
        outcome = collect(kit.target_of(host), kit.REQUEST, kit.options())
    assert isinstance(outcome, Answered), outcome
    assert outcome.answer == kit.answer_to(json.dumps(kit.REQUEST))
