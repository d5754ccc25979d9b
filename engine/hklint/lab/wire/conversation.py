"""What a host does with the requests of one connection: authenticate, unseal, act, seal."""

import logging
import threading
from collections.abc import Callable

import msgspec

from hklint.lab.wire import identify, sealing, soap, spoiled
from hklint.lab.wire.authentication import Authentication, Headers, Passed
from hklint.lab.wire.faults import Fate, Fault, Kind
from hklint.lab.wire.http import Request, Response
from hklint.lab.wire.markup import MarkupError
from hklint.lab.wire.sealing import SealingError
from hklint.lab.wire.soap import Problem
from hklint.lab.wire.wrong_responses import WRONG_RESPONSES
from hklint.lab.wire.wsman import ACTIONS, Service

_LOG = logging.getLogger(__name__)

_OF_THE_LAB = "The lab was told to answer so."


class Exchange(msgspec.Struct, frozen=True):
    """A request and its answer.

    `action` is the short name of the WSMan action, "identify", or "authenticate" if the request
    came no further; `status` is None if the connection was closed instead; `received` and `sent`
    are bytes of bodies; `fault` is the code of a WSMan fault, or its subcode if it has no code.
    """

    action: str
    status: int | None
    received: int
    sent: int
    fault: int | str | None = None


class Circumstances(msgspec.Struct):
    """What all connections of a host share; `latency` in seconds.

    `interrupted` is set, and then replaced, when the host stops or restarts: nobody may wait on.
    `restart` restarts it.
    """

    sealed_only: bool
    latency: float
    fate: Fate
    log: list[Exchange]
    interrupted: threading.Event
    restart: Callable[[], None]


class _InsteadError(Exception):
    """Ends a request with what a fault sends instead; None closes the connection."""

    def __init__(self, response: Response | None) -> None:
        self.response = response
        super().__init__()


class _Note(msgspec.Struct):
    """What a request turned out to be; `pace` and `unsealed` say how its answer goes out."""

    action: str = "authenticate"
    fault: int | str | None = None
    pace: float = 0.0
    unsealed: bool = False


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
        if response is not None and note.pace:
            response = msgspec.structs.replace(response, pace=note.pace)
        status, sent = (None, 0) if response is None else (response.status, len(response.body))
        self._circumstances.log.append(
            Exchange(note.action, status, len(request.body), sent, note.fault)
        )
        return response

    def _answer(self, request: Request, note: _Note) -> Response:
        self._circumstances.interrupted.wait(self._circumstances.latency)
        if request.method != "POST" or request.path != "/wsman":
            return Response(404)
        self._suffer(self._circumstances.fate.of("authenticate"), note)
        if identify.is_asked(request):
            note.action = "identify"
            return identify.ANSWER
        passed = self._authentication.check(request)
        if isinstance(passed, Response):
            return passed
        sealed = sealing.is_sealed(request.headers.get("content-type", ""))
        sealer = self._authentication.sealer if sealed else None
        if self._circumstances.sealed_only and sealer is None:
            return Response(500)
        try:
            body = request.body if sealer is None else sealer.unseal(request.body)
            envelope = soap.read(body)
        except (SealingError, MarkupError):
            return Response(400)
        status, answer = self._act(envelope, passed, note)
        content_type = soap.CONTENT_TYPE
        if sealer is not None and not note.unsealed:
            content_type, answer = sealer.seal(answer)
        return _response(status, answer, content_type, passed)

    def _act(self, envelope: soap.Envelope, passed: Passed, note: _Note) -> tuple[int, bytes]:
        action = ACTIONS.get(envelope.action)
        note.action = action or "unknown"
        fault = self._circumstances.fate.of(action)
        try:
            self._suffer(fault, note)
            answer = self._service.answer(envelope, passed.user)
        except soap.FaultError as error:
            note.fault = error.problem.code or error.problem.subcode
            return 500, soap.fault(envelope, error.problem)
        return 200, answer if fault is None else spoiled.spoil(answer, fault)

    def _suffer(self, fault: Fault | None, note: _Note) -> None:
        """Does what a fault does before the right answer, or instead of it."""
        if fault is None:
            return
        match fault.kind:
            case Kind.SLOW:
                self._circumstances.interrupted.wait(fault.seconds)
            case Kind.TRICKLE:
                note.pace = fault.seconds
            case Kind.UNSEALED:
                note.unsealed = True
            case Kind.HANG:
                self._circumstances.interrupted.wait()
                raise _InsteadError(None)
            case Kind.RESTART:
                self._circumstances.restart()
                raise _InsteadError(None)
            case _:
                self._answer_instead(fault)

    def _answer_instead(self, fault: Fault) -> None:
        """Ends a request with what a fault answers; others spoil the right answer later."""
        match fault.kind:
            case Kind.DROP:
                raise _InsteadError(None)
            case Kind.REFUSE:
                raise _InsteadError(self._authentication.challenge())
            case Kind.STATUS:
                raise _InsteadError(Response(fault.code))
            case Kind.ACCESS_DENIED:
                raise soap.FaultError(soap.ACCESS_DENIED)
            case Kind.FAULT | Kind.BARE_FAULT:
                code = fault.code if fault.kind is Kind.FAULT else None
                raise soap.FaultError(Problem(code, "Receiver", "w:InternalError", _OF_THE_LAB))
            case _ if fault.kind in WRONG_RESPONSES:
                raise _InsteadError(WRONG_RESPONSES[fault.kind])
            case _:
                return


def _response(status: int, body: bytes, content_type: str, passed: Passed) -> Response:
    headers: Headers = (("Content-Type", content_type), *passed.headers)
    return Response(status, body, headers)
