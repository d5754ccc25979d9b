r"""Between the keys of a .reg file and facts: which view, and how the other spells it.

A .reg file for a 64-bit Windows reaches the 32-bit view of HKLM\SOFTWARE by `Wow6432Node`
(Microsoft, "Registry Redirector"). HKLM\SYSTEM and the other hives have one view.
"""

from hklint.fact import Hive, RegistryKey, RegistryName, RegistryValue
from hklint.fold import fold
from hklint.reg_file.entries import KeyPath

ROOTS: dict[Hive, str] = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}

_HIVES: dict[str, Hive] = {fold(root): hive for hive, root in ROOTS.items()}
_REDIRECTED = "software"
_NODE = "Wow6432Node"


_SHARED = tuple(
    f"{fold(key)}\\"
    for key in (
        "Clients",
        "Microsoft\\COM3",
        "Microsoft\\Cryptography\\Calais",
        "Microsoft\\Cryptography\\Services",
        "Microsoft\\CTF",
        "Microsoft\\DFS",
        "Microsoft\\Driver Signing",
        "Microsoft\\EnterpriseCertificates",
        "Microsoft\\EventSystem",
        "Microsoft\\MSMQ",
        "Microsoft\\Non-Driver Signing",
        "Microsoft\\Notepad",
        "Microsoft\\OLE",
        "Microsoft\\RAS",
        "Microsoft\\RPC",
        "Microsoft\\Shared Tools\\MSInfo",
        "Microsoft\\SystemCertificates",
        "Microsoft\\TermServLicensing",
        "Microsoft\\Transaction Server",
        "Microsoft\\Windows\\CurrentVersion\\Control Panel",
        "Microsoft\\Windows\\CurrentVersion\\Explorer",
        "Microsoft\\Windows\\CurrentVersion\\Group Policy",
        "Microsoft\\Windows\\CurrentVersion\\Policies",
        "Microsoft\\Windows\\CurrentVersion\\PreviewHandlers",
        "Microsoft\\Windows\\CurrentVersion\\Setup",
        "Microsoft\\Windows\\CurrentVersion\\Telephony",
        "Microsoft\\Windows NT\\CurrentVersion",
        "Policies",
        "RegisteredApplications",
    )
)


def key_of(fact: RegistryValue | RegistryName | RegistryKey) -> KeyPath:
    """The key that a .reg file names for a fact."""
    head, *rest = fact.key.split("\\")
    if fact.view == "32-bit" and fact.hive == "HKLM" and fold(head) == _REDIRECTED:
        return KeyPath(fact.hive, "\\".join([head, _NODE, *rest]))
    return KeyPath(fact.hive, fact.key)


def fact_of(key: KeyPath) -> RegistryKey:
    """The key of a .reg file as a fact; what has one view only is said to be of the 64-bit one."""
    head, *rest = key.path.split("\\")
    if key.hive == "HKLM" and fold(head) == _REDIRECTED and rest and fold(rest[0]) == fold(_NODE):
        return RegistryKey(key.hive, "\\".join([head, *rest[1:]]), "32-bit")
    return RegistryKey(key.hive, key.path, "64-bit")


def value_of(key: KeyPath, name: str) -> RegistryValue:
    """A value of a .reg file as a fact."""
    place = fact_of(key)
    return RegistryValue(place.hive, place.key, name, place.view)


def parse_key(text: str) -> KeyPath | None:
    r"""`HKEY_LOCAL_MACHINE\SOFTWARE\...`; None for an unknown root or an empty name in the path."""
    root, separator, path = text.partition("\\")
    hive = _HIVES.get(fold(root))
    if hive is None or (separator and not all(path.split("\\"))):
        return None
    return KeyPath(hive, path)


def has_own_32_bit_key(key: RegistryKey) -> bool | None:
    """Whether the two views of a key are two keys; None where that depends on the Windows.

    Source: Microsoft, "Registry Keys Affected by WOW64", which lists what both views share, and
    where that differs between versions.
    """
    parts = fold(key.key).split("\\")
    if key.hive == "HKCR" or any(part.endswith("classes") for part in parts[:3]):
        return None
    if key.hive != "HKLM" or parts[0] != _REDIRECTED:
        return False
    below = "\\".join([*parts[1:], ""])
    return None if below.startswith(_SHARED) else True
