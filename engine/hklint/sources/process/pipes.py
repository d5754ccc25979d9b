"""The pipes of a process, in threads that can be told to give up.

On POSIX a read or write is only begun when it can't block. On Windows it may block, until the
process at the other end is gone; there is no way to wait for a pipe there.
"""

import io
import os
import select
import sys
import threading
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LOOK_SECONDS = 0.1
"""How often a thread that waits looks whether it should give up."""


class Reading(io.RawIOBase):
    """What a process writes; it ends when the pipe does, or when `given_up` is set.

    Somebody else may hold the pipe open after the process has ended.
    """

    def __init__(self, pipe: IO[bytes], given_up: threading.Event) -> None:
        super().__init__()
        self._pipe = pipe
        self._given_up = given_up

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Wait for some bytes; 0 is the end."""
        if not _wait(self._pipe, self._given_up, writing=False):
            return 0
        view = memoryview(buffer)
        data = os.read(self._pipe.fileno(), len(view))
        view[: len(data)] = data
        return len(data)


def write(pipe: IO[bytes], data: bytes, given_up: threading.Event) -> bool:
    """Write all, or give up and say so.

    Raises:
        OSError: Nobody reads at the other end.
    """
    if sys.platform != "win32":
        os.set_blocking(pipe.fileno(), False)
    rest = memoryview(data)
    while rest:
        if not _wait(pipe, given_up, writing=True):
            return False
        rest = rest[pipe.write(rest) or 0 :]
    return True


def _wait(pipe: IO[bytes], given_up: threading.Event, *, writing: bool) -> bool:
    if sys.platform == "win32":
        return not given_up.is_set()
    poll = select.poll()
    poll.register(pipe.fileno(), select.POLLOUT if writing else select.POLLIN)
    while not given_up.is_set():
        if poll.poll(_LOOK_SECONDS * 1000):
            return True
    return False
