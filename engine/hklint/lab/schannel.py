r"""Which protocols the lab's Schannel has: its own reading of Microsoft's pages, in plain code.

Sources: Microsoft Learn, "Protocols in TLS/SSL (Schannel SSP)" for the defaults of each build;
"Transport Layer Security (TLS) registry settings" and the Exchange article "Error when you install
add-ins by using Microsoft Store" for `Enabled` and `DisabledByDefault`. No policy is read here: the
lab is the second opinion to them. Where the pages are silent or disagree the lab picks one
behaviour, and `guesses` says so.
"""

from enum import StrEnum
from typing import Literal

from hklint.lab.registry import KeyPath, Registry
from hklint.lab.registry_data import dword

Role = Literal["Client", "Server"]


class Protocol(StrEnum):
    """The protocols by the names of their registry keys, oldest first."""

    SSL2 = "SSL 2.0"
    SSL3 = "SSL 3.0"
    TLS10 = "TLS 1.0"
    TLS11 = "TLS 1.1"
    TLS12 = "TLS 1.2"
    TLS13 = "TLS 1.3"


class Support(StrEnum):
    """What a program gets: offered unasked, only when it names the protocol, or not at all."""

    USABLE = "usable"
    ON_REQUEST = "on-request"
    BLOCKED = "blocked"
    UNSUPPORTED = "unsupported"


_SERVER_2008_SP2 = 6002
_SERVER_2012 = 9200
_SERVER_2016 = 14393
_SERVER_2022 = 20348
_FIRST_WITHOUT_OLD_TLS = 26000
_DOCUMENTED_BUILDS = frozenset((
    6000, 6001, 6002, 6003, 7600, 7601, 9200, 9600, 10240, 10586, 14393, 15063, 16299, 17134,
    17763, 18362, 18363, 19041, 19042, 19043, 19044, 19045, 20348, 22000, 22621, 22631, 26100,
))  # fmt: skip
_PROTOCOLS_KEY = (
    "SYSTEM",
    "CurrentControlSet",
    "Control",
    "SecurityProviders",
    "SCHANNEL",
    "Protocols",
)


def default_support(build: int, protocol: Protocol, role: Role) -> Support:
    """What a Windows of this build does when no value is set."""
    match protocol:
        case Protocol.SSL2:
            if build >= _SERVER_2016:
                return Support.UNSUPPORTED
            server_accepts = role == "Server" and build < _SERVER_2012
            return Support.USABLE if server_accepts else Support.ON_REQUEST
        case Protocol.SSL3:
            return Support.USABLE if build < _SERVER_2016 else Support.ON_REQUEST
        case Protocol.TLS10:
            return Support.USABLE
        case Protocol.TLS11 | Protocol.TLS12:
            if build < _SERVER_2008_SP2:
                return Support.UNSUPPORTED
            return Support.USABLE if build >= _SERVER_2012 else Support.ON_REQUEST
        case Protocol.TLS13:
            return Support.USABLE if build >= _SERVER_2022 else Support.UNSUPPORTED


def support(registry: Registry, build: int, protocol: Protocol, role: Role) -> Support:
    """What a Windows of this build does with the values that are set."""
    default = default_support(build, protocol, role)
    if default is Support.UNSUPPORTED:
        return default
    enabled = dword(registry.value(_key(protocol, role), "Enabled"))
    disabled_by_default = dword(registry.value(_key(protocol, role), "DisabledByDefault"))
    if enabled == 0:
        return Support.BLOCKED
    if disabled_by_default is None:
        return default
    return Support.ON_REQUEST if disabled_by_default else Support.USABLE


def offered(
    registry: Registry, build: int, role: Role, named: frozenset[Protocol] | None
) -> frozenset[Protocol]:
    """The protocols a program gets that names some, or none (None) and leaves it to Schannel.

    Naming a protocol passes over `DisabledByDefault`, never over `Enabled` = 0.
    """
    granted = (Support.USABLE,) if named is None else (Support.USABLE, Support.ON_REQUEST)
    wanted = frozenset(Protocol) if named is None else named
    return frozenset(
        protocol for protocol in wanted if support(registry, build, protocol, role) in granted
    )


def guesses(registry: Registry, build: int, protocol: Protocol, role: Role) -> tuple[str, ...]:
    """Why the lab's answer for this protocol is a guess; empty where Microsoft's pages say it."""
    default = default_support(build, protocol, role)
    if default is Support.UNSUPPORTED:
        return ()
    found: list[str] = []
    key = _key(protocol, role)
    for name in ("Enabled", "DisabledByDefault"):
        stored = registry.value(key, name)
        if stored is not None and dword(stored) is None:
            found.append(f"{name} is no REG_DWORD of 4 bytes: the lab treats it as not set")
    enabled = dword(registry.value(key, "Enabled"))
    disabled_by_default = dword(registry.value(key, "DisabledByDefault"))
    if enabled == 0:
        return tuple(found)
    if default is Support.ON_REQUEST and enabled and disabled_by_default is None:
        found.append("Enabled alone, off by default: the lab keeps the default")
    if default is Support.ON_REQUEST and enabled is None and disabled_by_default == 0:
        found.append("DisabledByDefault = 0 alone, off by default: the lab switches it on")
    if disabled_by_default is None:
        found.extend(_default_guesses(build, protocol))
    return tuple(found)


def _default_guesses(build: int, protocol: Protocol) -> list[str]:
    if build not in _DOCUMENTED_BUILDS:
        return [f"build {build} is not in Microsoft's table of defaults"]
    if protocol in (Protocol.SSL2, Protocol.SSL3):
        return ["whether an SSL version that is off by default can be had on request"]
    if build >= _FIRST_WITHOUT_OLD_TLS and protocol in (Protocol.TLS10, Protocol.TLS11):
        return ["whether TLS 1.0 and 1.1 are still on by default in this build"]
    return []


def _key(protocol: Protocol, role: Role) -> KeyPath:
    return KeyPath("HKLM", (*_PROTOCOLS_KEY, protocol.value, role))
