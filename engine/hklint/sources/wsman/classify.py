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
from http import HTTPStatus

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
from hklint.sources.wsman.certificate import UntrustedError, why_not
from hklint.sources.wsman.handshake import LogonError
from hklint.sources.wsman.http import LogonForgottenError, UnexpectedResponseError, schemes
from hklint.sources.wsman.proxy import ProxyError
from hklint.target import WsmanTarget

_log = logging.getLogger(__name__)

SESSION_GONE: frozenset[int | str] = frozenset({2150858843, "w:InvalidSelectors"})
"""What a host says of a session that it doesn't know: ERROR_WSMAN_UNEXPECTED_SELECTORS."""
_ENDED: tuple[int | str, ...] = (995, 1223, 2150859204, 2150859230, *SESSION_GONE)
"""ERROR_OPERATION_ABORTED and ERROR_CANCELLED, which Microsoft's about_Remote_Troubleshooting puts
down to a WinRM service that stops or restarts; and sessions that are disconnected or gone. For
PowerShell's own client, too, these end a session (WSManTransportManager.cs)."""
_QUOTAS = (*range(2150859173, 2150859177), 2150859179, *range(2150859236, 2150859243))
"""ERROR_WSMAN_QUOTA_...: of users, of the system, and of an endpoint ("PPQ")."""
_FORBIDDEN = (2150859180, 2150859229, 2150859235)
"""ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED, ..._SERVICE_REMOTE_ACCESS_DISABLED and
..._REMOTE_CONNECTION_NOT_ALLOWED."""
_FAULTS: dict[int | str, tuple[Reason, str]] = {
    5: (Reason.NOT_AUTHORISED, "access is denied"),
    "w:AccessDenied": (Reason.NOT_AUTHORISED, "access is denied"),
    **dict.fromkeys(_FORBIDDEN, (Reason.NOT_AUTHORISED, "the host forbids remote sessions")),
    1326: (Reason.AUTHENTICATION_FAILED, "the account or its password is wrong"),
    1726: (Reason.COLLECTOR_FAILED, "the PowerShell process of the session ended on the host"),
    **dict.fromkeys(_ENDED, (Reason.CONNECTION_LOST, "the host ended the session")),
    2150858811: (Reason.ENDPOINT_MISSING, "there is no such session configuration"),
    2150858752: (Reason.ENDPOINT_MISSING, "there is no such session configuration"),
    **dict.fromkeys(_QUOTAS, (Reason.SHELL_QUOTA, "a quota is used up")),
}
"""WSMan fault codes (wsmerror.h, and Win32 codes). 1726, RPC_S_CALL_FAILED, is what a host says
when wsmprovhost.exe ended: it crashed, was killed, or had used up its quota of memory."""

_STATUSES: dict[int, tuple[Reason, str]] = {
    400: (Reason.PROTOCOL_ERROR, "the port may be one for TLS (psrps://), or not WinRM's"),
    403: (Reason.NOT_AUTHORISED, "the account may not use WinRM here"),
    404: (Reason.PROTOCOL_ERROR, "there is no WinRM at that port"),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        Reason.PROTOCOL_ERROR,
        "the WinRM service is starting or stopped",
    ),
}

_REFUSED_MESSAGE = (Reason.PROTOCOL_ERROR, "the host refused a message")
_NOT_WINRM = (Reason.PROTOCOL_ERROR, "that is not WinRM's answer")

UNREACHABLE = frozenset(
    getattr(errno, name)
    for name in ("ENETUNREACH", "EHOSTUNREACH", "ENETDOWN", "EHOSTDOWN", "EADDRNOTAVAIL")
    if hasattr(errno, name)
) | {10051, 10065}  # Windows Sockets: WSAENETUNREACH, WSAEHOSTUNREACH
"""Numbers of OSError that say that there is no way to an address."""

NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST"})
"""What OpenSSL calls an answer to a handshake that is none."""
_TOO_OLD = ("TLSV1_ALERT_PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE")
_NO_COMMON_CIPHER = ("SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_INSUFFICIENT_SECURITY")
_CERTIFICATE_REFUSED = (
    "SSLV3_ALERT_BAD_CERTIFICATE",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    "SSLV3_ALERT_CERTIFICATE_REVOKED",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    "TLSV1_ALERT_ACCESS_DENIED",
    "TLSV1_ALERT_UNKNOWN_CA",
)
_HANDSHAKES = {
    **dict.fromkeys(NOT_TLS, "does not speak TLS; for a port without it write psrp://"),
    **dict.fromkeys(_TOO_OLD, "has no TLS 1.2 or newer"),
    **dict.fromkeys(
        _NO_COMMON_CIPHER,
        "has no cipher in common with this machine, or wants a client certificate",
    ),
    **dict.fromkeys(_CERTIFICATE_REFUSED, "does not accept the client certificate"),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": "wants a client certificate: use --auth certificate",
}
"""Handshakes that failed, by OpenSSL's names of reasons, which are in no language (sslerr.h)."""

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


