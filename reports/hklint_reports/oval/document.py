"""What both kinds of OVAL documents have: namespaces, a generator, and how facts are named."""

from datetime import datetime

from hklint.fact import Hive, RegistryKey, RegistryName, RegistryValue, View
from hklint.run import RunHeader
from hklint_reports.oval.exact import exact_xml
from hklint_reports.text import xml_text

_OVAL = "http://oval.mitre.org/XMLSchema/oval"
WINDOWS_DEFINITIONS = f"{_OVAL}-definitions-5#windows"
CHARACTERISTICS = f"{_OVAL}-system-characteristics-5"
WINDOWS_CHARACTERISTICS = f"{CHARACTERISTICS}#windows"

_HIVES: dict[Hive, str] = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
VIEWS: dict[View, str] = {"64-bit": "64_bit", "32-bit": "32_bit"}


def head(kind: str, header: RunHeader, made: datetime) -> str:
    """The beginning of a document, such as `definitions`, up to the end of its generator."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<oval_{kind.replace("-", "_")} xmlns="{_OVAL}-{kind}-5" xmlns:oval="{_OVAL}-common-5" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        "<generator><oval:product_name>hklint</oval:product_name>"
        f"<oval:product_version>{xml_text(header.hklint)}</oval:product_version>"
        "<oval:schema_version>5.11.1</oval:schema_version>"
        f"<oval:timestamp>{made:%Y-%m-%dT%H:%M:%SZ}</oval:timestamp></generator>\n"
    )


def place(fact: RegistryValue | RegistryName | RegistryKey) -> str:
    """Hive, key and name of a fact; the name "" is a key's default value."""
    named = "" if isinstance(fact, RegistryKey) else f"<name>{exact_xml(fact.value)}</name>"
    return f"<hive>{_HIVES[fact.hive]}</hive><key>{exact_xml(fact.key)}</key>{named}"
