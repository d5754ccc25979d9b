"""Where Microsoft's texts leave it open what is offered, written down without our tables."""

from typing import Literal

from hklint.fact import Way
from hklint.lab import dotnet
from hklint.lab.dotnet import Process
from hklint.lab.schannel import Protocol

from .cells import ABSENT, ON, TEXT, Cell

TLS10_AT_MOST = dotnet.SSL3 | dotnet.TLS
Default = Literal["on", "on-request", "none", "open", "build-not-known"]


def default_of(build: int, protocol: Protocol) -> Default:
    """What a Windows does while no value is set, as far as the grid needs it."""
    if build > 26100:
        return "build-not-known"
    match protocol:
        case Protocol.TLS13:
            return "on" if build >= 20348 else "none"
        case Protocol.TLS12:
            return "on-request" if build == 7601 else "on"
        case Protocol.TLS11 if build == 7601:
            return "on-request"
        case Protocol.TLS10 | Protocol.TLS11:
            return "open" if build == 26100 else "on"
        case _:
            return "on" if build < 14393 else "open"


def is_open(cell: Cell, program: Process, way: Way, before: int) -> bool:
    """Whether nobody can say if the protocol is offered, by the texts and not by our tables.

    `before` is what .NET chose by itself (ServicePointManager.SecurityProtocol).
    """
    default = default_of(cell.build, cell.protocol)
    asked = {"default": before, "tls12": dotnet.TLS12, "system-default": 0}[way]
    if default == "none" or cell.enabled == 0:
        return False
    if asked and cell.protocol is Protocol.TLS13:
        return way == "default" and asked != TLS10_AT_MOST  # 4.8 names it, older ones do not
    if asked and cell.protocol not in _named(asked):
        return False
    if way == "default" and not asked and cell.disabled_by_default not in ON:
        if cell.protocol is Protocol.SSL3:
            return True  # SchUseStrongCrypto may take it out again
        if cell.protocol is Protocol.TLS13 and program.target != "4.7":
            return True  # whether older programs get it
    if cell.enabled == TEXT:
        surely_not = not asked and cell.disabled_by_default in ON
        return not surely_not or default not in ("on", "on-request")
    if cell.disabled_by_default == TEXT:
        return not asked or default != "on"
    return _open_alone(cell, default)


def _open_alone(cell: Cell, default: Default) -> bool:
    """Whether it is open although both values have the right type; Enabled is not 0."""
    enabled, disabled = cell.enabled, cell.disabled_by_default
    match default:
        case "on" | "none":
            return False
        case "on-request":
            return (enabled is ABSENT and disabled == 0) or (
                enabled is not ABSENT and disabled is ABSENT
            )
        case "open":
            return enabled is ABSENT or disabled is ABSENT
        case "build-not-known":
            return True


def _named(asked: int) -> frozenset[Protocol]:
    flags = {
        dotnet.SSL3: Protocol.SSL3, dotnet.TLS: Protocol.TLS10, dotnet.TLS11: Protocol.TLS11,
        dotnet.TLS12: Protocol.TLS12, dotnet.TLS13: Protocol.TLS13,
    }  # fmt: skip
    return frozenset(protocol for flag, protocol in flags.items() if asked & flag)
