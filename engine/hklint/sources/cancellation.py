"""Cancellation: one call that ends every conversation with a host that is under way."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue

_SLICE = 0.5
"""Longest wait in one piece: on Windows, Ctrl-C is only seen between waits."""


class Cancellation:
    """Says "stop" from any thread, once and for all."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may cancel while the lock is held
        self._listeners: list[Callable[[], None]] = []
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def cancel(self) -> None:
        """Stop; returns at once, and every conversation ends within two seconds."""
        with self._lock:
            self._cancelled = True
            for listener in self._listeners:
                listener()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until cancelled; whether it was."""
        woken: SimpleQueue[None] = SimpleQueue()
        until = time.monotonic() + seconds
        with self.calling(lambda: woken.put(None)):
            while not self._cancelled and (left := until - time.monotonic()) > 0:
                with suppress(Empty):
                    woken.get(timeout=min(left, _SLICE))
        return self._cancelled

    @contextmanager
    def calling(self, listener: Callable[[], None]) -> Generator[None, None, None]:
        """Call `listener` when cancelled, or at once when that has happened already."""
        with self._lock:
            self._listeners.append(listener)
            if self._cancelled:
                listener()
        try:
            yield
        finally:
            with self._lock:
                self._listeners.remove(listener)
