"""The step `service`: whether a WinRM service answers, asked before anybody logs on.

WS-Management has a question for this, which needs no account: Identify (DSP0226 1.0, section 11).
Windows answers it without a logon to a client that says so in a header, as `Test-WSMan` does. The
other message is the empty one with which a logon by Negotiate begins; it shows what is offered.
"""

import contextlib
import email.utils
import http.client
import socket
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from hklint import __version__
from hklint.doctor.examination import Finding, Step, Value, failed, passed
from hklint.doctor.guard import Guard, since
from hklint.doctor.judge import judge
from hklint.doctor.place import written
from hklint.failure import Reason
from hklint.sources.answer import quote
from hklint.sources.line import Line, LineCutError, OversizeError
from hklint.sources.options import Options
from hklint.sources.psrp.markup import MarkupError, parse
from hklint.sources.wsman.http import UnexpectedResponseError, schemes
from hklint.sources.wsman.metered import MeteredResponse, current_line
from hklint.target import WsmanTarget

_LARGEST_ANSWER = 64 * 1024
"""Bytes; Windows' answer has 500."""
_HALF_A_SECOND = 0.5
_KERBEROS_SKEW = 300
"""Seconds that Kerberos allows clocks to differ by default (Microsoft, "Maximum tolerance for
computer clock synchronization")."""
_PATHS = {
    "soap": "http://www.w3.org/2003/05/soap-envelope",
    "id": "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
}
_QUESTION = (
    f'<s:Envelope xmlns:s="{_PATHS["soap"]}" xmlns:wsmid="{_PATHS["id"]}">'
    "<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>"
).encode()
_FIELDS = {"product_vendor": "ProductVendor", "product_version": "ProductVersion"}
_STATUSES: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "the port may be one for TLS (psrps://), or not WinRM's",
    HTTPStatus.NOT_FOUND: "there is no WinRM at that port",
    HTTPStatus.SERVICE_UNAVAILABLE: "the WinRM service is starting or stopped",
}
_OPEN = {
    *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED),
    *(HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.NOT_IMPLEMENTED),
}
"""Statuses that a WinRM service may answer Identify with, so that the way goes on."""
_MAY_BE_TLS = {Reason.CONNECTION_LOST, Reason.TIMED_OUT}
"""What comes of it when a service for TLS is spoken to without."""
_ACCEPTED_BY: Mapping[str, set[str]] = {
    "negotiate": {"negotiate", "kerberos", "ntlm"},
    "kerberos": {"negotiate", "kerberos"},
    "ntlm": {"negotiate", "ntlm"},
    "basic": {"basic"},
    "credssp": {"credssp"},
}


@dataclass(frozen=True, slots=True)
class _Heard:
    """What came: `skew` is how many seconds the host's clock is ahead, if it told its time."""

    status: int
    body: bytes
    server: str
    skew: int | None
    offered: tuple[str, ...]


def identify(
    target: WsmanTarget, connection: socket.socket, options: Options, guard: Guard
) -> Finding:
    """What the service says of itself, and which kinds of authentication it offers."""
    started = time.monotonic()
    try:
        heard = guard.run(
            lambda: _ask(target, connection, options, guard.line), options.request_timeout
        )
        product = _product(heard)
    except (
        *(LineCutError, OversizeError, UnexpectedResponseError, MarkupError),
        *(http.client.HTTPException, OSError),
    ) as error:
        failure = judge(error, target, guard)
        advice = ""
        if not target.tls and failure.reason in _MAY_BE_TLS:
            advice = f"If that is a port for TLS, write {written(target, tls=True)} for it."
        return failed(Step.SERVICE, failure, since(started), advice=advice)
    details: dict[str, Value] = {**product}
    if heard.server:
        details["server"] = heard.server
    if heard.offered:
        details["offered"] = heard.offered
    if heard.skew is not None:
        details["clock_ahead_seconds"] = heard.skew
    summary = f"HTTP {heard.status} instead of an answer to Identify"
    if product:
        summary = f"a WinRM service of {product['product_vendor']} answers"
    elif heard.status == HTTPStatus.UNAUTHORIZED:
        summary = "the service says nothing of itself before the logon"
    return passed(Step.SERVICE, summary, since(started), details, tuple(_notes(heard, options)))


