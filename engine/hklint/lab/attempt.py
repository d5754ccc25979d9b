"""One attempt of the collector: a request made in one way, and the raw record of it."""

import datetime as dt
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec

from hklint.fact import Way
from hklint.lab import dotnet, web_client
from hklint.lab.host_file import Host
from hklint.lab.messages import web_text
from hklint.lab.network import Network
from hklint.lab.registry import Registry
from hklint.lab.schannel import Protocol
from hklint.lab.thrown import ERROR_ID, End

_OLDEST_RELEASE = 378389
""".NET Framework 4.5: what the lab assumes where a host file names no release."""


class Handshake(msgspec.Struct, frozen=True):
    """What one attempt did on the wire, for those who look into the lab.

    `offered` is what the Windows offers, with SSL 3.0 which OpenSSL can't; `negotiated` is None
    where no handshake was completed.
    """

    uri: str
    way: Way
    offered: frozenset[Protocol]
    negotiated: Protocol | None


def make(  # noqa: PLR0913 - one attempt of one host: all of it is needed
    uri: str,
    way: Way,
    seconds: float,
    *,
    host: Host,
    in_effect: Registry,
    network: Network,
    stopped: threading.Event,
) -> tuple[dict[str, Any], Handshake]:
    """Make the request, and give its record as the answer's schema has it.

    Of a request that the deadline ended, the collector knows no more than that.
    """
    started = dt.datetime.now(dt.UTC)
    begun = time.monotonic()
    process = dotnet.windows_powershell(host.build, host.dotnet_release or _OLDEST_RELEASE)
    offer = dotnet.offer(in_effect, host.build, process, way)
    traffic = web_client.get(uri, host, network, offer.protocols, seconds, stopped)
    end = traffic.end
    ended_by_force = end.result == "deadline"
    record = {
        "way": way,
        "result": end.result,
        "started": iso(started),
        "milliseconds": round((time.monotonic() - begun) * 1000),
        "ran_in": "child",
        "process": {
            "name": "powershell",
            "bits": process.bits,
            "powershell": "" if ended_by_force else host.powershell,
            "edition": "Desktop",
        },
        "security_protocol": {
            "before": None if ended_by_force else offer.before,
            "during": None if ended_by_force else offer.during,
        },
        "proxy": host.proxy.uri if host.proxy and not ended_by_force else None,
        "final_uri": end.answered_by,
        "method": end.method,
        "http_status": end.http_status,
        "status": end.status,
        "error_id": ERROR_ID if end.status else None,
        "exceptions": [msgspec.to_builtins(exception) for exception in end.exceptions],
        "message": web_text(end, _looked_up(uri, host, end), host.culture),
    }
    return record, Handshake(uri, way, offer.protocols, traffic.negotiated)


def iso(moment: dt.datetime) -> str:
    """A moment in UTC as .NET's round-trip format has it."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f0Z")


def _looked_up(uri: str, host: Host, end: End) -> str:
    by_proxy = end.status == "ProxyNameResolutionFailure" and host.proxy is not None
    return urlsplit(host.proxy.uri if by_proxy and host.proxy else uri).hostname or ""
