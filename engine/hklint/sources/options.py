"""How hosts are reached: what the user chose, and what is never done whatever was chosen."""

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hklint.allowed_urls import AllowedUrls
from hklint.credentials import Passwords
from hklint.errors import UsageError
from hklint.sources.cancellation import Cancellation

Authentication = Literal["negotiate", "kerberos", "ntlm", "basic", "certificate", "credssp"]

DEFAULT_CONFIGURATION = "Microsoft.PowerShell"
DEFAULT_SUBSYSTEM = "powershell"


@dataclass(frozen=True, slots=True)
class Spn:
    """The service principal name to ask a Kerberos ticket for, where it is not HOST/target."""

    service: str
    host: str


def parse_spn(text: str | None) -> Spn | None:
    """A name as `setspn` writes it, SERVICE/HOST. Raises UsageError."""
    if text is None:
        return None
    service, slash, host = text.partition("/")
    if not (service and slash and host) or "/" in host:
        raise UsageError(f"--spn {text}: write SERVICE/HOST, such as HTTP/ex01.contoso.example")
    return Spn(service, host)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to reach hosts.

    `user` is used where a target names nobody. `ca_file` replaces the system's trusted CAs. `spn`
    and `delegate` are for Kerberos, `proxy` for psrps://. `configuration` is the session
    configuration (endpoint) and `ssh_subsystem` its like for ssh://, where `ssh_config` stands for
    the user's ssh configuration. `deadline` is for one host as a whole, closing and retries
    included, `connect_timeout` for each connection and `request_timeout` for each answer, all in
    seconds; `retries` is how often a host is tried again while it has answered nothing.
    `allow_unencrypted` has the host names that may be asked with Basic over plain http, and
    `allowed_urls` what hosts may be told to request. `whole_export` says that .reg files list all
    there is in and below their keys, and `host_fields` what they do not say of their hosts.
    """

    passwords: Passwords
    user: str | None = None
    authentication: Authentication = "negotiate"
    ca_file: Path | None = None
    certificate_file: Path | None = None
    certificate_key_file: Path | None = None
    spn: Spn | None = None
    delegate: bool = False
    proxy: str | None = None
    configuration: str = DEFAULT_CONFIGURATION
    ssh_subsystem: str = DEFAULT_SUBSYSTEM
    ssh_config: Path | None = None
    deadline: float = 90.0
    connect_timeout: float = 10.0
    request_timeout: float = 30.0
    retries: int = 2
    allow_unencrypted: frozenset[str] = frozenset()
    allowed_urls: AllowedUrls = field(default_factory=AllowedUrls)
    whole_export: bool = False
    host_fields: Mapping[str, int | str] = field(default_factory=dict[str, int | str])
    cancellation: Cancellation = field(default_factory=Cancellation)


def on_windows() -> bool:
    """Whether logons are made by Windows' own libraries, which know the current user."""
    return os.name == "nt"


def kerberos_is_installed() -> bool:
    """Whether Kerberos can be had: Windows has it, elsewhere it is the package `gssapi`."""
    return on_windows() or importlib.util.find_spec("gssapi") is not None
