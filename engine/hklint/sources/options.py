"""How hosts are reached: what the user chose, and what is never done whatever was chosen."""

import importlib.util
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from hklint.credentials import Passwords
from hklint.errors import UsageError
from hklint.sources.cancellation import Cancellation
from hklint.target import HostTarget, WsmanTarget

Authentication = Literal["negotiate", "kerberos", "ntlm", "basic", "certificate", "credssp"]

DEFAULT_CONFIGURATION = "Microsoft.PowerShell"


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

    `user` is used where a target names nobody. `ca_file` replaces the system's trusted CAs.
    `spn` and `delegate` are for Kerberos, `proxy` for psrps://. `configuration` is the session
    configuration (endpoint) and `ssh_subsystem` its like for ssh://. `deadline` is for one host as
    a whole, closing and retries included, `connect_timeout` for each connection and
    `request_timeout` for each answer, all in seconds; `retries` is how often a host is tried again
    while it has answered nothing. `allow_unencrypted` has the host names that may be asked with
    Basic over plain http.
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
    ssh_subsystem: str = "powershell"
    deadline: float = 90.0
    connect_timeout: float = 10.0
    request_timeout: float = 30.0
    retries: int = 2
    allow_unencrypted: frozenset[str] = frozenset()
    cancellation: Cancellation = field(default_factory=Cancellation)


def objection(target: HostTarget, options: Options) -> str | None:
    """Why a target can't be reached with these options, or None.

    A command asks this before it starts, so that a mistake costs no connection.
    """
    return _wsman_objection(target, options) if isinstance(target, WsmanTarget) else None


def _wsman_objection(target: WsmanTarget, options: Options) -> str | None:
    if options.authentication == "certificate":
        if not target.tls:
            return "a client certificate needs TLS: write psrps:// for the target"
        if options.certificate_file is None or options.certificate_key_file is None:
            return "a client certificate needs two files: the certificate and its key"
    if options.authentication == "kerberos" and not kerberos_is_installed():
        return "Kerberos is not installed here: pip install 'pypsrp[kerberos]'"
    if options.authentication == "basic" and not target.tls:
        allowed = {host.casefold() for host in options.allow_unencrypted}
        if target.host.casefold() not in allowed:
            return (
                "Basic over http shows the password to the network: write psrps:// for the "
                f"target, or allow it with --allow-unencrypted {target.host}"
            )
    return None


def kerberos_is_installed() -> bool:
    """Whether Kerberos can be had: Windows has it, elsewhere it is the package `gssapi`."""
    return os.name == "nt" or importlib.util.find_spec("gssapi") is not None
