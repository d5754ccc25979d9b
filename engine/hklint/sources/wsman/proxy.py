"""What goes wrong at a proxy, told apart from what goes wrong at the host behind it.

The proxy is asked for a tunnel (CONNECT, RFC 9110, section 9.3.6), in which TLS goes from end to
end: it sees the host's name and port, and nothing else.
"""

import re
from http import HTTPStatus

from urllib3.exceptions import HTTPError, NameResolutionError, NewConnectionError
from urllib3.util import Url, parse_url

from hklint.failure import Reason

_STATUS = re.compile("failed: ([0-9]{3})")
"""In what http.client raises when a proxy makes no tunnel."""
_FORBIDDEN = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED})
_NOT_REACHED = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)


class ProxyError(Exception):
    """The proxy did not lead to the host."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def proxy_place(proxy: str | Url) -> str:
    """A proxy in words."""
    url = parse_url(proxy) if isinstance(proxy, str) else proxy
    return f"the proxy {url.host} port {url.port}"


def not_reached(error: HTTPError, proxy: Url) -> ProxyError:
    """What keeps connections from the proxy, by what urllib3 raised (or else it timed out)."""
    place = proxy_place(proxy)
    if isinstance(error, NameResolutionError):
        return ProxyError(Reason.NAME_NOT_RESOLVED, f"the proxy {proxy.host} has no address")
    if isinstance(error.__cause__, ConnectionRefusedError):
        return ProxyError(Reason.CONNECTION_REFUSED, f"{place} refuses connections")
    if not isinstance(error, NewConnectionError):
        return ProxyError(Reason.TIMED_OUT, f"no answer from {place} in time")
    return ProxyError(Reason.NO_ROUTE, f"{place} cannot be reached from here")


def no_tunnel(error: Exception, proxy: Url, behind: str) -> ProxyError:
    """Why the proxy made no tunnel to the place `behind` it, by what http.client raised."""
    place = proxy_place(proxy)
    if isinstance(error, TimeoutError):
        return ProxyError(Reason.TIMED_OUT, f"no answer from {place} in time")
    found = _STATUS.search(str(error))
    if found is None:
        if isinstance(error, OSError):
            return ProxyError(Reason.CONNECTION_LOST, f"{place} closed the connection")
        return ProxyError(Reason.PROTOCOL_ERROR, f"{place} does not answer as a proxy does")
    status = int(found[1])
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        why = "wants a logon of its own, which hklint does not do"
    elif status in _FORBIDDEN:
        why = f"does not let anybody through to {behind}"
    elif status in _NOT_REACHED:
        why = f"did not reach {behind}"
    else:
        why = f"made no way to {behind}"
    return ProxyError(Reason.NO_ROUTE, f"{place} {why} (HTTP {status})")
