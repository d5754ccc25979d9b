"""Hosts asked over PowerShell remoting (WinRM, with pypsrp).

The conversation runs in a thread of its own, because none of its calls can be interrupted; the
calling thread supervises it, cuts its line at the deadline or on cancellation, and leaves it behind
if even that does not end it.
"""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Mapping
from queue import Empty, SimpleQueue
from typing import Any

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.snapshot import Source
from hklint.sources.answer import parse_answer
from hklint.sources.answered import Answered
from hklint.sources.options import Options, kerberos_is_installed, objection
from hklint.sources.psrp.classify import classify, ended
from hklint.sources.psrp.connection import Connection, Logon, new_line
from hklint.sources.psrp.line import Phase
from hklint.sources.psrp.quiet import silence_libraries
from hklint.sources.psrp.session import IDLE_SECONDS, Session
from hklint.target import PsrpTarget

CLOSING_SECONDS = 1.7
"""What is kept for closing a session whose line was cut, so that cancelling takes two seconds."""
_GRACE = 0.2
_LONGEST_CLOSING = 10.0
_SLICE = 0.5
"""Longest wait in one piece: on Windows, Ctrl-C is only seen between waits."""

Result = dict[str, Any] | Failure

_log = logging.getLogger(__name__)


def collect_over_psrp(
    target: PsrpTarget, request: Mapping[str, object], options: Options
) -> Answered | Failure:
    """Ask one host over WinRM; see `hklint.sources.collect`."""
    silence_libraries()
    logon = _logon(target, options)
    if isinstance(logon, Failure):
        return logon
    started = time.monotonic()
    conversation = _Conversation(target, logon, options)
    answer = conversation.hold(json.dumps(request, sort_keys=True))
    if logon.user is not None:
        _record(options, logon.user, answer, tried=conversation.tried)
    if isinstance(answer, Failure):
        return answer
    source = Source(
        kind="psrp",
        target=target.text,
        account=_account(logon, options),
        transport=conversation.transport,
        collector_sha256=collector.sha256(),
    )
    return Answered(answer, source, time.monotonic() - started)


