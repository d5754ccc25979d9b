"""Facts: what can be asked of a host, and what comes of asking."""

from collections.abc import Mapping
from typing import Literal

import msgspec

Hive = Literal["HKLM", "HKCU", "HKCR", "HKU", "HKCC"]
View = Literal["64-bit", "32-bit"]
Way = Literal["default", "tls12", "system-default"]
"""How a request chooses its protocols: as the process does by default, with TLS 1.2 named, or
with the system default named."""


class RegistryValue(msgspec.Struct, frozen=True, tag="registry", tag_field="fact"):
    r"""One value of a registry key.

    `key` is the path below the hive, without Wow6432Node; the value named "" is the key's default
    value. Names compare without regard to case, as Windows compares them.
    """

    hive: Hive
    key: str
    value: str
    view: View = "64-bit"

    def __str__(self) -> str:
        return f"{self.hive}\\{self.key}: {self.value or '(default)'} [{self.view}]"


class RegistryName(msgspec.Struct, frozen=True, tag="registry_name", tag_field="fact"):
    """Whether a key has a value of this name; its data, which may be a secret, are not kept."""

    hive: Hive
    key: str
    value: str
    view: View = "64-bit"

    def __str__(self) -> str:
        return f"{self.hive}\\{self.key}: {self.value or '(default)'} [{self.view}]"


class RegistryKey(msgspec.Struct, frozen=True, tag="registry_key", tag_field="fact"):
    """Whether a registry key is there; `key` and `view` are as in RegistryValue."""

    hive: Hive
    key: str
    view: View = "64-bit"

    def __str__(self) -> str:
        return f"{self.hive}\\{self.key} [{self.view}]"


class HostField(msgspec.Struct, frozen=True, tag="host", tag_field="fact"):
    """One field of the host's identity, such as `build`; the collector's contract lists them."""

    field: str

    def __str__(self) -> str:
        return f"host {self.field}"


class WebRequest(msgspec.Struct, frozen=True, tag="web_request", tag_field="fact"):
    """A live request from the host to `uri`, made in one of the ways."""

    uri: str
    way: Way = "default"

    def __str__(self) -> str:
        return f"request to {self.uri} [{self.way}]"


Fact = RegistryValue | RegistryName | RegistryKey | HostField | WebRequest

Data = int | str | tuple[str, ...]
"""What was read: DWORD and QWORD are unsigned numbers, BINARY and NONE lower-case hex text without
blanks, MULTI_SZ is a tuple."""


class Present(msgspec.Struct, frozen=True, tag="present", tag_field="state"):
    """The fact was read.

    `type` is a registry type (REG_DWORD, ...), `key` or `name` where only being there counts,
    `text`, `integer` or `version` for host fields, or `outcome` for a web request, whose raw record
    is then in `detail`.
    """

    type: str
    value: Data
    detail: Mapping[str, object] | None = None


class Absent(msgspec.Struct, frozen=True, tag="absent", tag_field="state"):
    """The fact was looked for and is not there; `what` is missing."""

    what: Literal["key", "value", "field"]


class Unreadable(msgspec.Struct, frozen=True, tag="unreadable", tag_field="state"):
    """Nobody knows: the fact could not be read, or was never asked for."""

    reason: Literal[
        "access-denied", "failed", "malformed", "not-allowed", "not-asked", "host-not-reached"
    ]
    detail: str = ""


Observation = Present | Absent | Unreadable
