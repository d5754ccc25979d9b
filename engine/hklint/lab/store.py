"""The stand-in Store: an HTTPS server on 127.0.0.1 that hangs up on old protocols.

Microsoft's front end resets the connection of a client that offers nothing newer than TLS 1.1, and
sends no alert; that is why Windows says "an unexpected error occurred on a send". Python's ssl
would send the alert by itself, so the handshake runs in memory and the alert is thrown away.
"""

import contextlib
import os
import socket
import ssl
import struct
from typing import Literal

import msgspec

from hklint.lab.listener import Listener

_PATIENCE_SECONDS = 30
_FAREWELL_SECONDS = 2
_CHUNK = 16_384
_LONGEST_HEAD = 65_536
_ABORT_ON_CLOSE = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
_PAGE = b"<!doctype html><title>Store</title><p>The lab's stand-in for the Microsoft Store.</p>\n"


class Manners(msgspec.Struct, frozen=True):
    """How a Store treats its clients: how it refuses, and the HTTP status it answers with.

    `location` is where it sends them, for a status that does.
    """

    refuses_by: Literal["reset", "alert"] = "reset"
    http_status: str = "200 OK"
    location: str | None = None


class Store:
    """A Store that listens until it is closed; `answered` counts the HTTP requests it served."""

    def __init__(self, context: ssl.SSLContext, manners: Manners) -> None:
        self._context = context
        self._manners = manners
        self.answered = 0
        self._listener = Listener(self._serve)
        self.port = self._listener.port

    @property
    def accepted(self) -> int:
        """How many connections came, handshake done or not."""
        return self._listener.accepted

    def close(self) -> None:
        """End every connection."""
        self._listener.close()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_SECONDS)
        line = _TlsLine(connection, self._context)
        try:
            line.shake_hands()
        except ssl.SSLError:
            self._refuse(line)
            return
        with contextlib.suppress(ssl.SSLError):
            if line.read_head():
                self.answered += 1
                line.write(_response(self._manners))
                line.say_goodbye()

    def _refuse(self, line: "_TlsLine") -> None:
        if self._manners.refuses_by == "alert":
            line.say_goodbye()
        else:
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT_ON_CLOSE)


class _TlsLine:
    """TLS over a socket with nothing sent that is not asked for."""

    def __init__(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        self.socket = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._receive()
            else:
                self._flush()
                return

    def read_head(self) -> bool:
        """Reads a request up to its blank line; whether there was one."""
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
            try:
                head += self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                self._receive()
        return b"\r\n\r\n" in head

    def write(self, data: bytes) -> None:
        self._tls.write(data)
        self._flush()

    def say_goodbye(self) -> None:
        """Sends what is due and waits for the other end, whose unread bytes would reset it."""
        self._flush()
        self.socket.shutdown(socket.SHUT_WR)
        self.socket.settimeout(_FAREWELL_SECONDS)
        while self.socket.recv(_CHUNK):
            pass

    def _flush(self) -> None:
        if self._outgoing.pending:
            self.socket.sendall(self._outgoing.read())

    def _receive(self) -> None:
        self._flush()
        data = self.socket.recv(_CHUNK)
        if not data:
            raise ConnectionAbortedError("the client is gone")
        self._incoming.write(data)


def _response(manners: Manners) -> bytes:
    location = f"Location: {manners.location}\r\n" if manners.location else ""
    head = (
        f"HTTP/1.1 {manners.http_status}\r\n{location}Content-Type: text/html\r\n"
        f"Content-Length: {len(_PAGE)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + _PAGE
