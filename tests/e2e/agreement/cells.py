"""The grid: what may stand in the registry, and the host that has it there."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, cast

import msgspec

from hklint.fact import View
from hklint.lab.host_file import Host
from hklint.lab.schannel import Protocol

Setting = int | str | None

ABSENT, TEXT, ALL_ONES = None, "1", 0xFFFFFFFF
SETTINGS: tuple[Setting, ...] = (ABSENT, 0, 1, 2, ALL_ONES, TEXT)
"""What may stand in a registry value; a text is REG_SZ, where Windows wants REG_DWORD."""
ON: tuple[Setting, ...] = (1, 2, ALL_ONES)
STRONG_CRYPTO: tuple[Setting, ...] = (ABSENT, 0, 1)
SCHANNEL_OF_INTEREST: tuple[Setting, ...] = (ABSENT, 0, 1, ALL_ONES, TEXT)
DOTNET_OF_INTEREST: tuple[tuple[Setting, Setting], ...] = ((ABSENT, ABSENT), (ABSENT, 1), (1, 0))
"""SystemDefaultTlsVersions and SchUseStrongCrypto: TLS 1.0 at most, a named list, inherited."""

ACCOUNT = "LAB\\audit"
RELEASE = 528049
""".NET Framework 4.8 on Windows Server 2016."""
DOTNET_KEY = r"HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
_PROTOCOLS_KEY = r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"


class Cell(msgspec.Struct, frozen=True):
    """One combination: a build of Windows, and what stands in the four values.

    `view` is where the two values of .NET stand; the other view of the registry has none.
    """

    build: int
    protocol: Protocol
    enabled: Setting
    disabled_by_default: Setting
    system_default: Setting
    strong_crypto: Setting
    view: View = "64-bit"


def full_grid(build: int, protocol: Protocol) -> Iterator[Cell]:
    """Every combination of the four values."""
    for values in itertools.product(SETTINGS, SETTINGS, SETTINGS, STRONG_CRYPTO):
        yield Cell(build, protocol, *values)


def short_grid(build: int, protocol: Protocol) -> Iterator[Cell]:
    """Combinations of the Schannel values, with the choices that .NET can come to."""
    for both in itertools.product(SCHANNEL_OF_INTEREST, SCHANNEL_OF_INTEREST):
        for choice in DOTNET_OF_INTEREST:
            yield Cell(build, protocol, *both, *choice)


def client_key(protocol: Protocol) -> str:
    """The key of the two Schannel values of a protocol."""
    return rf"{_PROTOCOLS_KEY}\{protocol.value}\Client"


def server_name(protocol: Protocol) -> str:
    """The name that the protocol's server has in the network."""
    return f"{protocol.value.lower().replace(' ', '-').replace('.', '-')}.lab.example"


def uri_of(protocol: Protocol) -> str:
    """Where the server of a protocol is found."""
    return f"https://{server_name(protocol)}"


def host_of(cell: Cell) -> Host:
    """The host of a cell; it knows the name of the protocol's server alone."""
    schannel_values = {"Enabled": cell.enabled, "DisabledByDefault": cell.disabled_by_default}
    dotnet_values = {
        "SystemDefaultTlsVersions": cell.system_default,
        "SchUseStrongCrypto": cell.strong_crypto,
    }
    registry: dict[View, dict[str, dict[str, Any]]] = {"64-bit": {}, "32-bit": {}}
    registry["64-bit"][client_key(cell.protocol)] = _set(schannel_values)
    registry[cell.view][DOTNET_KEY] = _set(dotnet_values)
    return Host(
        about="one cell of the grid",
        name="CELL",
        domain_role=3,
        product="Windows",
        build=cell.build,
        edition="ServerStandard",
        installation_type="Server",
        dotnet_release=RELEASE,
        powershell="5.1",
        accounts={ACCOUNT: "unused"},
        names=cast("Any", {server_name(cell.protocol): cell.protocol.value}),
        registry=registry,
    )


def _set(values: Mapping[str, Setting]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not ABSENT}
