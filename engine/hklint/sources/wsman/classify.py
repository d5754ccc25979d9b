"""What an exception of requests, urllib3 or pypsrp says about a host.

These libraries share no base class, so the tables below are the result of trying each failure;
texts are never looked at, because Windows writes them in its own language.
"""

import errno
import logging
import socket
import ssl
import struct
import traceback
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import requests
from pypsrp.exceptions import (
    AuthenticationError,
    InvalidPSRPOperation,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from spnego.exceptions import SpnegoError
from urllib3.exceptions import HTTPError as UrllibError

from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import Line, LineCutError, OversizeError, Phase, ended
from hklint.sources.psrp.markup import MarkupError
from hklint.sources.psrp.reading import FramingError
from hklint.sources.wsman.http import LogonForgottenError, UnexpectedResponseError
from hklint.target import WsmanTarget

_log = logging.getLogger(__name__)

_QUOTAS = (2150859173, 2150859174, 2150859175, *range(2150859236, 2150859241))
_FAULTS: dict[int | str, tuple[Reason, str]] = {
    5: (Reason.NOT_AUTHORISED, "access is denied"),
    "w:AccessDenied": (Reason.NOT_AUTHORISED, "access is denied"),
    1326: (Reason.AUTHENTICATION_FAILED, "the account or its password is wrong"),
    995: (Reason.CONNECTION_LOST, "the host ended the session: a restart?"),
    2150858843: (Reason.CONNECTION_LOST, "the session is gone from the host: a restart?"),
    2150858811: (Reason.ENDPOINT_MISSING, "there is no such session configuration"),
    2150858752: (Reason.ENDPOINT_MISSING, "there is no such session configuration"),
    **dict.fromkeys(_QUOTAS, (Reason.SHELL_QUOTA, "a quota is used up")),
}
"""WSMan fault codes (wsmerror.h, and Win32 codes 5, 995 and 1326)."""

_STATUSES: dict[int, tuple[Reason, str]] = {
    400: (Reason.PROTOCOL_ERROR, "the port may be one for TLS (psrps://), or not WinRM's"),
    403: (Reason.NOT_AUTHORISED, "the account may not use WinRM here"),
    404: (Reason.PROTOCOL_ERROR, "there is no WinRM at that port"),
    503: (Reason.PROTOCOL_ERROR, "the WinRM service does not answer: is it starting or stopped?"),
}

_REFUSED_MESSAGE = (Reason.PROTOCOL_ERROR, "the host refused a message")
_NOT_WINRM = (Reason.PROTOCOL_ERROR, "that is not WinRM's answer")

_UNREACHABLE = frozenset(
    getattr(errno, name)
    for name in ("ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL")
    if hasattr(errno, name)
) | {10051, 10065}  # Windows Sockets: WSAENETUNREACH, WSAEHOSTUNREACH

_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})

_MALFORMED = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    ET.ParseError,
    UrllibError,
    WinRMError,
    SpnegoError,
    requests.RequestException,
    struct.error,
)
"""What the libraries raise when they meet data that no WinRM service sends."""


def classify(error: Exception, line: Line, target: WsmanTarget, account: str) -> Failure:
    """The failure that `error` stands for, with what was seen."""
    _log.debug("%s: %s: %s", target.host, line.reached, _trail(error))
    if line.cut_for is not None:
        return ended(line, _place(target))
    reason, detail = _judged(error, line, target, account)
    return Failure(reason, line.reached, detail)


def _judged(error: Exception, line: Line, target: WsmanTarget, account: str) -> tuple[Reason, str]:
    place = _place(target)
    match error:
        case LineCutError() | requests.Timeout():
            return Reason.TIMED_OUT, f"no answer from {place} in time"
        case OversizeError():
            return Reason.COLLECTOR_FAILED, "the host sent more data than any answer has"
        case UnexpectedResponseError() | MarkupError() | FramingError():
            return Reason.PROTOCOL_ERROR, f"{place} sent {error}"
        case LogonForgottenError():
            return Reason.CONNECTION_LOST, f"{place} forgot the logon in mid-session"
        case requests.exceptions.SSLError():
            return Reason.TLS_REJECTED, _tls_detail(error, place)
        case requests.ConnectionError() | requests.exceptions.ChunkedEncodingError():
            return _connection_trouble(error, line, target)
        case _ if _is_refusal(error, line):
            offered = quote(line.offered) or "nothing"
            detail = f"{place} did not accept {account}; it offers {offered}"
            return Reason.AUTHENTICATION_FAILED, detail
        case _:
            return _winrm_trouble(error, line, place)


