r"""Which protocols a .NET Framework 4.x program of the lab asks Schannel for.

Sources: .NET Framework 4.8 reference source, `ServicePointManager.Configuration.cs`,
`NetRegistryConfiguration.cs` and `AppContextDefaultValues.Defaults.cs`; Microsoft Learn, "TLS best
practices with .NET Framework". The lab knows the two machine-wide values; AppContext switches and
settings of a single program are not modelled.
"""

from typing import Literal

import msgspec

from hklint.fact import View, Way
from hklint.lab.registry import TYPE_NUMBERS, KeyPath, Registry
from hklint.lab.registry_data import number
from hklint.lab.schannel import Protocol, offered

Target = Literal["none", "4.6", "4.7"]
"""The framework a program was built for: none named or older than 4.6, 4.6 to 4.6.2, 4.7 on."""

SYSTEM_DEFAULT = 0
SSL3, TLS, TLS11, TLS12, TLS13 = 48, 192, 768, 3072, 12288
"""Numbers of the flags enumeration SecurityProtocolType."""

_FLAGS: dict[int, Protocol] = {
    SSL3: Protocol.SSL3,
    TLS: Protocol.TLS10,
    TLS11: Protocol.TLS11,
    TLS12: Protocol.TLS12,
    TLS13: Protocol.TLS13,
}
_KEY = KeyPath("HKLM", ("SOFTWARE", "Microsoft", ".NETFramework", "v4.0.30319"))
_RELEASE_4_8 = 528040
_SERVER_2019 = 17763


class Process(msgspec.Struct, frozen=True):
    """A program on the lab's Windows. `release` is that of the .NET Framework it runs on."""

    target: Target
    bits: Literal[32, 64]
    release: int

    @property
    def view(self) -> View:
        """The registry view it reads."""
        return "64-bit" if self.bits == 64 else "32-bit"  # noqa: PLR2004 - its own number


class Offer(msgspec.Struct, frozen=True):
    """What a request of a process brings into the handshake.

    `before` and `during` are ServicePointManager.SecurityProtocol; `protocols` is what Schannel
    lets it offer.
    """

    before: int
    during: int
    protocols: frozenset[Protocol]


def windows_powershell(build: int, release: int) -> Process:
    """powershell.exe: it names no target framework; from Server 2019 on it acts like 4.7.

    The latter is what users report, not what Microsoft says: `is_documented` tells.
    """
    return Process("4.7" if build >= _SERVER_2019 else "none", 64, release)


def is_documented(build: int) -> bool:
    """Whether the process default of Windows PowerShell on this build follows from the sources."""
    return build < _SERVER_2019


def default_protocols(registry: Registry, process: Process) -> int:
    """ServicePointManager.SecurityProtocol of a program that sets nothing."""
    if _is_on(registry, process, "SystemDefaultTlsVersions", by_default=process.target == "4.7"):
        return SYSTEM_DEFAULT
    if _is_on(registry, process, "SchUseStrongCrypto", by_default=process.target != "none"):
        return TLS | TLS11 | TLS12 | (TLS13 if process.release >= _RELEASE_4_8 else 0)
    return SSL3 | TLS


def offer(registry: Registry, build: int, process: Process, way: Way) -> Offer:
    """What a request made in this way offers."""
    before = default_protocols(registry, process)
    during = {"default": before, "tls12": TLS12, "system-default": SYSTEM_DEFAULT}[way]
    named = frozenset(protocol for flag, protocol in _FLAGS.items() if during & flag) or None
    return Offer(before, during, offered(registry, build, "Client", named))


def guesses(registry: Registry, process: Process) -> tuple[str, ...]:
    """Why the lab's choice for this process is a guess; empty where the sources say it."""
    return tuple(
        f"{name} has more than 4 bytes: the lab switches it off, as the code reads"
        for name in ("SystemDefaultTlsVersions", "SchUseStrongCrypto")
        if _is_oversized(registry, process, name)
    )


def _is_on(registry: Registry, process: Process, name: str, *, by_default: bool) -> bool:
    """A switch that is off by default needs exactly 1; one that is on goes off by exactly 0.

    Only REG_DWORD counts; other types and a key without access act like a missing value. A
    REG_DWORD of more than 4 bytes makes the read throw, which leaves the switch off.
    """
    if registry.is_denied(_KEY, process.view):
        return by_default
    stored = registry.value(_KEY, name, process.view)
    if stored is None or stored.type != TYPE_NUMBERS["REG_DWORD"]:
        return by_default
    read = number(stored)
    if read is None:
        return False
    return read != 0 if by_default else read == 1


def _is_oversized(registry: Registry, process: Process, name: str) -> bool:
    stored = registry.value(_KEY, name, process.view)
    if stored is None or stored.type != TYPE_NUMBERS["REG_DWORD"]:
        return False
    return number(stored) is None
