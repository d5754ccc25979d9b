"""The listener itself, over plain sockets."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from hklint.lab.wire.http import Listener, Request, Response

Start = Callable[..., Listener]

REQUEST = b"POST /wsman HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"


def echo(request: Request) -> Response:
    return Response(200, request.body, (("X-Path", request.path),))


@pytest.fixture
def start() -> Iterator[Start]:
    listeners: list[Listener] = []

    def begin(respond: Callable[[Request], Response | None] = echo) -> Listener:
        listeners.append(Listener(0, None, lambda _: respond))
        return listeners[-1]

    yield begin
    for listener in listeners:
        listener.stop()


def exchange(listener: Listener, sent: bytes) -> bytes:
    """Everything that comes back until the listener closes the connection."""
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_requests_are_answered_in_order(start: Start) -> None:
    listener = start()
    answers = exchange(listener, REQUEST + REQUEST.replace(b"hi", b"ho"))
    assert answers.startswith(b"HTTP/1.1 200 OK\r\nServer: Microsoft-HTTPAPI/2.0\r\nX-Path: /wsman")
    first, second = answers.split(b"HTTP/1.1 ")[1:]
    assert (first[-2:], second[-2:]) == (b"hi", b"ho")
    assert listener.accepted == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n\r\n",
        b"hello\r\n\r\n",
        REQUEST[:-1],
        REQUEST.replace(b": 2", b": -2"),
        REQUEST.replace(b": 2", b": two"),
        REQUEST.replace(b": 2", b": 99999999999"),
        b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 1000 + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_request_ends_the_connection(start: Start, sent: bytes) -> None:
    assert exchange(start(), sent) == b""


def test_a_responder_can_close_the_connection(start: Start) -> None:
    assert exchange(start(lambda _: None), REQUEST + REQUEST) == b""


def test_an_answer_can_be_cut_short(start: Start) -> None:
    answer = exchange(start(lambda _: Response(200, b"half", missing=4)), REQUEST + REQUEST)
    assert answer.endswith(b"Content-Length: 8\r\n\r\nhalf")


def test_a_cut_lets_the_answer_out_and_ends_the_connection(start: Start) -> None:
    asked, go_on = threading.Event(), threading.Event()

    def respond(request: Request) -> Response:
        asked.set()
        assert go_on.wait(5)
        return echo(request)

    listener = start(respond)
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        client.sendall(REQUEST)
        assert asked.wait(5)
        listener.cut()
        go_on.set()
        answer = b"".join(iter(lambda: client.recv(4096), b""))
    assert answer.endswith(b"hi")


def test_a_cut_ends_an_idle_connection(start: Start) -> None:
    listener = start()
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        client.sendall(REQUEST)
        client.recv(4096)
        listener.cut()
        assert client.recv(4096) == b""


def test_stop_ends_connections_that_never_said_anything() -> None:
    listener = Listener(0, None, lambda _: echo)
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        while not listener.accepted:
            pass
        listener.stop()
        assert client.recv(1) == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", listener.port), timeout=5)
