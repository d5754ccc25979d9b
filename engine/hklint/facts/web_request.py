"""Live requests: from the raw record of an attempt to one outcome.

The collector records what `Invoke-WebRequest` did; the outcome is decided here, from exception
types, statuses and codes, never from texts, which are in the host's language. The order follows
how .NET Framework raises a WebException (referencesource, System/net/System/Net) and how
PowerShell 7 reports HttpRequestError.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, get_args

from hklint.collector import NOT_ALLOWED
from hklint.fact import Fact, Observation, Present, Unreadable, WebRequest
from hklint.facts.problem import NOT_LISTED

Outcome = Literal[
    "reached",
    "tls-refused",
    "no-common-protocol",
    "certificate-rejected",
    "name-not-resolved",
    "connection-refused",
    "timed-out",
    "proxy-authentication",
    "proxy-failed",
    "failed",
]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

MEANING: dict[Outcome, str] = {
    "reached": "an HTTP answer came, so the TLS handshake succeeded",
    "tls-refused": "the connection was made and then closed in the TLS handshake",
    "no-common-protocol": "the host itself has no TLS protocol to offer",
    "certificate-rejected": "the host does not trust the certificate it was shown",
    "name-not-resolved": "the host found no address for the name",
    "connection-refused": "nothing accepts connections at that address",
    "timed-out": "no answer came in time",
    "proxy-authentication": "a proxy answered and wants credentials",
    "proxy-failed": "the proxy could not be used or refused the connection",
    "failed": "the request failed in another way",
}

TIMEOUT_SECONDS = 20
"""For each way of a request; the three ways run side by side."""

WAYS = ("default", "tls12", "system-default")

_ALGORITHM_MISMATCH = -2146893007
"""SEC_E_ALGORITHM_MISMATCH (0x80090331) as the signed NativeErrorCode of a Win32Exception."""
_CONNECTION_REFUSED = 10061
_CONNECTION_TIMED_OUT = 10060
_PROXY_AUTHENTICATION_REQUIRED = 407
_FIRST_HTTP_STATUS = 100
_TIME_LIMITS = ("ConnectionTimeoutReached,", "OperationTimeoutReached,")
"""How the error ids begin that PowerShell 7 gives to its time limits; they come with no status."""


def ask(requests: Iterable[WebRequest]) -> list[dict[str, object]]:
    """The request's web part: one item a URI with its ways."""
    ways: dict[str, set[str]] = {}
    for request in requests:
        ways.setdefault(request.uri, set()).add(request.way)
    return [
        {
            "uri": uri,
            "ways": [way for way in WAYS if way in ways[uri]],
            "timeout_seconds": TIMEOUT_SECONDS,
        }
        for uri in sorted(ways)
    ]


def read(answer: Mapping[str, Any]) -> Iterator[tuple[Fact, Observation]]:
    """One observation for each attempt; its record stays with it as detail."""
    for item in answer["web_requests"]:
        for attempt in item["attempts"]:
            yield WebRequest(item["uri"], attempt["way"]), _observation(attempt)


def _observation(attempt: Mapping[str, Any]) -> Observation:
    if attempt["result"] == "not-run" and attempt["error_id"] == NOT_ALLOWED:
        return NOT_LISTED
    if attempt["result"] == "not-run":
        return Unreadable("failed", attempt["message"] or "the request could not be started")
    return Present("outcome", classify(attempt), dict(attempt))


_BY_STATUS: dict[str, Outcome] = {
    "NameResolutionFailure": "name-not-resolved",
    "NameResolutionError": "name-not-resolved",
    "ProxyNameResolutionFailure": "proxy-failed",
    "Timeout": "timed-out",
    "TrustFailure": "certificate-rejected",
    "SecureChannelFailure": "tls-refused",
    "SendFailure": "tls-refused",
    "ReceiveFailure": "tls-refused",
    "ConnectionClosed": "tls-refused",
    "SecureConnectionError": "tls-refused",
}
"""What a WebExceptionStatus or HttpRequestError says by itself."""


def classify(attempt: Mapping[str, Any]) -> Outcome:
    """The outcome of an attempt that ran; the first test that fits decides."""
    if attempt["result"] == "deadline":
        return "timed-out"
    if attempt["http_status"] == _PROXY_AUTHENTICATION_REQUIRED:
        return "proxy-authentication"
    if attempt["status"] == "ProxyTunnelError" or _proxy_answered(attempt):
        return "proxy-failed"
    if attempt["result"] == "response" or _is_http(attempt["http_status"]):
        return "reached"
    return _without_answer(attempt)


def _proxy_answered(attempt: Mapping[str, Any]) -> bool:
    """Whether an answer is none of the site: to CONNECT, or from an address without TLS.

    Only https is asked for and no redirect is followed, so the latter is the proxy's own address.
    """
    method, answered_by = attempt["method"], attempt["final_uri"]
    if method is not None and method.upper() == "CONNECT":
        return True
    return answered_by is not None and not answered_by.lower().startswith("https:")


def _without_answer(attempt: Mapping[str, Any]) -> Outcome:
    status: str | None = attempt["status"]
    if any(error["native_error"] == _ALGORITHM_MISMATCH for error in attempt["exceptions"]):
        return "no-common-protocol"
    if status in {"ConnectFailure", "ConnectionError"}:
        return _not_connected(attempt)
    if status == "SecureConnectionError" and _is_about_trust(attempt):
        return "certificate-rejected"
    if status is None and (attempt["error_id"] or "").startswith(_TIME_LIMITS):
        return "timed-out"
    return _BY_STATUS.get(status or "", "failed")


def _is_http(status: int | None) -> bool:
    return status is not None and status >= _FIRST_HTTP_STATUS


def _not_connected(attempt: Mapping[str, Any]) -> Outcome:
    if attempt["proxy"] is not None:
        return "proxy-failed"
    errors = {error["socket_error"] for error in attempt["exceptions"]}
    if _CONNECTION_REFUSED in errors:
        return "connection-refused"
    return "timed-out" if _CONNECTION_TIMED_OUT in errors else "failed"


def _is_about_trust(attempt: Mapping[str, Any]) -> bool:
    """PowerShell 7: a certificate that is not trusted is .NET's own finding, without a code.

    What the other side or Schannel refuses is an AuthenticationException as well, but over a
    Win32Exception.
    """
    errors = attempt["exceptions"]
    return any(error["type"].endswith(".AuthenticationException") for error in errors) and all(
        error["native_error"] is None for error in errors
    )
