"""A proxy that refuses every tunnel, as a wrongly configured one does."""

import socket
from typing import Literal

from hklint.lab.listener import Listener

_PATIENCE_SECONDS = 30
_LONGEST_HEAD = 65_536
_ANSWERS: dict[Literal["refuses-407", "refuses-502"], str] = {
    "refuses-407": (
        "407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\n"
        'Proxy-Authenticate: Basic realm="lab"'
    ),
    "refuses-502": "502 Bad Gateway",
}


def start_proxy(behaves: Literal["refuses-407", "refuses-502"]) -> Listener:
    """Start a proxy that answers every request with the same refusal."""
    answer = f"HTTP/1.1 {_ANSWERS[behaves]}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

    def serve(connection: socket.socket) -> None:
        connection.settimeout(_PATIENCE_SECONDS)
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_HEAD:
            chunk = connection.recv(4096)
            if not chunk:
                return
            head += chunk
        connection.sendall(answer.encode())

    return Listener(serve)


def start_silent_server() -> Listener:
    """Start a server that takes connections and never says a word."""

    def serve(connection: socket.socket) -> None:
        while connection.recv(4096):
            pass

    return Listener(serve)
