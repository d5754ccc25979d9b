"""HTTP/1.1 on 127.0.0.1: a listener that gives each connection a thread and a responder."""

import contextlib
import email.utils
import http.client
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from io import BufferedReader

import msgspec

_MOST_CONNECTIONS = 256
_LONGEST_LINE = 65_536
_LARGEST_BODY = 4 * 1024 * 1024
_BACKLOG = 512
_TLS_HANDSHAKE = b"\x16"
"""The first byte of a TLS client (RFC 8446, section 5.1, ContentType handshake)."""


class Request(msgspec.Struct, frozen=True):
    """A request; header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Response(msgspec.Struct, frozen=True):
    """A response, which may be wrong in its form.

    `missing` bytes more than the body are announced and never sent; `pace` is in seconds between
    two bytes. With `raw` the body is all that is sent, its own head in it, and after that `again`
    until the connection breaks.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    missing: int = 0
    pace: float = 0.0
    raw: bool = False
    again: bytes = b""


Connected = ssl.SSLSocket | socket.socket
Responder = Callable[[Request], Response | None]
"""Answers the requests of one connection and never raises; None closes it without an answer."""


class Listener:
    """Accepts connections from construction to `stop`.

    `open_connection` is called for each connection, after the TLS handshake, and returns its
    responder. More connections than there are threads wait. `clock_skew` is how far, in seconds,
    the host's clock is ahead of the right time, as answers tell it.
    """

    def __init__(
        self,
        port: int,
        tls: ssl.SSLContext | None,
        open_connection: Callable[[Connected], Responder],
        clock_skew: float = 0.0,
    ) -> None:
        self._tls = tls
        self._clock_skew = clock_skew
        self._open_connection = open_connection
        self._lock = threading.Lock()
        self._connections: set[_Connection] = set()
        self._accepted = 0
        self._socket = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
        self._socket.settimeout(0)  # a client may be gone again before it is accepted
        self.port: int = self._socket.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._workers = ThreadPoolExecutor(_MOST_CONNECTIONS, f"wsman-{self.port}")
        self._acceptor = threading.Thread(target=self._accept, name=f"accept-{self.port}")
        self._acceptor.start()

    @property
    def accepted(self) -> int:
        """How many connections there have been."""
        with self._lock:
            return self._accepted

    def cut(self) -> None:
        """Closes every connection; one that is being answered gets its answer first."""
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            connection.end()

    def stop(self) -> None:
        """Closes everything and waits for the threads, which responders must not hold up."""
        self._wake.close()
        self._acceptor.join()
        self._socket.close()
        self._woken.close()
        with self._lock:
            connections = tuple(self._connections)
        for connection in connections:
            connection.shut()
        self._workers.shutdown(cancel_futures=True)
        for connection in self._connections:
            connection.socket.close()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._woken in ready:
                    return
                with contextlib.suppress(OSError):
                    self._welcome(self._socket.accept()[0])

    def _welcome(self, accepted: socket.socket) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connected: Connected = accepted
        if self._tls is not None:  # the handshake waits for the connection's own thread
            try:
                connected = self._tls.wrap_socket(
                    accepted, server_side=True, do_handshake_on_connect=False
                )
            except OSError:
                accepted.close()
                raise
        connection = _Connection(connected, self._clock_skew)
        with self._lock:
            self._connections.add(connection)
            self._accepted += 1
        self._workers.submit(self._serve, connection)

    def _serve(self, connection: "_Connection") -> None:
        try:
            # A client that breaks the connection or the protocol is none of the host's business.
            with contextlib.suppress(OSError, ValueError, http.client.HTTPException):
                connection.serve(self._open_connection)
        finally:
            with self._lock:
                self._connections.discard(connection)
            connection.socket.close()


class _Connection:
    """One connection, which its own thread serves and others may end."""

    def __init__(self, connected: Connected, clock_skew: float) -> None:
        self.socket = connected
        self._clock_skew = clock_skew
        self._lock = threading.Lock()
        self._busy = False
        self._ending = False

    def serve(self, open_connection: Callable[[Connected], Responder]) -> None:
        if isinstance(self.socket, ssl.SSLSocket):
            self.socket.do_handshake()
        respond = open_connection(self.socket)
        with self.socket.makefile("rb") as reader:
            while (request := _read(reader)) is not None and self._set_busy(busy=True):
                response = respond(request)
                if response is None:
                    return
                self._send(response)
                if response.missing or response.raw or not self._set_busy(busy=False):
                    return

    def _send(self, response: Response) -> None:
        data = _written(response, time.time() + self._clock_skew)
        if response.pace:
            for place in range(len(data)):
                self.socket.sendall(data[place : place + 1])
                time.sleep(response.pace)  # a connection that ends meanwhile takes no more bytes
        else:
            self.socket.sendall(data)
        while response.again:
            self.socket.sendall(response.again)

    def _set_busy(self, *, busy: bool) -> bool:
        """Notes that an answer is being made or not; False if the connection must end."""
        with self._lock:
            self._busy = busy
            return not self._ending

    def end(self) -> None:
        with self._lock:
            self._ending = True
            if not self._busy:
                self.shut()

    def shut(self) -> None:
        # SSLSocket.shutdown would take TLS away from the thread that reads; the plain one doesn't.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)


def _read(reader: BufferedReader) -> Request | None:
    if reader.peek(1)[:1] == _TLS_HANDSHAKE:  # a line of HTTP would never come
        return None
    line = reader.readline(_LONGEST_LINE)
    if not line:
        return None
    method, path, _ = line.decode("latin-1").split()
    headers = {name.lower(): value for name, value in http.client.parse_headers(reader).items()}
    length = int(headers.get("content-length", "0"))
    if not 0 <= length <= _LARGEST_BODY:
        raise ValueError(f"a body of {length} bytes")
    body = reader.read(length)
    return Request(method, path, headers, body) if len(body) == length else None


def _written(response: Response, clock: float) -> bytes:
    if response.raw:
        return response.body
    length = len(response.body) + response.missing
    headers = [
        ("Server", "Microsoft-HTTPAPI/2.0"),
        *response.headers,
        ("Date", email.utils.formatdate(clock, usegmt=True)),
        ("Content-Length", str(length)),
    ]
    head = f"HTTP/1.1 {response.status} {http.client.responses.get(response.status, '')}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{head}\r\n".encode("latin-1") + response.body
