"""A request as the lab's Windows makes it: a real connection and a real TLS handshake."""

import contextlib
import http.client
import socket
import ssl
import threading
import time
from typing import NoReturn
from urllib.parse import urlsplit

import msgspec

from hklint.lab import thrown
from hklint.lab.host_file import Host, Proxy
from hklint.lab.listener import LOOPBACK
from hklint.lab.network import Network
from hklint.lab.schannel import Protocol
from hklint.lab.thrown import End
from hklint.lab.tls import negotiated, old_client_hello, span

_HTTPS_PORT = 443
_LONGEST_BODY = 1 << 20
_USER_AGENT = "Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1"


class Traffic(msgspec.Struct, frozen=True):
    """How a request ended, and which version its TLS handshake settled on (None: it did not)."""

    end: End
    negotiated: Protocol | None = None


class _EarlyEndError(Exception):
    """The request is over before an HTTP answer came."""

    def __init__(self, end: End) -> None:
        self.end = end
        super().__init__(end.status)


class _Clock:
    """The deadline of one request."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        remaining = self._until - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        return remaining


def get(
    uri: str,
    host: Host,
    network: Network,
    offered: frozenset[Protocol],
    seconds: float,
    stopped: threading.Event,
) -> Traffic:
    """Ask for `uri` with exactly the protocols in `offered`, within `seconds`.

    .NET connects before it asks Schannel for credentials, so a host without any protocol still
    fails at its name server or proxy first.
    """
    clock = _Clock(seconds)
    settled: Protocol | None = None
    try:
        with _connect(uri, host, network, clock, stopped) as line:
            line.settimeout(clock.left())
            with _shake_hands(line, uri, host, network, offered) as secured:
                settled = negotiated(secured)
                secured.settimeout(clock.left())
                return Traffic(_ask(secured, uri), settled)
    except _EarlyEndError as ended:
        return Traffic(ended.end, settled)
    except TimeoutError:
        return Traffic(thrown.failure("Timeout"), settled)


def _connect(
    uri: str, host: Host, network: Network, clock: _Clock, stopped: threading.Event
) -> socket.socket:
    if host.proxy is not None:
        _ask_proxy(host.proxy, uri, network, clock)
    parts = urlsplit(uri)
    destination = host.names.get((parts.hostname or "").lower())
    if destination is None:
        raise _EarlyEndError(thrown.failure("NameResolutionFailure"))
    if destination == "no-answer":
        stopped.wait(clock.left())
        raise _EarlyEndError(End("deadline"))
    right_port = (parts.port or _HTTPS_PORT) == _HTTPS_PORT
    return _open(network.ports[destination if right_port else "closed"], clock)


def _ask_proxy(proxy: Proxy, uri: str, network: Network, clock: _Clock) -> NoReturn:
    """Ask for a tunnel. The lab's proxies give none."""
    if proxy.behaves == "unresolved":
        raise _EarlyEndError(thrown.failure("ProxyNameResolutionFailure"))
    port = network.ports["closed" if proxy.behaves == "unreachable" else proxy.behaves]
    target = f"{urlsplit(uri).hostname}:{urlsplit(uri).port or _HTTPS_PORT}"
    with _open(port, clock) as line:
        line.settimeout(clock.left())
        line.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode())
        refusal = http.client.HTTPResponse(line, method="CONNECT")
        try:
            refusal.begin()
        except (http.client.HTTPException, ConnectionError):
            raise _EarlyEndError(thrown.failure("ConnectionClosed")) from None
        finally:
            refusal.close()
    raise _EarlyEndError(thrown.answer(refusal.status, "CONNECT", f"{proxy.uri}/"))


def _open(port: int, clock: _Clock) -> socket.socket:
    try:
        return socket.create_connection((LOOPBACK, port), timeout=clock.left())
    except ConnectionRefusedError:
        refused = thrown.socket_error(thrown.CONNECTION_REFUSED)
        raise _EarlyEndError(thrown.failure("ConnectFailure", refused)) from None


def _shake_hands(
    line: socket.socket, uri: str, host: Host, network: Network, offered: frozenset[Protocol]
) -> ssl.SSLSocket:
    if not offered:
        raise _EarlyEndError(thrown.failure("ReceiveFailure", thrown.no_common_algorithm()))
    versions = span(offered)
    if versions is None:
        _say_old_hello(line, offered)
    contexts = network.clients if host.trusts_lab_ca else network.strangers
    try:
        secured = contexts[versions].wrap_socket(line, server_hostname=urlsplit(uri).hostname)
    except ssl.SSLCertVerificationError:
        raise _EarlyEndError(thrown.failure("TrustFailure", thrown.not_trusted())) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise _EarlyEndError(thrown.failure("SendFailure", thrown.io_error())) from None
    except ssl.SSLError:
        raise _EarlyEndError(thrown.failure("SecureChannelFailure")) from None
    except ConnectionError:
        raise _EarlyEndError(_reset("SendFailure")) from None
    if negotiated(secured) not in offered:
        secured.close()
        raise _EarlyEndError(thrown.failure("SecureChannelFailure"))
    return secured


def _say_old_hello(line: socket.socket, offered: frozenset[Protocol]) -> NoReturn:
    """Say hello with what Python can't offer, and see how the other end takes it."""
    try:
        line.sendall(old_client_hello(offered))
        replied = line.recv(1)
    except ConnectionError:
        raise _EarlyEndError(_reset("SendFailure")) from None
    if not replied:
        raise _EarlyEndError(thrown.failure("SendFailure", thrown.io_error()))
    raise _EarlyEndError(thrown.failure("SecureChannelFailure"))


def _ask(secured: ssl.SSLSocket, uri: str) -> End:
    parts = urlsplit(uri)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    head = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {_USER_AGENT}\r\n\r\n"
    response = http.client.HTTPResponse(secured, method="GET")
    try:
        secured.sendall(head.encode("ascii", "replace"))
        response.begin()
        response.read(_LONGEST_BODY)
    except http.client.RemoteDisconnected:
        return thrown.failure("ConnectionClosed")
    except ConnectionError:
        return _reset("ReceiveFailure")
    except ssl.SSLError:
        return thrown.failure("SecureChannelFailure")
    except http.client.HTTPException:
        return thrown.failure("ConnectionClosed")
    finally:
        with contextlib.suppress(OSError):
            response.close()
    return thrown.answer(response.status, "GET", f"https://{parts.netloc}{path}")


def _reset(status: thrown.Status) -> End:
    return thrown.failure(status, thrown.io_error(), thrown.socket_error(thrown.CONNECTION_RESET))