class _Conversation:
    """One conversation with a host, in a thread of its own."""

    def __init__(self, target: PsrpTarget, logon: Logon, options: Options) -> None:
        self._target = target
        self._logon = logon
        self._options = options
        self._last_seconds = min(CLOSING_SECONDS, options.deadline / 4)
        self._end = time.monotonic() + options.deadline - _GRACE
        self._line = new_line(options.deadline - self._last_seconds - _GRACE, options)
        self._wake: SimpleQueue[None] = SimpleQueue()
        self._result: Result | None = None
        self._closed: bool | None = None
        self.transport = ""

    def hold(self, request: str) -> Result:
        """The collector's answer or a failure, within the deadline."""
        if self._options.cancellation.cancelled:
            return Failure(Reason.CANCELLED, Phase.PREPARING, f"{self._target.host} was not asked")
        thread = threading.Thread(
            target=self._converse, args=(request,), name=f"psrp {self._target.host}", daemon=True
        )
        with self._options.cancellation.calling(self._rouse):
            thread.start()
            try:
                self._supervise()
            except KeyboardInterrupt:
                self._cut(Reason.CANCELLED)
                raise
        return self._outcome()

    @property
    def tried(self) -> bool:
        """Whether the account was shown to the host."""
        return self._line.tried

    def _supervise(self) -> None:
        cancellation = self._options.cancellation
        while self._closed is None and not cancellation.cancelled and self._line.left() > 0:
            self._wait(self._line.left())
        if self._closed is None:
            self._cut(Reason.CANCELLED if cancellation.cancelled else Reason.TIMED_OUT)

    def _cut(self, why: Reason) -> None:
        """Cut the line, leave time for closing the session, then leave the thread to itself."""
        self._line.cut(why)
        until = time.monotonic() + self._last_seconds + _GRACE
        while self._closed is None and time.monotonic() < until:
            self._wait(until - time.monotonic())
        self._line.hang_up()

    def _wait(self, seconds: float) -> None:
        with contextlib.suppress(Empty):
            self._wake.get(timeout=max(0.0, min(seconds, _SLICE)))

    def _rouse(self) -> None:
        """End a wait; a signal handler may do this, even if it interrupted the wait itself."""
        self._wake.put(None)

    def _outcome(self) -> Result:
        result = self._result or ended(self._line, self._target)
        if self._closed or not self._line.sent:
            return result
        left_open = f"the session could not be closed, the host ends it after {IDLE_SECONDS} s"
        if isinstance(result, Failure):
            return Failure(result.reason, result.phase, f"{result.detail}; {left_open}")
        _log.warning("%s: %s", self._target.host, left_open)
        return result

    def _converse(self, request: str) -> None:
        """The thread's work: sets the result as soon as it is known, and `closed` at the end."""
        closed = True
        try:
            self._connection = Connection(self._target, self._logon, self._options, self._line)
            session = Session(self._connection, self._options.configuration)
            try:
                self._result = self._ask(session, request)
            finally:
                closed = self._close(session)
        except OSError as error:
            detail = f"the CA, certificate or key file cannot be used: {error.strerror or error}"
            self._result = Failure(Reason.TLS_REJECTED, Phase.PREPARING, detail)
        except Exception as error:  # noqa: BLE001 - nothing may end the thread unseen
            self._result = Failure(Reason.INTERNAL_ERROR, self._line.reached, type(error).__name__)
        finally:
            self._closed = closed
            self._rouse()

    def _ask(self, session: Session, request: str) -> Result:
        try:
            text = session.ask(request)
            if isinstance(text, Failure):
                return text
            self._line.reached = Phase.READING
            return parse_answer(text)
        except Exception as error:  # noqa: BLE001 - requests and pypsrp share no base class
            account = _account(self._logon, self._options)
            return classify(error, self._line, self._target, account)
        finally:
            self.transport = self._connection.describe()

    def _close(self, session: Session) -> bool:
        left = self._end - time.monotonic() - self._last_seconds
        return session.close(
            max(self._last_seconds, min(_LONGEST_CLOSING, left)), self._last_seconds
        )


def _logon(target: PsrpTarget, options: Options) -> Logon | Failure:
    """Who logs on, or why nobody can."""
    problem = objection(target, options)
    if problem is not None:
        return Failure(Reason.AUTHENTICATION_FAILED, Phase.PREPARING, problem)
    user = target.user or options.user
    if options.authentication == "certificate":
        return Logon(None, None)
    if user is not None:
        return _logon_with_password(user, target.host, options)
    if options.authentication in {"basic", "ntlm"} or not kerberos_is_installed():
        return _no_credentials(f"no account is named for {target.host}")
    return Logon(None, None)


def _logon_with_password(user: str, host: str, options: Options) -> Logon | Failure:
    ticket = options.authentication == "kerberos"
    if options.passwords.exhausted(user):
        return _no_credentials(f"{user} was refused several times; stopped before it is locked out")
    password = options.passwords.find(user, host, ask=not ticket)
    if password is None and not ticket:
        return _no_credentials(f"there is no password for {user}")
    if password and options.authentication == "basic" and not _is_latin1(password.reveal()):
        return _no_credentials("Basic cannot carry this password: it has letters outside Latin-1")
    return Logon(user, password)


def _no_credentials(detail: str) -> Failure:
    return Failure(Reason.NO_CREDENTIALS, Phase.PREPARING, detail)


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True


def _account(logon: Logon, options: Options) -> str:
    if options.authentication == "certificate":
        return f"the certificate in {options.certificate_file}"
    return logon.user or "the current user"


def _record(options: Options, user: str, result: Result, *, tried: bool) -> None:
    """Count refusals of the account; other failures say nothing about it."""
    if not isinstance(result, Failure):
        options.passwords.record(user, accepted=True)
    elif result.reason is Reason.AUTHENTICATION_FAILED and tried:
        options.passwords.record(user, accepted=False)
