"""The guard of a walk: no step takes longer than it may, and Ctrl-C ends each at once.

Neither a look-up of a name nor a handshake can be interrupted. So every step does its work in a
thread of its own, and the guard cuts the walk's line, or leaves the thread behind.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from hklint.failure import Failure, Reason
from hklint.sources.line import Line, LineCutError, SocketWire, ended
from hklint.sources.options import Options

_SLICE = 0.5
"""Longest wait in one piece: on Windows, Ctrl-C is only seen between waits."""
_GRACE = 0.2

T = TypeVar("T")
Connected = TypeVar("Connected", bound=socket.socket)


@dataclass(frozen=True, slots=True)
class _Done(Generic[T]):
    result: T


class Guard:
    """Watches over the steps of one walk."""

    def __init__(self, options: Options) -> None:
        self.line = Line(options.deadline, options.connect_timeout, options.request_timeout)
        self._cancellation = options.cancellation
        self._connections: list[socket.socket] = []

    def run(self, work: Callable[[], T], seconds: float) -> T:
        """What `work` gives back, within so many seconds and within the walk's deadline.

        Raises:
            LineCutError: It took too long, or the walk was cancelled: `ended` says which.
            Exception: What `work` raises.
        """
        outcomes: SimpleQueue[_Done[T] | Exception | None] = SimpleQueue()

        def attempt() -> None:
            try:
                outcomes.put(_Done(work()))
            except Exception as error:  # noqa: BLE001 - it is raised again where it is waited for
                outcomes.put(error)

        thread = threading.Thread(target=attempt, name="a step of the doctor", daemon=True)
        with self._cancellation.calling(lambda: outcomes.put(None)):
            thread.start()
            outcome = self._await(outcomes, seconds)
        if outcome is None:
            thread.join(_GRACE)
            raise LineCutError
        if isinstance(outcome, Exception):
            raise outcome
        return outcome.result

    def ended(self, place: str) -> Failure:
        """Why `run` raised a LineCutError."""
        return ended(self.line, place)

    def adopt(self, connection: Connected) -> Connected:
        """Take a new connection over: the guard may cut it, and ends it with the walk.

        Raises:
            LineCutError: The walk is over.
        """
        self.line.watch(SocketWire(connection))
        return self.keep(connection)

    def keep(self, connection: Connected) -> Connected:
        """End this with the walk: a connection in TLS over one that was adopted."""
        self._connections.append(connection)
        return connection

    def close(self) -> None:
        """End every connection of the walk."""
        self.line.hang_up()
        for connection in self._connections:
            connection.close()

    def _await(
        self, outcomes: "SimpleQueue[_Done[T] | Exception | None]", seconds: float
    ) -> _Done[T] | Exception | None:
        until = time.monotonic() + min(seconds, self.line.left())
        while not self._cancellation.cancelled and (left := until - time.monotonic()) > 0:
            with contextlib.suppress(Empty):
                outcome = outcomes.get(timeout=min(left, _SLICE))
                if outcome is not None:
                    return outcome
        self.line.cut(Reason.CANCELLED if self._cancellation.cancelled else Reason.TIMED_OUT)
        return None


def since(started: float) -> float:
    """Seconds since a moment of `time.monotonic`, as findings have them."""
    return round(time.monotonic() - started, 3)
