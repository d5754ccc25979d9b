"""What carries PSRP to a host and back: WinRM, or the input and output of a process."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from hklint.failure import Failure
from hklint.sources.line import Line

IDLE_SECONDS = 60
"""A host ends a session by itself after so long without a message: the last safety net, and the
shortest time that Windows accepts (New-PSSessionOption, -IdleTimeout)."""


@dataclass(frozen=True, slots=True)
class Received:
    """Fragments from the host; `done` says that no more will come for the pipeline."""

    fragments: bytes
    done: bool


class Closing(Enum):
    """What came of closing a session."""

    CLOSED = auto()
    """It is closed, or there never was one."""
    CLOSED_AFRESH = auto()
    """It is closed, over a new connection: the host is up, and knew it."""
    NEVER_OPENED = auto()
    """The host answers, and knows no session; it never said that it had opened one."""
    UNKNOWN_SESSION = auto()
    """The host answers, and no longer knows a session that was open."""
    NO_SERVICE = auto()
    """The host answers, but the service that holds sessions does not."""
    LEFT_OPEN = auto()
    """The host answers, and does not close it: it may be there until it is idle."""
    NO_ANSWER = auto()
    """The host was not reached: the session may be there until it is idle."""


class Carrier(Protocol):
    """One session with a host; made and used in one thread, which only the line can interrupt.

    `largest` is the largest fragment, in bytes, that `start` takes. All but `close`, `failure` and
    `describe` raise what their libraries raise; `failure` knows what it means.
    """

    line: Line

    @property
    def largest(self) -> int:
        """The largest fragment that the host takes, in bytes."""
        ...

    def open(self, pool: uuid.UUID, opening: bytes) -> None:
        """Open a session for the pool."""
        ...

    def start(self, pipeline: uuid.UUID, fragments: Sequence[bytes]) -> None:
        """Send the message that creates a pipeline."""
        ...

    def receive(self, pipeline: uuid.UUID | None) -> Received:
        """Wait for what comes next, for the pipeline or for the pool (None)."""
        ...

    def close(self, seconds: float, last_seconds: float) -> Closing:
        """End the session on the host.

        The line in use, or a new one where it is broken, gets `seconds`. If that fails, or the
        line was cut, a new one gets `last_seconds`.
        """
        ...

    def failure(self, error: Exception) -> Failure:
        """What an exception, raised by one of the above, says about the host."""
        ...

    def describe(self) -> str:
        """The transport in words, for the evidence."""
        ...
