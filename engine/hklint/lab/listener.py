"""A TCP server on 127.0.0.1 that ends when it is told to: the ground of the lab's small servers."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from typing import Self

LOOPBACK = "127.0.0.1"


class Listener:
    """Gives every connection to `serve`, each in a thread of its own, until closed.

    `serve` may raise OSError when its connection breaks; the connection is closed after it.
    """

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._serve = serve
        self._socket = socket.create_server((LOOPBACK, 0))
        self._wake, self._woken = socket.socketpair()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._closed = False
        self.accepted = 0
        self.port: int = self._socket.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, name=f"lab-{self.port}", daemon=True)
        self._acceptor.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End every connection and thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._wake.send(b"!")
        self._acceptor.join()
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        for end in (self._socket, self._wake, self._woken):
            end.close()

    def _accept(self) -> None:
        while True:
            ready, _, _ = select.select([self._socket, self._woken], [], [])
            if self._woken in ready:
                return
            with contextlib.suppress(OSError):
                self._take(self._socket.accept()[0])

    def _take(self, connection: socket.socket) -> None:
        thread = threading.Thread(target=self._handle, args=(connection,), daemon=True)
        with self._lock:
            self.accepted += 1
            self._connections.add(connection)
            self._threads.add(thread)
        thread.start()

    def _handle(self, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError):
                self._serve(connection)
        finally:
            with self._lock:
                self._connections.discard(connection)
                self._threads.discard(threading.current_thread())
            connection.close()


class ClosedPort:
    """A port of 127.0.0.1 where nobody listens, kept so that nobody else takes it."""

    def __init__(self) -> None:
        self._socket = socket.socket()
        self._socket.bind((LOOPBACK, 0))
        self.port: int = self._socket.getsockname()[1]

    def close(self) -> None:
        """Let the port go."""
        self._socket.close()
