"""The way to a WinRM service, up to the logon."""

from collections.abc import Iterator
from functools import partial
from urllib.parse import urlsplit

from hklint.doctor.examination import Finding, Step, not_used
from hklint.doctor.guard import Guard
from hklint.doctor.identify import identify
from hklint.doctor.name import look_up
from hklint.doctor.place import Place, written
from hklint.doctor.port import Dial, connect, dialling
from hklint.doctor.tls import handshake
from hklint.doctor.tunnel import tunnelling
from hklint.sources.options import Options
from hklint.sources.wsman.quiet import silence_libraries
from hklint.target import HTTP_PORT, HTTPS_PORT, WsmanTarget

_SEALED = "not used: messages are sealed by the logon"
_NOT_ENCRYPTED = "not used, and Basic seals nothing: messages are NOT ENCRYPTED"


def steps(target: WsmanTarget, options: Options, guard: Guard) -> Iterator[Finding]:
    """Name, port, TLS and service, all over one connection, up to where the way ends.

    With a proxy, name and port are the proxy's: the name of the host is looked up by the proxy.
    """
    silence_libraries()
    place, dial = _start(target, options, guard)
    finding, addresses = look_up(place, options, guard)
    yield finding
    if not addresses:
        return
    usual = {} if place.proxy else _usual_ports(target)
    finding, connection = connect(place, addresses, dial, options, guard, usual)
    yield finding
    if connection is None:
        return
    if not target.tls:
        guard.line.connected()
        in_clear = options.authentication == "basic"
        yield not_used(Step.TLS, _NOT_ENCRYPTED if in_clear else _SEALED)
        yield identify(target, connection.socket, options, guard)
        return
    again = partial(dial, connection.address)
    finding, secured = handshake(target, connection.socket, again, options, guard)
    yield finding
    if secured is not None:
        yield identify(target, secured, options, guard)


def _start(target: WsmanTarget, options: Options, guard: Guard) -> tuple[Place, Dial]:
    dial = dialling(guard)
    if options.proxy is None:
        return Place(target.host, target.port), dial
    url = urlsplit(options.proxy)
    assert url.hostname is not None, "a target with such a proxy is objected to"
    assert url.port is not None, "the same"
    return Place(url.hostname, url.port, proxy=True), tunnelling(dial, options.proxy, target)


def _usual_ports(target: WsmanTarget) -> dict[int, str]:
    """The usual ports of WinRM, and what to write for each."""
    return {
        HTTP_PORT: written(target, tls=False, port=HTTP_PORT),
        HTTPS_PORT: written(target, tls=True, port=HTTPS_PORT),
    }
