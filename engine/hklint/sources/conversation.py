"""One conversation with a host, in a thread of its own, because nothing interrupts its calls.

The calling thread supervises it, cuts its line at the deadline or on cancellation, and leaves it
behind if even that does not end it.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from hklint.failure import Failure, Reason
from hklint.sources.answer import parse_answer
from hklint.sources.answered import Held, Result
from hklint.sources.line import Line, Phase, ended
from hklint.sources.loss import explained
from hklint.sources.options import Options
from hklint.sources.psrp.carrier import IDLE_SECONDS, Carrier, Closing
from hklint.sources.psrp.session import Session

CLOSING_SECONDS = 1.7
"""What is kept for closing a session whose line was cut, so that cancelling takes two seconds."""
_GRACE = 0.2
_LONGEST_CLOSING = 10.0
_LEFT_OPEN = frozenset({None, Closing.NO_SERVICE, Closing.LEFT_OPEN, Closing.NO_ANSWER})
_STAYS = f"the session could not be closed, the host ends it after {IDLE_SECONDS} s"
_MAY_COME = f"if the host still opens the session, it ends it after {IDLE_SECONDS} s"
_NOT_WAITED_FOR = frozenset({Reason.TIMED_OUT, Reason.CANCELLED})
_SLICE = 0.5
"""Longest wait in one piece: on Windows, Ctrl-C is only seen between waits."""

OpenCarrier = Callable[[Line], Carrier]

_log = logging.getLogger(__name__)


class Conversation:
    """One conversation; `host` is for messages.

    `deadline` is in seconds from now. `open_carrier` is called in the conversation's thread, and
    may raise OSError where a file that it needs can't be used.
    """

    def __init__(
        self,
        host: str,
        options: Options,
        deadline: float,
        open_carrier: OpenCarrier,
        *,
        function_first: bool,
    ) -> None:
        self._host = host
        self._options = options
        self._open_carrier = open_carrier
        self._function_first = function_first
        self._last_seconds = min(CLOSING_SECONDS, deadline / 4)
        self._end = time.monotonic() + deadline - _GRACE
        self._line = Line(
            deadline - self._last_seconds - _GRACE,
            options.connect_timeout,
            options.request_timeout,
        )
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._result: Result | None = None
        self._closing: Closing | None = None
        self._transport = ""
        self._by_function = False

    def hold(self, request: str, account: str) -> Held:
        """Ask the host, and close the session, within the deadline."""
        thread = threading.Thread(
            target=self._converse, args=(request,), name=f"asking {self._host}", daemon=True
        )
        with self._options.cancellation.calling(self._rouse):
            thread.start()
            try:
                self._supervise()
            except KeyboardInterrupt:
                self._cut(Reason.CANCELLED)
                raise
        return Held(
            self._outcome(),
            account,
            self._transport,
            tried=self._line.tried,
            sent=self._line.sent,
            by_function=self._by_function,
            try_later=self._line.try_later,
        )

    def _supervise(self) -> None:
        cancellation = self._options.cancellation
        while self._closing is None and not cancellation.cancelled and self._line.left() > 0:
            self._wait(self._line.left())
        if self._closing is None:
            self._cut(Reason.CANCELLED if cancellation.cancelled else Reason.TIMED_OUT)

    def _cut(self, why: Reason) -> None:
        """Cut the line, leave time for closing the session, then leave the thread to itself."""
        self._line.cut(why)
        until = time.monotonic() + self._last_seconds + _GRACE
        while self._closing is None and time.monotonic() < until:
            self._wait(until - time.monotonic())
        self._line.hang_up()

    def _wait(self, seconds: float) -> None:
        with contextlib.suppress(Empty):
            self._wake.get(timeout=max(0.0, min(seconds, _SLICE)))

    def _rouse(self) -> None:
        """End a wait; a signal handler may do this, even if it interrupted the wait itself."""
        self._wake.put(None)

    def _outcome(self) -> Result:
        result, closing = self._result or ended(self._line, self._host), self._closing
        if not self._line.sent:
            return result
        if isinstance(result, Failure):
            return _with_rest(explained(result, closing), closing)
        if closing in _LEFT_OPEN:
            _log.warning("%s: %s", self._host, _STAYS)
        return result

    def _converse(self, request: str) -> None:
        """The thread's work: sets the result as soon as it is known, and `closing` at the end."""
        closing = Closing.CLOSED
        try:
            carrier = self._open_carrier(self._line)
            try:
                self._result = self._ask(carrier, request)
            finally:
                closing = self._close(carrier)
        except OSError as error:
            detail = f"the CA, certificate or key file cannot be used: {error.strerror or error}"
            self._result = Failure(Reason.TLS_REJECTED, Phase.PREPARING, detail)
        except Exception as error:  # noqa: BLE001 - nothing may end the thread unseen
            self._result = Failure(Reason.INTERNAL_ERROR, self._line.reached, type(error).__name__)
        finally:
            self._closing = closing
            self._rouse()

    def _ask(self, carrier: Carrier, request: str) -> Result:
        try:
            said = Session(carrier).ask(request, function_first=self._function_first)
            if isinstance(said, Failure):
                return said
            self._by_function = said.by_function
            self._line.reached = Phase.READING
            return parse_answer(said.text)
        except Exception as error:  # noqa: BLE001 - what carriers use shares no base class
            return carrier.failure(error)
        finally:
            self._transport = carrier.describe()

    def _close(self, carrier: Carrier) -> Closing:
        left = self._end - time.monotonic() - self._last_seconds
        seconds = max(self._last_seconds, min(_LONGEST_CLOSING, left))
        return carrier.close(seconds, self._last_seconds)


def _with_rest(failure: Failure, closing: Closing | None) -> Failure:
    """A failure with what may be left of the session on the host."""
    if closing in _LEFT_OPEN:
        rest = _STAYS
    elif closing is Closing.NEVER_OPENED and failure.reason in _NOT_WAITED_FOR:
        rest = _MAY_COME
    else:
        return failure
    return Failure(failure.reason, failure.phase, f"{failure.detail}; {rest}")
