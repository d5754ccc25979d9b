"""What every Windows of the lab has in its registry before its host file adds to it."""

from hklint.lab.host_file import Host, fill_registry
from hklint.lab.registry import KeyPath, Registry
from hklint.lab.registry_data import store

_WINDOWS_NT = KeyPath("HKLM", ("SOFTWARE", "Microsoft", "Windows NT", "CurrentVersion"))
_SCHANNEL = KeyPath(
    "HKLM",
    ("SYSTEM", "CurrentControlSet", "Control", "SecurityProviders", "SCHANNEL", "Protocols"),
)
_DOTNET = KeyPath("HKLM", ("SOFTWARE", "Microsoft", ".NETFramework", "v4.0.30319"))
_DOTNET_SETUP = KeyPath(
    "HKLM", ("SOFTWARE", "Microsoft", "NET Framework Setup", "NDP", "v4", "Full")
)
_EXCHANGE_SETUP = KeyPath("HKLM", ("SOFTWARE", "Microsoft", "ExchangeServer", "v15", "Setup"))
_EXCHANGE_PARTS = ("MsiProductMajor", "MsiProductMinor", "MsiBuildMajor", "MsiBuildMinor")


def install(host: Host) -> Registry:
    """The registry of a host: its Windows, what runs on it, then what its file says."""
    registry = Registry()
    for name, text in (
        ("ProductName", host.product),
        ("CurrentBuild", str(host.build)),
        ("CurrentBuildNumber", str(host.build)),
        ("EditionID", host.edition),
        ("InstallationType", host.installation_type),
    ):
        registry.write(_WINDOWS_NT, store(name, "REG_SZ", text))
    if host.ubr is not None:
        registry.write(_WINDOWS_NT, store("UBR", "REG_DWORD", host.ubr))
    registry.create(_SCHANNEL)
    if host.dotnet_release is not None:
        for view in ("64-bit", "32-bit"):
            registry.create(_DOTNET, view)
            release = store("Release", "REG_DWORD", host.dotnet_release)
            registry.write(_DOTNET_SETUP, release, view)
    if host.exchange_version is not None:
        numbers = host.exchange_version.split(".")
        for name, number in zip(_EXCHANGE_PARTS, numbers, strict=True):
            registry.write(_EXCHANGE_SETUP, store(name, "REG_DWORD", int(number)))
    fill_registry(registry, host)
    return registry
