"""What Invoke-WebRequest of Windows PowerShell 5.1 ends with, as the collector records it.

Sources: .NET Framework 4.8 reference source, `_Connection.cs`, `_TLSstream.cs`, `HttpWebRequest.cs`
for which status and inner exceptions go together; winerror.h and winsock2.h for the codes.
"""

from typing import Literal

import msgspec

Status = Literal[
    "NameResolutionFailure",
    "ProxyNameResolutionFailure",
    "ConnectFailure",
    "ReceiveFailure",
    "SendFailure",
    "ProtocolError",
    "ConnectionClosed",
    "TrustFailure",
    "SecureChannelFailure",
    "Timeout",
]

CONNECTION_RESET = 10054
CONNECTION_REFUSED = 10061
_ALGORITHM_MISMATCH = -2146893007
"""SEC_E_ALGORITHM_MISMATCH, 0x80090331, signed as NativeErrorCode is."""
_E_FAIL = -2147467259
_COR_E_SYSTEM = -2146233087
_COR_E_INVALID_OPERATION = -2146233079
_COR_E_IO = -2146232800

ERROR_ID = "WebCmdletWebResponseException,Microsoft.PowerShell.Commands.InvokeWebRequestCommand"


class Thrown(msgspec.Struct, frozen=True):
    """One exception of a chain."""

    type: str
    hresult: int
    native_error: int | None = None
    socket_error: int | None = None


class End(msgspec.Struct, frozen=True):
    """How a request ended: with an HTTP answer, an exception, or the deadline of the collector."""

    result: Literal["response", "error", "deadline"]
    status: Status | None = None
    inner: tuple[Thrown, ...] = ()
    http_status: int | None = None
    method: Literal["GET", "CONNECT"] | None = None
    answered_by: str | None = None

    @property
    def exceptions(self) -> tuple[Thrown, ...]:
        """The chain, outermost first."""
        if self.status is None:
            return ()
        return (Thrown("System.Net.WebException", _COR_E_INVALID_OPERATION), *self.inner)


def failure(status: Status, *inner: Thrown) -> End:
    """A WebException without a response."""
    return End("error", status, inner)


def answer(http_status: int, method: Literal["GET", "CONNECT"], uri: str) -> End:
    """An HTTP answer from `uri`; from 400 on, and to a CONNECT, it is thrown as ProtocolError."""
    if method == "GET" and http_status < 400:  # noqa: PLR2004 - RFC 9110: errors begin here
        return End("response", None, (), http_status, method, uri)
    return End("error", "ProtocolError", (), http_status, method, uri)


def io_error() -> Thrown:
    """The stream broke."""
    return Thrown("System.IO.IOException", _COR_E_IO)


def socket_error(code: int) -> Thrown:
    """Winsock said why."""
    return Thrown("System.Net.Sockets.SocketException", _E_FAIL, code, code)


def no_common_algorithm() -> Thrown:
    """AcquireCredentialsHandle has no protocol left to give."""
    return Thrown("System.ComponentModel.Win32Exception", _E_FAIL, _ALGORITHM_MISMATCH)


def not_trusted() -> Thrown:
    """The certificate was refused by the client."""
    return Thrown("System.Security.Authentication.AuthenticationException", _COR_E_SYSTEM)