def classify(error: Exception, line: Line, target: WsmanTarget, tried: str) -> Failure:
    """The failure that `error` stands for, with what was seen.

    `tried` is who logged on, and how.
    """
    _log.debug("%s: %s: %s", target.host, line.reached, _trail(error))
    if line.cut_for is not None:
        return ended(line, _place(target))
    reason, detail = _judged(error, line, target, tried)
    return Failure(reason, line.reached, detail)


def _judged(error: Exception, line: Line, target: WsmanTarget, tried: str) -> tuple[Reason, str]:
    place = _place(target)
    match error:
        case LineCutError() | requests.Timeout():
            connecting = isinstance(error, requests.ConnectTimeout)
            patience = line.patience(connecting=connecting or line.reached is Phase.CONNECTING)
            return Reason.TIMED_OUT, f"no answer from {place} {patience}"
        case OversizeError():
            return Reason.COLLECTOR_FAILED, "the host sent more data than any answer has"
        case UnexpectedResponseError() | MarkupError() | FramingError():
            return Reason.PROTOCOL_ERROR, f"{place} sent {error}"
        case LogonError() | ProxyError():
            return error.reason, quote(str(error))
        case LogonForgottenError():
            return Reason.CONNECTION_LOST, f"{place} forgot the logon in mid-session"
        case requests.ConnectionError() | requests.exceptions.ChunkedEncodingError():
            return _connection_trouble(error, line, target)
        case _ if _is_refusal(error, line):
            return Reason.AUTHENTICATION_FAILED, _refusal(error, line, place, tried)
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
            in_session = (
                line.reached is Phase.RUNNING and line.status == HTTPStatus.SERVICE_UNAVAILABLE
            )
            reason, words = _STATUSES.get(line.status, _NOT_WINRM)
            reason = Reason.CONNECTION_LOST if in_session else reason
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
    if line.reached is not Phase.LOGGING_ON or isinstance(error, requests.RequestException):
        return False
    return isinstance(error, ValueError) or _is_local(error)


def _is_local(error: Exception) -> bool:
    """Whether a library here could not make a logon, as without a Kerberos ticket."""
    library = type(error).__module__.partition(".")[0]
    return isinstance(error, SpnegoError) or library in {"krb5", "gssapi"}


def _refusal(error: Exception, line: Line, place: str, tried: str) -> str:
    offered = f"it offers {quote(', '.join(schemes(line.offered))) or 'nothing'}"
    if _is_local(error):
        return f"no logon at {place} as {tried} could be made here: {quote(str(error))}; {offered}"
    return f"{place} did not accept {tried}; {offered}"


def _connection_trouble(error: Exception, line: Line, target: WsmanTarget) -> tuple[Reason, str]:
    place = _place(target)
    if isinstance(error, requests.exceptions.SSLError) and _in_handshake(error, line):
        return Reason.TLS_REJECTED, _tls_detail(error, target)
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            line.try_later = cause.errno == socket.EAI_AGAIN
            why = "no name server answers for it" if line.try_later else "it has no address"
            return Reason.NAME_NOT_RESOLVED, f"{target.host}: {why}"
        if isinstance(cause, ConnectionRefusedError):
            return Reason.CONNECTION_REFUSED, f"{place} refuses connections"
        if isinstance(cause, OSError) and cause.errno in UNREACHABLE:
            return Reason.NO_ROUTE, f"{place} cannot be reached from here"
        if isinstance(cause, TimeoutError):
            connecting = line.reached is Phase.CONNECTING
            return (
                Reason.TIMED_OUT,
                f"no answer from {place} {line.patience(connecting=connecting)}",
            )
    if line.reached is Phase.CONNECTING and target.tls:
        return Reason.TLS_REJECTED, _hung_up(place)
    if line.reached is Phase.LOGGING_ON and not target.tls:
        detail = f"{place} closed the connection without an answer; a port for TLS needs psrps://"
        return Reason.CONNECTION_LOST, detail
    return Reason.CONNECTION_LOST, f"{place} closed the connection"


def _in_handshake(error: Exception, line: Line) -> bool:
    """Whether an error of TLS is about the handshake, and not a connection that broke.

    In TLS 1.3 a host says what it makes of the client certificate after the handshake.
    """
    if line.reached is Phase.CONNECTING:
        return True
    reasons = {cause.reason for cause in _causes(error) if isinstance(cause, ssl.SSLError)}
    return line.reached is Phase.LOGGING_ON and not reasons.isdisjoint(_HANDSHAKES)


def _tls_detail(error: Exception, target: WsmanTarget) -> str:
    place = _place(target)
    for cause in _causes(error):
        match cause:
            case UntrustedError():
                return f"the certificate of {place} {why_not(cause, target.host)}"
            case ssl.SSLEOFError():
                return _hung_up(place)
            case ssl.SSLError(reason=why) if why in _HANDSHAKES:
                return f"{place} {_HANDSHAKES[why]}"
            case ssl.SSLError(reason=why):
                return f"the TLS handshake with {place} failed: {quote(why or str(cause))}"
            case _:
                continue
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
