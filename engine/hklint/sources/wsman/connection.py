"""A WinRM connection that is built from a target and the options, and keeps to its line."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

import requests
from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.wsman import NAMESPACES, OptionSet, SelectorSet, WSMan
from requests.auth import HTTPBasicAuth

from hklint.sources.line import Line
from hklint.sources.options import Options
from hklint.sources.psrp.markup import MarkupError, decode, parse
from hklint.sources.wsman.handshake import Handshake
from hklint.sources.wsman.http import UnexpectedResponseError, http_session, tls_context
from hklint.sources.wsman.logon import Logon
from hklint.sources.wsman.proxy import proxy_place
from hklint.target import WsmanTarget

OPERATION_TIMED_OUT: Final = 2150858793
"""WSMan fault: nothing to send within the operation's time; ask again (winerror of WS-Management:
ERROR_WSMAN_OPERATION_TIMEDOUT)."""
_OPERATION_PART = 2 / 3
_LONGEST_OPERATION = 20
_PAUSE = 0.1

CERTIFICATE_HEADER = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
"""The Authorization header that asks for a client certificate (DSP0226, security profiles)."""

_NAMES = {
    "negotiate": "Negotiate",
    "kerberos": "Kerberos",
    "ntlm": "NTLM",
    "basic": "Basic",
    "certificate": "client certificate",
    "credssp": "CredSSP",
}


class _Http(Protocol):
    """What is used of pypsrp's transport."""

    endpoint: str
    session: requests.Session | None
    encryption: object | None

    def send(
        self, message: bytes, *, retries_on_read_timeout: int, timeout: float | None
    ) -> bytes: ...

    def close(self) -> None: ...


class _Guarded:
    """pypsrp's transport, from which only XML gets out that is safe to parse, as text."""

    def __init__(self, http: _Http, log_on: Callable[[], None]) -> None:
        self._http = http
        self._log_on = log_on
        self.endpoint = http.endpoint
        self.close = http.close

    def send(
        self, message: bytes, *, retries_on_read_timeout: int = 0, timeout: float | None = None
    ) -> str:
        self._log_on()
        try:
            answer = self._http.send(
                message, retries_on_read_timeout=retries_on_read_timeout, timeout=timeout
            )
        except WinRMTransportError as error:
            text = _parseable(error.response_text)
            raise WinRMTransportError(error.protocol, error.code, text) from None
        text = decode(answer)
        parse(text)
        return text


def _parseable(text: str) -> str:
    """What came with an HTTP error, or "" where it is no fault of WinRM but somebody's page."""
    try:
        parse(text)
    except MarkupError:
        return ""
    return text


def operation_seconds(options: Options) -> int:
    """How long the host may keep a request waiting before it says that there is nothing yet."""
    fitting = min(options.request_timeout * _OPERATION_PART, options.deadline / 4)
    return max(1, min(_LONGEST_OPERATION, int(fitting)))


class Connection(WSMan):
    """pypsrp's WSMan, with the time-outs, retries and HTTP settings of hklint.

    Raises on construction:
        OSError: The CA, certificate or key file can't be used.
    """

    def __init__(self, target: WsmanTarget, logon: Logon, options: Options, line: Line) -> None:
        self.line = line
        self.target = target
        self._authentication = options.authentication
        self._proxy = options.proxy
        self._auth = _auth(target, logon, options, line, sealed=self.sealed)
        self._tls = (
            tls_context(options.ca_file, options.certificate_file, options.certificate_key_file)
            if target.tls
            else None
        )
        super().__init__(
            target.host,
            port=target.port,
            ssl=target.tls,
            username=logon.user,
            auth=options.authentication,
            encryption="never" if not target.tls and not self.sealed else "auto",
            operation_timeout=operation_seconds(options),
            no_proxy=True,
        )
        self._http = cast("_Http", self.transport)
        self.transport = cast("Any", _Guarded(self._http, self._log_on))
        self.begin_anew()

    @property
    def sealed(self) -> bool:
        """Whether the logon's keys encrypt each message."""
        return not self.target.tls and self._authentication != "basic"

    def scheme(self) -> str:
        """How the account logs on: what was asked for, and what Negotiate came to."""
        name = _NAMES[self._authentication]
        came_to = self._auth.describe() if isinstance(self._auth, Handshake) else ""
        if came_to.partition(",")[0] == name:
            return came_to
        return f"{name} ({came_to})" if came_to else name

    def describe(self) -> str:
        """The transport in words, for the evidence."""
        words = ["https" if self.target.tls else "http", self.scheme()]
        if self._authentication == "credssp":
            words.append("password given to the host")
        if self.target.tls:
            words.append("certificate checked")
        else:
            words.append("sealed messages" if self.sealed else "NOT ENCRYPTED")
        if self._proxy is not None:
            words.append(f"through {proxy_place(self._proxy)}")
        return ", ".join(words)

    def invoke(  # noqa: PLR0913 - pypsrp's signature
        self,
        action: str,
        resource_uri: str,
        resource: ET.Element | None,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
        *,
        retries_on_read_timeout: int = 0,  # noqa: ARG002 - five retries with pauses outlast any deadline
    ) -> ET.Element:
        """Send one message, once."""
        return super().invoke(action, resource_uri, resource, option_set, selector_set, timeout)

    def receive(
        self,
        resource_uri: str,
        resource: ET.Element,
        option_set: OptionSet | None = None,
        selector_set: SelectorSet | None = None,
        timeout: int | None = None,
    ) -> ET.Element:
        """Wait for output as long as the line holds."""
        while True:
            try:
                body = super().receive(resource_uri, resource, option_set, selector_set, timeout)
            except WSManFaultError as fault:
                if fault.code != OPERATION_TIMED_OUT:
                    raise
                self.line.pause(_PAUSE)
                continue
            if body.find("rsp:ReceiveResponse/rsp:Stream", NAMESPACES) is None:
                self.line.pause(_PAUSE)
            return body

    def begin_anew(self) -> None:
        """Give up the connection, and with it the keys that seal messages."""
        self._http.close()
        self._http.encryption = None
        session = http_session(
            self.line, self._auth, self._tls, sealed=self.sealed, proxy=self._proxy
        )
        if self._authentication == "certificate":
            session.headers["Authorization"] = CERTIFICATE_HEADER
        self._http.session = session

    def _log_on(self) -> None:
        """Log on with an empty request where the keys that seal messages come of it."""
        if not isinstance(self._auth, Handshake) or not self.sealed or self._http.encryption:
            return
        session = cast("requests.Session", self._http.session)
        request = session.prepare_request(requests.Request("POST", self._http.endpoint))
        response = session.send(request)
        if response.status_code == HTTPStatus.UNAUTHORIZED:
            raise AuthenticationError
        if not response.ok:
            raise WinRMTransportError("http", response.status_code, "")
        if self._auth.context is None:
            raise UnexpectedResponseError("no WinRM message: it does not ask who is there")
        self._http.encryption = WinRMEncryption(self._auth.context, self._auth.seal)


def _auth(
    target: WsmanTarget, logon: Logon, options: Options, line: Line, *, sealed: bool
) -> Handshake | HTTPBasicAuth | None:
    match options.authentication:
        case "certificate":
            return None
        case "basic":
            password = logon.password.reveal() if logon.password else ""
            return HTTPBasicAuth(logon.user or "", password)
        case "negotiate" | "kerberos" | "ntlm" | "credssp":
            return Handshake(target, logon, options, line, sealed=sealed)
