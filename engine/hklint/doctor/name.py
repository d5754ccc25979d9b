"""The step `name`: which addresses a name has here."""

import socket
import time
from typing import cast

from hklint.doctor.examination import Finding, Step, failed, passed
from hklint.doctor.guard import Guard, since
from hklint.doctor.place import Address, Place
from hklint.failure import Failure, Reason
from hklint.sources.line import LineCutError, Phase
from hklint.sources.options import Options

_MOST_SHOWN = 8


def look_up(place: Place, options: Options, guard: Guard) -> tuple[Finding, tuple[Address, ...]]:
    """The addresses of a place, in the order in which they are tried.

    Where they come from, a hosts file or a DNS server, the system doesn't tell. An address is not
    looked up: nothing asks for the name behind it.
    """
    started = time.monotonic()
    try:
        addresses = guard.run(lambda: _addresses(place), options.connect_timeout)
    except LineCutError:
        return _took_too_long(place, options, guard, since(started)), ()
    except (OSError, UnicodeError):
        detail = f"{place} has no address"
        failure = Failure(Reason.NAME_NOT_RESOLVED, Phase.CONNECTING, detail)
        return failed(Step.NAME, failure, since(started)), ()
    seconds = since(started)
    if place.is_address:
        return passed(Step.NAME, f"{place} is an address: there is no name to look up"), addresses
    texts = tuple(str(address) for address in addresses[:_MOST_SHOWN])
    more = f" and {len(addresses) - len(texts)} more" if len(addresses) > len(texts) else ""
    summary = f"{place} is {', '.join(texts)}{more}"
    return passed(Step.NAME, summary, seconds, {"addresses": texts}), addresses


def _took_too_long(place: Place, options: Options, guard: Guard, seconds: float) -> Finding:
    failure = guard.ended(str(place))
    if failure.reason is Reason.CANCELLED:
        return failed(Step.NAME, failure, seconds)
    detail = f"nobody said within {options.connect_timeout:g} s which addresses {place} has"
    late = Failure(failure.reason, failure.phase, detail)
    return failed(Step.NAME, late, seconds, advice="Check this computer's DNS servers.")


def _addresses(place: Place) -> tuple[Address, ...]:
    found = socket.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    pairs = ((family, cast("tuple[str | int, ...]", address)) for family, *_, address in found)
    return tuple(dict.fromkeys(Address(*pair) for pair in pairs))
