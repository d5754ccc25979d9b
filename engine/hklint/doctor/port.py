"""The step `port`: whether something takes connections there."""

import math
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from hklint.doctor.examination import Finding, Step, failed, passed
from hklint.doctor.guard import Guard, since
from hklint.doctor.place import Address, Connection, Place
from hklint.failure import Failure, Reason
from hklint.sources.line import LineCutError, Phase
from hklint.sources.options import Options
from hklint.sources.wsman.classify import UNREACHABLE
from hklint.sources.wsman.proxy import ProxyError

Dial = Callable[[Address], socket.socket]
"""Makes a new connection; raises OSError, ProxyError, or LineCutError when the walk is over."""

_LONGEST_GLANCE = 3.0
"""Seconds for a port that nobody asked for."""


def connect(
    place: Place,
    addresses: Sequence[Address],
    dial: Dial,
    options: Options,
    guard: Guard,
    usual: Mapping[int, str],
) -> tuple[Finding, Connection | None]:
    """A connection to the first address that takes one, in the order in which hosts are asked.

    Where none does, the `usual` ports are looked at as well, each with the target that it is for:
    many mistakes are a port for TLS that is spoken to without, or the other way round.
    """
    started = time.monotonic()
    failures: list[Failure] = []
    try:
        connection = guard.run(lambda: _first(place, addresses, dial, failures), guard.line.left())
    except LineCutError:
        ended = guard.ended(f"{place} port {place.port}")
        return failed(Step.PORT, ended, since(started)), None
    seconds = since(started)
    details = [failure.detail for failure in failures]
    if connection is not None:
        notes = [f"{detail}; the next address was tried" for detail in details]
        summary = f"{_shown(connection.address, place)} takes connections"
        address: Mapping[str, str] = {"address": str(connection.address)}
        return passed(Step.PORT, summary, seconds, address, notes), connection
    others = {port: target for port, target in usual.items() if port != place.port}
    is_open = _glance(addresses[0], others, options)
    notes = [*details[:-1], *(_glanced(port, is_open=port in is_open) for port in others)]
    advice = f"If you meant that port, write {others[is_open[0]]}." if is_open else ""
    return failed(Step.PORT, failures[-1], seconds, notes=notes, advice=advice), None


def dialling(guard: Guard, seconds: float = math.inf) -> Dial:
    """How to connect under a guard: within so many seconds, and the time of a connection."""

    def dial(address: Address) -> socket.socket:
        patience = min(seconds, guard.line.timeouts()[0])
        connection = guard.adopt(socket.socket(address.family, socket.SOCK_STREAM))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(patience)
        connection.connect(address.socket_address)
        return connection

    return dial


def _first(
    place: Place, addresses: Sequence[Address], dial: Dial, failures: list[Failure]
) -> Connection | None:
    for address in addresses:
        try:
            return Connection(address, dial(address))
        except (OSError, ProxyError) as error:
            failures.append(_failure(error, _shown(address, place)))
    return None


def _failure(error: Exception, shown: str) -> Failure:
    match error:
        case ProxyError():
            reason, detail = error.reason, str(error)
        case ConnectionRefusedError():
            reason, detail = Reason.CONNECTION_REFUSED, f"{shown} refuses connections"
        case TimeoutError():
            reason, detail = Reason.TIMED_OUT, f"no answer from {shown} in time"
        case OSError(errno=number) if number in UNREACHABLE:
            reason, detail = Reason.NO_ROUTE, f"{shown} cannot be reached from here"
        case _:
            reason = Reason.CONNECTION_LOST
            detail = f"{shown} takes no connection ({type(error).__name__})"
    return Failure(reason, Phase.CONNECTING, detail)


def _glance(address: Address, ports: Iterable[int], options: Options) -> list[int]:
    """Which of the ports take connections; nothing is sent there."""
    guard = Guard(options)
    dial = dialling(guard, _LONGEST_GLANCE)
    try:
        return [port for port in ports if _is_open(address.at(port), dial, guard)]
    finally:
        guard.close()


def _is_open(address: Address, dial: Dial, guard: Guard) -> bool:
    try:
        guard.run(lambda: dial(address), guard.line.left())
    except (OSError, LineCutError):
        return False
    return True


def _glanced(port: int, *, is_open: bool) -> str:
    return f"port {port} {'does take connections' if is_open else 'takes no connections either'}"


def _shown(address: Address, place: Place) -> str:
    return f"{'the proxy ' if place.proxy else ''}{address} port {place.port}"
