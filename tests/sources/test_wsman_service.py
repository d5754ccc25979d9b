"""A WinRM service that is broken, and servers that are none. No shell stays behind."""

import socket
from types import SimpleNamespace

import pytest

from hklint.failure import Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.sources import Answered, collect

IN_SEALED_MESSAGES = {
    Kind.REFUSE: Reason.CONNECTION_LOST,  # a new logon, whose keys are not those of the messages
    Kind.TRUNCATED: Reason.PROTOCOL_ERROR,  # it is not sealed
}
IN_MID_SESSION = {
    Kind.UNAVAILABLE: Reason.CONNECTION_LOST,  # what was there a moment ago
}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (Kind.REFUSE, Reason.AUTHENTICATION_FAILED),
        (Kind.FORBID, Reason.NOT_AUTHORISED),
        (Kind.UNAVAILABLE, Reason.PROTOCOL_ERROR),
        (Kind.DROP, Reason.CONNECTION_LOST),
        (Kind.TRUNCATED, Reason.CONNECTION_LOST),
        (Kind.GARBAGE, Reason.PROTOCOL_ERROR),
        (Kind.HTML, Reason.PROTOCOL_ERROR),
    ],
)
@pytest.mark.parametrize("at", ["authenticate", "create", "command", "receive"])
@pytest.mark.parametrize("tls", [False, True])
def test_broken_service(
    kit: SimpleNamespace, kind: Kind, reason: Reason, at: str, *, tls: bool
) -> None:
    faults = Faults(**{at: Fault(kind)})
    with kit.lab_host(faults=faults, tls=kit.certificates.good if tls else None) as host:
        outcome = kit.failure(
            kit.target_of(host, tls=tls),
            authentication="basic" if tls else "negotiate",
            ca_file=kit.certificates.ca,
        )
        assert host.open_shells() == ()
    if not tls and at != "authenticate":
        reason = IN_SEALED_MESSAGES.get(kind, reason)
    if at == "command":
        reason = IN_MID_SESSION.get(kind, reason)
    assert outcome.reason is reason, outcome


@pytest.mark.parametrize("at", ["create", "command", "receive"])
def test_answer_to_another_request(kit: SimpleNamespace, at: str) -> None:
    outcome = kit.failure_at_lab(faults=Faults(**{at: Fault(Kind.WRONG_RELATES_TO)}))
    assert outcome.reason is Reason.PROTOCOL_ERROR


@pytest.mark.parametrize("kind", [Kind.DROP, Kind.HTML, Kind.ACCESS_DENIED, Kind.HANG])
def test_session_that_cannot_be_closed_costs_no_answer(
    kit: SimpleNamespace, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    with kit.lab_host(faults=Faults(delete=Fault(kind))) as host:
        outcome = collect(kit.target_of(host), kit.REQUEST, kit.options(deadline=3.0))
    assert isinstance(outcome, Answered), outcome
    if kind is not Kind.ACCESS_DENIED:
        assert "the session could not be closed" in caplog.text


def test_shell_quota(kit: SimpleNamespace) -> None:
    assert kit.failure_at_lab(max_shells=0).reason is Reason.SHELL_QUOTA


def test_unknown_session_configuration(kit: SimpleNamespace) -> None:
    outcome = kit.failure_at_lab(chosen={"configuration": "Nope"})
    assert outcome.reason is Reason.ENDPOINT_MISSING


@pytest.mark.parametrize(
    ("response", "detail"),
    [
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
            "redirect",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "no WinRM message"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", "compressed"),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "HTTP 400"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404"),
        (b"HTTP/1.1 418 \r\nContent-Length: 0\r\n\r\n", "HTTP 418"),
    ],
)
def test_server_that_is_no_winrm(kit: SimpleNamespace, response: bytes, detail: str) -> None:
    with kit.raw_server(kit.http_server(response)) as port:
        outcome = kit.failure(kit.target_of(port))
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert detail in outcome.detail


def test_unbounded_response(kit: SimpleNamespace) -> None:
    sent: list[int] = []

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n")
        while True:
            sent.append(connection.send(b"x" * 65_536))

    with kit.raw_server(serve) as port:
        outcome = kit.failure(kit.target_of(port))
    assert outcome.reason is Reason.COLLECTOR_FAILED
    assert sum(sent) < 16 * 1024 * 1024  # one megabyte, and what the buffers of both sides hold