def _hung_up(place: str) -> str:
    return f"{place} hung up in the TLS handshake; for a port without TLS write psrp://"


def _winrm_trouble(error: Exception, line: Line, place: str) -> tuple[Reason, str]:
    match error:
        case WSManFaultError() if error.code is not None:
            reason, words = _FAULTS.get(error.code, _REFUSED_MESSAGE)
            text = error.reason or "no text"
            return reason, quote(f"{words} (WSMan fault {error.code}: {text})")
        case WinRMTransportError() | WSManFaultError():
            reason, words = _STATUSES.get(line.status, _NOT_WINRM)
            return reason, f"{place} answered HTTP {line.status}: {words}"
        case InvalidPSRPOperation():
            return Reason.COLLECTOR_FAILED, f"the host broke the session off: {quote(str(error))}"
        case _ if isinstance(error, _MALFORMED):
            return Reason.PROTOCOL_ERROR, f"{place} sent no WinRM message ({type(error).__name__})"
        case _:
            return Reason.INTERNAL_ERROR, type(error).__name__


def _is_refusal(error: Exception, line: Line) -> bool:
    """Whether the logon failed, be it that the host or a library here refused to go on."""
    if isinstance(error, AuthenticationError):
        return True
    library = type(error).__module__.partition(".")[0]
    return line.reached is Phase.LOGGING_ON and (
        isinstance(error, (SpnegoError, ValueError)) or library in {"krb5", "gssapi"}
    )


def _connection_trouble(error: Exception, line: Line, target: WsmanTarget) -> tuple[Reason, str]:
    place = _place(target)
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return Reason.NAME_NOT_RESOLVED, f"{target.host} has no address"
        if isinstance(cause, ConnectionRefusedError):
            return Reason.CONNECTION_REFUSED, f"{place} refuses connections"
        if isinstance(cause, OSError) and cause.errno in _UNREACHABLE:
            return Reason.NO_ROUTE, f"{place} cannot be reached from here"
        if isinstance(cause, TimeoutError):
            return Reason.TIMED_OUT, f"no answer from {place} in time"
    if line.reached is Phase.CONNECTING and target.tls:
        return Reason.TLS_REJECTED, _hung_up(place)
    if line.reached is Phase.LOGGING_ON and not target.tls:
        detail = f"{place} closed the connection without an answer; a port for TLS needs psrps://"
        return Reason.CONNECTION_LOST, detail
    return Reason.CONNECTION_LOST, f"{place} closed the connection"


def _tls_detail(error: Exception, place: str) -> str:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate of {place} is not accepted: {quote(cause.verify_message)}"
        if isinstance(cause, ssl.SSLError) and cause.reason in _NOT_TLS:
            return f"{place} does not speak TLS; for a port without it write psrp://"
        if isinstance(cause, ssl.SSLEOFError):
            return _hung_up(place)
        if isinstance(cause, ssl.SSLError):
            return f"the TLS handshake with {place} failed: {quote(cause.reason or str(cause))}"
    return f"the TLS handshake with {place} failed"


def _place(target: WsmanTarget) -> str:
    return f"{target.host} port {target.port}"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it wraps: urllib3 keeps causes in `reason`, requests in `args`."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]


def _trail(error: Exception) -> str:
    """The kinds of exceptions and the innermost place; their texts may quote what was sent."""
    kinds = " < ".join(type(cause).__name__ for cause in _causes(error))
    frames = traceback.extract_tb(error.__traceback__)
    return f"{kinds} at {frames[-1].name}:{frames[-1].lineno}" if frames else kinds
