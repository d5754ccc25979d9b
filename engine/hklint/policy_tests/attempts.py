"""Records of live requests: for each outcome what the collector would have written down."""

from collections.abc import Mapping
from typing import Any

from hklint.fact import Unreadable, Way
from hklint.facts.web_request import Outcome

_DIFFERENCES: Mapping[Outcome, Mapping[str, Any]] = {
    "reached": {"result": "response", "http_status": 200, "method": "GET", "exceptions": []},
    "tls-refused": {"status": "SendFailure"},
    "no-common-protocol": {"status": "ReceiveFailure", "native_error": -2146893007},
    "certificate-rejected": {"status": "TrustFailure"},
    "name-not-resolved": {"status": "NameResolutionFailure"},
    "connection-refused": {"status": "ConnectFailure", "socket_error": 10061},
    "timed-out": {"status": "Timeout"},
    "proxy-authentication": {"status": "ProtocolError", "http_status": 407, "method": "CONNECT"},
    "proxy-failed": {"status": "ProtocolError", "http_status": 502, "method": "CONNECT"},
    "failed": {"status": "UnknownError"},
}
"""How a record of each outcome differs from one of a request that failed without a reason."""


def attempt(way: Way, outcome: Outcome | Unreadable, started: str) -> dict[str, Any]:
    """The record of a request that ended so, or that could not be made at all."""
    if isinstance(outcome, Unreadable):
        return _record(way, started, result="not-run", exceptions=[], message=outcome.detail)
    return _record(way, started, **_DIFFERENCES[outcome])


def _record(
    way: Way,
    started: str,
    native_error: int | None = None,
    socket_error: int | None = None,
    **fields: object,
) -> dict[str, Any]:
    codes = {"native_error": native_error, "socket_error": socket_error}
    silent: dict[str, Any] = {
        "way": way,
        "result": "error",
        "started": started,
        "milliseconds": 0,
        "ran_in": "child",
        "process": {"name": "powershell", "bits": 64, "powershell": "5.1", "edition": "Desktop"},
        "security_protocol": {"before": None, "during": None},
        "proxy": None,
        "final_uri": None,
        "method": None,
        "http_status": None,
        "status": None,
        "error_id": None,
        "exceptions": [{"type": "System.Net.WebException", "hresult": None, **codes}],
        "message": None,
    }
    return silent | fields
