"""A process whose input and output are a conversation."""

import contextlib
import io
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import IO, cast

from hklint.sources.line import LARGEST_RESPONSE, OversizeError
from hklint.sources.process import pipes

LONGEST_LINE = LARGEST_RESPONSE
_LINES_WAITING = 16
_MOST_MESSAGES = 100
_LONGEST_MESSAGE = 1000
_LOOK_SECONDS = 0.1
if sys.platform == "win32":
    _FLAGS = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    _FORCE = signal.SIGTERM
else:
    _FLAGS = 0
    _FORCE = signal.SIGKILL


class Child:
    """A running process, in a group of its own, so that Ctrl-C at the terminal doesn't reach it.

    Its pipes are read and written by threads: no call here waits for it but `next_line` and
    `status`, and these for a time. One thread uses it, which others may `cut` off.

    Raises:
        OSError: The program can't be started.
    """

    def __init__(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the caller's own choice, and no shell
            argv,
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            start_new_session=True,
            creationflags=_FLAGS,
        )
        self._given_up = threading.Event()
        self._lines: queue.Queue[bytes | None] = queue.Queue(_LINES_WAITING)
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._messages: deque[bytes] = deque(maxlen=_MOST_MESSAGES)
        self._messages_lock = threading.Lock()
        self._finished = False
        self._reading_messages = self._thread(self._read_messages, "messages")
        self._threads = (
            self._reading_messages,
            self._thread(self._read_output, "output"),
            self._thread(self._write_input, "input"),
        )

    def write(self, data: bytes) -> None:
        """Put data on its way to the process; whether it arrives, its output has to say."""
        self._outgoing.put(data)

    def next_line(self, seconds: float) -> bytes | None:
        """The next line of output; empty at its end, None when time is over or after `cut`.

        Raises:
            OversizeError: The line has more than `LONGEST_LINE` bytes.
        """
        if self._finished:
            return b""
        try:
            line = self._lines.get(timeout=max(0.0, seconds))
        except queue.Empty:
            return None
        if line is None:
            return None
        if len(line) > LONGEST_LINE:
            raise OversizeError
        self._finished = not line
        return line

    def cut(self) -> None:
        """Wake whoever waits in `next_line`; the process goes on until `end`."""
        with contextlib.suppress(queue.Full):  # then nobody waits
            self._lines.put_nowait(None)

    def messages(self) -> list[bytes]:
        """The last lines of its standard error, shortened."""
        with self._messages_lock:
            return list(self._messages)

    def status(self, seconds: float) -> int | None:
        """Its exit status, once it has ended and its messages are read; None if it still runs."""
        if not self._ended(seconds):
            return None
        self._reading_messages.join(seconds)
        return self._process.returncode

    def end(self, seconds: float) -> None:
        """End the process and its group: by the end of its input, by asking, by force.

        Takes at most `seconds`, and a moment for the threads. Processes that it started and that
        left the group are left alone; on Windows, all that it started.
        """
        self._outgoing.put(None)
        until = time.monotonic() + seconds
        for insistence, left in ((None, 3), (signal.SIGTERM, 2), (_FORCE, 1)):
            if insistence is not None:
                self._signal(insistence)
            if self._ended((until - time.monotonic()) / left):
                break
        self._given_up.set()
        for thread in self._threads:
            thread.join(3 * _LOOK_SECONDS)

    def _ended(self, seconds: float) -> bool:
        """Whether it ends in that time; then what is left of its group is killed at once."""
        if self._process.returncode is None:
            try:
                self._process.wait(max(0.0, seconds))
            except subprocess.TimeoutExpired:
                return False
            self._signal(_FORCE)
        return True

    def _thread(self, work: Callable[[], None], what: str) -> threading.Thread:
        name = f"{what} of process {self._process.pid}"
        thread = threading.Thread(target=work, name=name, daemon=True)
        thread.start()
        return thread

    def _read_output(self) -> None:
        with cast("IO[bytes]", self._process.stdout) as pipe:
            lines = io.BufferedReader(pipes.Reading(pipe, self._given_up))
            with contextlib.suppress(OSError):
                while line := lines.readline(LONGEST_LINE + 1):
                    self._offer(line)
                    if len(line) > LONGEST_LINE:
                        return
        self._offer(b"")

    def _offer(self, line: bytes) -> None:
        while not self._given_up.is_set():
            with contextlib.suppress(queue.Full):
                self._lines.put(line, timeout=_LOOK_SECONDS)
                return

    def _read_messages(self) -> None:
        with cast("IO[bytes]", self._process.stderr) as pipe, contextlib.suppress(OSError):
            lines = io.BufferedReader(pipes.Reading(pipe, self._given_up))
            while line := lines.readline(_LONGEST_MESSAGE):
                with self._messages_lock:
                    self._messages.append(line)

    def _write_input(self) -> None:
        with cast("IO[bytes]", self._process.stdin) as pipe, contextlib.suppress(OSError):
            while (data := self._outgoing.get()) is not None:
                if not pipes.write(pipe, data, self._given_up):
                    return

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(OSError):  # all of them have ended
            if sys.platform == "win32":
                self._process.terminate()
            else:
                os.killpg(self._process.pid, number)
