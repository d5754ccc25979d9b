"""The line to a host: how long it may take, how far it got, and how to cut it.

No call of requests or pypsrp can be interrupted, and their time-outs start anew with every byte
that trickles in. So every wire of a conversation, a connection or a process, is registered here,
and whoever supervises the conversation cuts the wires: the call that waits ends at once.
"""

import contextlib
import socket
import threading
import time
from enum import StrEnum
from typing import Protocol

from hklint.failure import Failure, Reason

LARGEST_RESPONSE = 1024 * 1024
"""Bytes of one HTTP response; WinRM keeps to the 500 KB that pypsrp allows it."""
LARGEST_CONVERSATION = 32 * 1024 * 1024
"""Bytes of all responses: 16 MB of answer in Base64, and room for the rest."""


class Phase(StrEnum):
    """How far a conversation got, as it reads in a report."""

    PREPARING = "before connecting"
    CONNECTING = "connecting"
    LOGGING_ON = "logging on"
    OPENING = "opening a session"
    RUNNING = "running the collector"
    READING = "reading the answer"


class LineCutError(Exception):
    """The line was cut, or its time is over."""


class OversizeError(Exception):
    """The host sent more than any answer can need."""


class Wire(Protocol):
    """What a conversation waits for."""

    def cut(self) -> None:
        """Make whoever waits for it return at once; called from other threads."""
        ...


class SocketWire:
    """A connection; its descriptor is duplicated, because TLS takes the socket object over."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection.dup()

    def cut(self) -> None:
        """Shut the connection down."""
        with contextlib.suppress(OSError):  # the other side may have closed it
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


class Line:
    """One conversation with a host; the supervising thread may cut it at any time.

    `reached` is how far the conversation got, `status` the last HTTP status, `offered` the kinds of
    authentication that the host asked for, `tried` whether the account was shown to the host, and
    `try_later` whether somebody on the way said that it is only for now.
    """

    def __init__(self, seconds: float, connect_seconds: float, read_seconds: float) -> None:
        self._connect_seconds = connect_seconds
        self._read_seconds = read_seconds
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._cut = threading.Event()
        self._closing = False
        self._wires: list[Wire] = []
        self._received = 0
        self.cut_for: Reason | None = None
        self.reached = Phase.CONNECTING
        self._messages = 0
        self.status = 0
        self.offered = ""
        self.tried = False
        self.try_later = False

    @property
    def sent(self) -> bool:
        """Whether a message may have come to the WinRM service, and opened a session there."""
        return self._messages > 0 and self.reached is not Phase.CONNECTING

    def left(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(0.0, self._until - time.monotonic())

    def patience(self, *, connecting: bool) -> str:
        """How long an answer was waited for, in words."""
        seconds = self._connect_seconds if connecting else self._read_seconds
        return f"within {seconds:g} s" if self.left() else "before the deadline"

    def timeouts(self) -> tuple[float, float]:
        """Seconds for connecting and for each read of the next request.

        Raises:
            LineCutError: There is no time left.
        """
        left = self.left()
        if self._cut.is_set() or left == 0:
            raise LineCutError
        return min(self._connect_seconds, left), min(self._read_seconds, left)

    def connected(self) -> None:
        """Note that a connection stands, the TLS handshake included; a later one is no news."""
        if self.reached is Phase.CONNECTING:
            self.reached = Phase.LOGGING_ON

    def sending(self) -> None:
        """Note that a message is on its way, and not just a step of the logon."""
        self._messages += 1

    def returned(self) -> None:
        """Note that the message just sent was turned away before the service saw it."""
        self._messages -= 1

    def pause(self, seconds: float) -> None:
        """Wait before asking again, but no longer than the line holds."""
        self._cut.wait(min(seconds, self.left()))

    def watch(self, wire: Wire) -> None:
        """Register a new wire, so that it can be cut.

        Raises:
            LineCutError: The line was cut already, and so is the wire now.
        """
        with self._lock:
            if self._cut.is_set():
                wire.cut()
                raise LineCutError
            self._wires.append(wire)

    def meter(self, size: int) -> None:
        """Count received bytes.

        Raises:
            OversizeError: They are more than an answer can need.
            LineCutError: The line was cut, or its time is over.
        """
        self._received += size
        if self._received > LARGEST_CONVERSATION:
            raise OversizeError
        self.timeouts()

    def cut(self, why: Reason) -> None:
        """End the conversation from another thread; does nothing while the session is closed."""
        with self._lock:
            if not self._closing and not self._cut.is_set():
                self.cut_for = why
                self._shut_down()

    def begin_closing(self, seconds: float, *, afresh: bool) -> None:
        """Grant time and bytes for closing the session: from here on it is not cut for being late.

        `afresh` gives up the wires that are there.
        """
        with self._lock:
            self._closing = True
            if afresh:
                self._shut_down()
                self._cut.clear()
            self._received = 0
            self._until = time.monotonic() + seconds

    def hang_up(self) -> None:
        """Give up all wires for good."""
        with self._lock:
            self._closing = True
            self._shut_down()

    def _shut_down(self) -> None:
        self._cut.set()
        for wire in self._wires:
            wire.cut()
        self._wires.clear()


def ended(line: Line, place: str) -> Failure:
    """The failure of a line that was cut."""
    if line.cut_for is Reason.CANCELLED:
        return Failure(Reason.CANCELLED, line.reached, f"{place} was not waited for")
    return Failure(Reason.TIMED_OUT, line.reached, f"no answer from {place} before the deadline")
