"""HTTP for a conversation with a host: bounded, supervised, and blind to this machine's settings.

pypsrp sends through a `requests.Session`. The one made here knows no netrc and no proxy but the one
that the user named, follows no redirect, checks certificates always, and takes its time-outs from
the line.
"""

import re
import socket
import ssl
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.response import BaseHTTPResponse

from hklint import __version__
from hklint.sources.line import Line, LineCutError, OversizeError, Phase, SocketWire
from hklint.sources.wsman.certificate import UntrustedError, look
from hklint.sources.wsman.metered import MeteredResponse, current_line
from hklint.sources.wsman.proxy import no_tunnel, not_reached

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection, BaseHTTPSConnection

_SEALED = "multipart/"
_SEALED_TYPE = re.compile(
    r'multipart/(x-multi-)?encrypted; *protocol="[A-Za-z/-]+"; *boundary="Encrypted Boundary"'
)
"""The type of a sealed message, [MS-WSMV] 2.2.9.1. pypsrp makes a pattern of the boundary, and one
that a host chose could take for ever to match."""

_TURNED_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.SERVICE_UNAVAILABLE})
"""What Windows' HTTP.sys answers before a message has come to the WinRM service: where the account
is not logged on, and where the service is not there ("HTTP.sys Reason Phrases", 503 errors)."""


_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z]+)(?=\s|,|$)")
"""In WWW-Authenticate (RFC 9110, section 11.6.1), beside realms and tokens."""
_MOST_SCHEMES = 8


class UnexpectedResponseError(Exception):
    """The response is none that a WinRM service gives; the text says why."""


class LogonForgottenError(Exception):
    """The host asks for a new logon in mid-session, and the keys that seal messages are void."""


def http_session(
    line: Line,
    auth: AuthBase | None,
    tls: ssl.SSLContext | None,
    *,
    sealed: bool,
    proxy: str | None = None,
) -> requests.Session:
    """A session for one conversation. `sealed` demands that answers are encrypted messages."""
    session = requests.Session()
    session.trust_env = False
    session.auth = auth
    session.headers["User-Agent"] = f"hklint/{__version__}"
    session.headers["Accept-Encoding"] = "identity"
    session.adapters.clear()
    adapter = _Adapter(line, tls, sealed=sealed, proxy=proxy)
    session.mount("https://" if tls else "http://", adapter)
    return session


@lru_cache(maxsize=8)
def tls_context(
    ca_file: Path | None, certificate_file: Path | None, key_file: Path | None
) -> ssl.SSLContext:
    """A context that trusts the CA file, or else the system's CAs (on Windows: its stores).

    Raises:
        OSError: A file can't be read or is not what it should be (`ssl.SSLError` among them).
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.hostname_checks_common_name = False  # RFC 9525: it may be anybody's, such as a user's
    if certificate_file is not None:
        context.load_cert_chain(certificate_file, key_file, password=_no_password)
        context.post_handshake_auth = True  # how WinRM asks for it in TLS 1.3 (RFC 8446, 4.6.2)
    return context


def _no_password() -> str:
    """Keeps OpenSSL from asking at the terminal for the password of a key."""
    raise OSError("the key file is protected with a password")


def schemes(challenge: str) -> tuple[str, ...]:
    """The ways to log on that a WWW-Authenticate header names."""
    return tuple(dict.fromkeys(_SCHEME.findall(challenge)))[:_MOST_SCHEMES]


class _Connection(HTTPConnection):
    response_class = MeteredResponse

    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())

    def connect(self) -> None:
        super().connect()
        current_line.get().connected()


class _TlsConnection(HTTPSConnection):
    response_class = MeteredResponse

    def _new_conn(self) -> socket.socket:
        try:
            return _watched(super()._new_conn())
        except HTTPError as error:
            if self.proxy is None:
                raise
            raise not_reached(error, self.proxy) from error

    def _tunnel(self) -> None:
        assert self.proxy is not None
        behind = f"{self._tunnel_host} port {self._tunnel_port}"
        try:
            super()._tunnel()
        except (OSError, HTTPException, OversizeError) as error:
            raise no_tunnel(error, self.proxy, behind) from error

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            shown = look(self._new_conn, self.host) if self.proxy is None else None
            raise UntrustedError(error, shown) from error
        current_line.get().connected()


def _watched(connection: socket.socket) -> socket.socket:
    try:
        current_line.get().watch(SocketWire(connection))
    except LineCutError:
        connection.close()
        raise
    return connection


class _Pool(HTTPConnectionPool):
    ConnectionCls = cast("type[BaseHTTPConnection]", _Connection)


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = cast("type[BaseHTTPSConnection]", _TlsConnection)


class _Adapter(HTTPAdapter):
    """Sends each request of a conversation, those of an authentication handshake included."""

    def __init__(
        self, line: Line, tls: ssl.SSLContext | None, *, sealed: bool, proxy: str | None
    ) -> None:
        super().__init__(max_retries=0)
        self.poolmanager = (
            PoolManager(num_pools=1, maxsize=1, ssl_context=tls)
            if proxy is None
            else ProxyManager(proxy, num_pools=1, maxsize=1, ssl_context=tls)
        )
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
        self._line = line
        self._sealed = sealed

    def cert_verify(
        self,
        conn: HTTPConnectionPool,
        url: str,  # noqa: ARG002 - the signature of requests, here and below
        verify: object,  # noqa: ARG002
        cert: object,  # noqa: ARG002
    ) -> None:
        """Leave trust to the context; requests would add a CA bundle of its own to it."""
        if isinstance(conn, HTTPSConnectionPool):
            conn.cert_reqs = "CERT_REQUIRED"

    def build_response(
        self, req: requests.PreparedRequest, resp: BaseHTTPResponse
    ) -> requests.Response:
        response = super().build_response(req, resp)
        response.encoding = "utf-8"  # not what the host names: some codecs take for ever
        return response

    def send(
        self, request: requests.PreparedRequest, *_args: object, **_options: object
    ) -> requests.Response:
        timeouts = self._line.timeouts()
        if request.body:
            self._line.sending()
        if "Authorization" in request.headers:
            self._line.tried = True
        token = current_line.set(self._line)
        try:
            response = super().send(request, stream=True, timeout=timeouts, verify=True)
        finally:
            current_line.reset(token)
        self._check(request, response)
        return response

    def _check(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        status, headers = response.status_code, response.headers
        self._line.status = status
        self._line.try_later = status == HTTPStatus.SERVICE_UNAVAILABLE
        if request.body and status in _TURNED_AWAY:
            self._line.returned()
        if status == HTTPStatus.UNAUTHORIZED:
            if self._sealed and request.body:
                raise LogonForgottenError
            self._line.offered = headers.get("WWW-Authenticate", "")
        elif self._line.reached is Phase.LOGGING_ON:
            self._line.reached = Phase.OPENING
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise UnexpectedResponseError(f"HTTP {status}, a redirect; it was not followed")
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnexpectedResponseError("a compressed answer, though none was asked for")
        kind = headers.get("Content-Type", "")
        if kind.startswith(_SEALED) and not _SEALED_TYPE.fullmatch(kind):
            raise UnexpectedResponseError("an encrypted message of a kind that there is not")
        if self._sealed and request.body and response.ok and not kind.startswith(_SEALED):
            raise UnexpectedResponseError("an answer that is not encrypted, as it must be on http")
