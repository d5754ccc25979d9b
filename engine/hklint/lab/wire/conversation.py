"""What a host does with the requests of one connection: authenticate, unseal, act, seal."""

import logging
import threading
from typing import assert_never

import msgspec

from hklint.lab.wire import sealing, soap
from hklint.lab.wire.authentication import Authentication, Headers, Passed
from hklint.lab.wire.faults import RESPONSES, Fault, Faults, Kind
from hklint.lab.wire.http import Request, Response
from hklint.lab.wire.markup import MarkupError
from hklint.lab.wire.sealing import SealingError
from hklint.lab.wire.wsman import ACTIONS, Service

_LOG = logging.getLogger(__name__)


class Exchange(msgspec.Struct, frozen=True):
    """A request and its answer.

    `action` is the short name of the WSMan action, or "authenticate" if the request came no
    further; `status` is None if the connection was closed instead; `received` and `sent` are bytes
    of bodies; `fault` is the code of a WSMan fault, or its subcode if it has no code.
    """

    action: str
    status: int | None
    received: int
    sent: int
    fault: int | str | None = None


class Circumstances(msgspec.Struct):
    """What all connections of a host share; `latency` in seconds.

    `interrupted` is set, and then replaced, when the host stops or restarts: nobody may wait on.
    """

    sealed_only: bool
    latency: float
    faults: Faults
    log: list[Exchange]
    interrupted: threading.Event


class _InsteadError(Exception):
    """Ends a request with what a fault sends instead; None closes the connection."""

    def __init__(self, response: Response | None) -> None:
        self.response = response
        super().__init__()


class _Note(msgspec.Struct):
    action: str = "authenticate"
    fault: int | str | None = None


class Conversation:
    """One connection."""

    def __init__(
        self, circumstances: Circumstances, service: Service, authentication: Authentication
    ) -> None:
        self._circumstances = circumstances
        self._service = service
        self._authentication = authentication

    def respond(self, request: Request) -> Response | None:
        """Answers a request and writes the log; None closes the connection."""
        note = _Note()
        response: Response | None
        try:
            response = self._answer(request, note)
        except _InsteadError as instead:
            response = instead.response
        except Exception:  # noqa: BLE001 - a bug of the lab must not end as a mere hang-up
            _LOG.exception("The lab failed at a request (%s).", note.action)
            response = Response(500)
        status, sent = (None, 0) if response is None else (response.status, len(response.body))
        self._circumstances.log.append(
            Exchange(note.action, status, len(request.body), sent, note.fault)
        )
        return response

    def _answer(self, request: Request, note: _Note) -> Response:
        self._circumstances.interrupted.wait(self._circumstances.latency)
        if request.method != "POST" or request.path != "/wsman":
            return Response(404)
        self._suffer(self._circumstances.faults.authenticate)
        passed = self._authentication.check(request)
        if isinstance(passed, Response):
            return passed
        context = self._authentication.context
        sealed = sealing.is_sealed(request.headers.get("content-type", "")) and context is not None
        if self._circumstances.sealed_only and not sealed:
            return Response(500)
        try:
            body = request.body
            if sealed and context is not None:
                body = sealing.unseal(context, body)
            envelope = soap.read(body)
        except (SealingError, MarkupError):
            return Response(400)
        status, answer = self._act(envelope, passed, note)
        if sealed and context is not None:
            return _response(status, sealing.seal(context, answer), sealing.CONTENT_TYPE, passed)
        return _response(status, answer, soap.CONTENT_TYPE, passed)

    def _act(self, envelope: soap.Envelope, passed: Passed, note: _Note) -> tuple[int, bytes]:
        action = ACTIONS.get(envelope.action)
        note.action = action or "unknown"
        fault = self._circumstances.faults.of(action)
        try:
            self._suffer(fault)
            answer = self._service.answer(envelope, passed.user)
        except soap.FaultError as error:
            note.fault = error.problem.code or error.problem.subcode
            return 500, soap.fault(envelope, error.problem)
        if fault is not None and fault.kind is Kind.WRONG_RELATES_TO:
            answer = soap.unrelated(answer)
        return 200, answer

    def _suffer(self, fault: Fault | None) -> None:
        """Does what a fault does before the right answer, or instead of it."""
        if fault is None:
            return
        match fault.kind:
            case Kind.SLOW:
                self._circumstances.interrupted.wait(fault.seconds)
            case Kind.HANG:
                self._circumstances.interrupted.wait()
                raise _InsteadError(None)
            case Kind.DROP:
                raise _InsteadError(None)
            case Kind.REFUSE:
                raise _InsteadError(self._authentication.challenge())
            case Kind.FORBID | Kind.UNAVAILABLE | Kind.GARBAGE | Kind.HTML | Kind.TRUNCATED:
                raise _InsteadError(RESPONSES[fault.kind])
            case Kind.ACCESS_DENIED:
                raise soap.FaultError(soap.ACCESS_DENIED)
            case Kind.WRONG_RELATES_TO:
                pass  # the right answer is changed when it is there
            case _:
                assert_never(fault.kind)


def _response(status: int, body: bytes, content_type: str, passed: Passed) -> Response:
    headers: Headers = (("Content-Type", content_type), *passed.headers)
    return Response(status, body, headers)
