"""HTTP for a conversation with a host: bounded, supervised, and blind to this machine's settings.

pypsrp sends through a `requests.Session`. The one made here knows no proxy and no netrc, follows no
redirect, checks certificates always, and takes its time-outs from the line.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager
from urllib3.response import BaseHTTPResponse

from hklint import __version__
from hklint.sources.line import LARGEST_RESPONSE, Line, OversizeError, Phase

if TYPE_CHECKING:
    from urllib3._base_connection import BaseHTTPConnection, BaseHTTPSConnection

_line: ContextVar[Line] = ContextVar("line")


class UnexpectedResponseError(Exception):
    """The response is none that a WinRM service gives; the text says why."""


class LogonForgottenError(Exception):
    """The host asks for a new logon in mid-session, and the keys that seal messages are void."""


def http_session(
    line: Line, auth: AuthBase | None, tls: ssl.SSLContext | None, *, sealed: bool
) -> requests.Session:
    """A session for one conversation. `sealed` demands that answers are encrypted messages."""
    session = requests.Session()
    session.trust_env = False
    session.auth = auth
    session.headers["User-Agent"] = f"hklint/{__version__}"
    session.headers["Accept-Encoding"] = "identity"
    session.adapters.clear()
    session.mount("https://" if tls else "http://", _Adapter(line, tls, sealed=sealed))
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
    if certificate_file is not None:
        context.load_cert_chain(certificate_file, key_file, password=_no_password)
    return context


def _no_password() -> str:
    """Keeps OpenSSL from asking at the terminal for the password of a key."""
    raise OSError("the key file is protected with a password")


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())

    def connect(self) -> None:
        super().connect()
        _line.get().connected()


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _watched(super()._new_conn())

    def connect(self) -> None:
        super().connect()
        _line.get().connected()


def _watched(connection: socket.socket) -> socket.socket:
    _line.get().watch(connection)
    return connection


class _Pool(HTTPConnectionPool):
    ConnectionCls = cast("type[BaseHTTPConnection]", _Connection)


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = cast("type[BaseHTTPSConnection]", _TlsConnection)


class _Response(requests.Response):
    """A response whose body is bounded and counted."""

    line: Line

    def iter_content(
        self,
        chunk_size: int | None = 1,
        decode_unicode: bool = False,  # noqa: FBT001, FBT002 - the signature of requests
    ) -> Iterator[Any]:
        size = 0
        for chunk in super().iter_content(chunk_size, decode_unicode):
            size += len(chunk)
            if size > LARGEST_RESPONSE:
                raise OversizeError
            self.line.meter(len(chunk))
            yield chunk


class _Adapter(HTTPAdapter):
    """Sends each request of a conversation, those of an authentication handshake included."""

    def __init__(self, line: Line, tls: ssl.SSLContext | None, *, sealed: bool) -> None:
        super().__init__(max_retries=0)
        self.poolmanager = PoolManager(num_pools=1, maxsize=1, ssl_context=tls)
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
        response = _Response()
        response.__dict__.update(super().build_response(req, resp).__dict__)
        response.line = self._line
        return response

    def send(
        self, request: requests.PreparedRequest, *_args: object, **_options: object
    ) -> requests.Response:
        timeouts = self._line.timeouts()
        if request.body:
            self._line.sending()
        if "Authorization" in request.headers:
            self._line.tried = True
        token = _line.set(self._line)
        try:
            response = super().send(request, stream=True, timeout=timeouts, verify=True)
        finally:
            _line.reset(token)
        self._check(request, response)
        return response

    def _check(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        status, headers = response.status_code, response.headers
        self._line.status = status
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
        if self._sealed and request.body and response.ok and not _is_sealed(headers):
            raise UnexpectedResponseError("an answer that is not encrypted, as it must be on http")


def _is_sealed(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Type", "").startswith("multipart/encrypted")