def _ask(target: WsmanTarget, connection: socket.socket, options: Options, line: Line) -> _Heard:
    current_line.set(line)
    client = http.client.HTTPConnection(target.host, target.port)
    client.auto_open = 0  # a connection of its own would be neither watched nor in TLS
    client.response_class = MeteredResponse
    client.sock = connection
    connection.settimeout(options.request_timeout)
    sent = time.time()
    answer, body = _exchange(client, _QUESTION, {"WSMANIDENTIFY": "unauthenticated"})
    skew = _skew(answer, (sent + time.time()) / 2)
    offered = _schemes(answer)
    if answer.status == HTTPStatus.OK:
        with contextlib.suppress(http.client.HTTPException, OSError):
            offered = _schemes(_exchange(client, b"", {})[0])
    return _Heard(answer.status, body, quote(answer.headers.get("Server", "")), skew, offered)


def _exchange(
    client: http.client.HTTPConnection, body: bytes, headers: Mapping[str, str]
) -> tuple[http.client.HTTPResponse, bytes]:
    common = {
        "Content-Type": "application/soap+xml;charset=UTF-8",
        "User-Agent": f"hklint/{__version__}",
    }
    client.request("POST", "/wsman", body, {**common, **headers})
    answer = client.getresponse()
    return answer, answer.read(_LARGEST_ANSWER)


def _skew(answer: http.client.HTTPResponse, middle: float) -> int | None:
    """How far ahead the host's clock is; HTTP cuts to whole seconds (RFC 9110, section 6.6.1)."""
    try:
        told = email.utils.parsedate_to_datetime(answer.headers.get("Date", ""))
        return round(told.timestamp() + _HALF_A_SECOND - middle)
    except (ValueError, OverflowError):
        return None


def _schemes(answer: http.client.HTTPResponse) -> tuple[str, ...]:
    offered = schemes(", ".join(answer.headers.get_all("WWW-Authenticate", [])))
    return tuple(map(quote, offered))


def _product(heard: _Heard) -> dict[str, str]:
    """What the service calls itself, if it says; raises where it is no WinRM service."""
    if heard.status in _OPEN:
        return {}
    if heard.status != HTTPStatus.OK:
        why = _STATUSES.get(heard.status, "that is not WinRM's answer")
        raise UnexpectedResponseError(f"HTTP {heard.status}: {why}")
    said = parse(heard.body).find("soap:Body/id:IdentifyResponse", _PATHS)
    if said is None:
        raise UnexpectedResponseError("what is no answer to Identify: that is not WinRM")
    texts = {name: said.findtext(f"id:{tag}", "", _PATHS) for name, tag in _FIELDS.items()}
    return {name: quote(text) or "not told" for name, text in texts.items()}


def _notes(heard: _Heard, options: Options) -> Iterator[str]:
    if heard.status not in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}:
        yield "Whether it is a WinRM service all the same, the next steps show."
    minutes = round(abs(heard.skew or 0) / 60)
    if heard.skew is not None and abs(heard.skew) > _KERBEROS_SKEW:
        way = "ahead of" if heard.skew > 0 else "behind"
        yield (
            f"The host's clock is {minutes} minutes {way} this computer's. Kerberos allows 5: "
            "check both against the domain's time."
        )
    chosen = options.authentication
    fitting = _ACCEPTED_BY.get(chosen)
    offered = {name.lower() for name in heard.offered}
    if offered and fitting is not None and not offered & fitting:
        yield f"--auth {chosen} was chosen, and the host offers {', '.join(heard.offered)} only."
