r"""Targets: what a user writes to name a host or a snapshot file.

| written | means |
|---|---|
| `psrp://[user@]host[:port]` | WinRM over http, port 5985; the logon seals every message |
| `psrps://[user@]host[:port]` | WinRM over TLS, port 5986 |
| `ssh://[user@]host[:port]` | PowerShell's SSH subsystem, by the system's `ssh` |
| `local:` | this computer, if it is a Windows |
| `[user@]host[:port]` | as with psrp:// |
| `name.reg` | a registry file, for the host that it is named after |
| `name.json`, or a path with a slash | a snapshot file |

A bare name means psrp:// because that is the listener which `winrm quickconfig` makes and which
Windows Server has from the start; with Negotiate its messages are encrypted without TLS. The user
is percent-encoded (`LAB%5Caudit`) or plain (`LAB\audit`, `audit@lab.example`).
"""

import ipaddress
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import msgspec

from hklint.errors import UsageError

HTTP_PORT = 5985
HTTPS_PORT = 5986


class WsmanTarget(msgspec.Struct, frozen=True, tag="psrp"):
    """A host to be asked over PowerShell remoting by WinRM.

    `host` is a name or an address (IPv6 without brackets), `user` None when the target names
    nobody, `text` what the user wrote; it never holds a password.
    """

    host: str
    port: int
    tls: bool
    user: str | None
    text: str


class SshTarget(msgspec.Struct, frozen=True, tag="ssh"):
    """A host to be asked over PowerShell remoting by SSH.

    `host` may be an alias of the user's ssh configuration. `port` and `user` are None where that
    configuration is to decide; `text` is what the user wrote.
    """

    host: str
    port: int | None
    user: str | None
    text: str


class LocalTarget(msgspec.Struct, frozen=True, tag="local"):
    """The computer that hklint runs on."""

    host: str = "localhost"
    user: None = None
    text: str = "local:"


class SnapshotTarget(msgspec.Struct, frozen=True, tag="snapshot"):
    """A snapshot file to be judged instead of a host."""

    path: str


class RegFileTarget(msgspec.Struct, frozen=True, tag="reg-file"):
    """A .reg file to be judged instead of a host, which `host` names: the file's own name."""

    path: str
    host: str
    text: str
    user: None = None


HostTarget = WsmanTarget | SshTarget | LocalTarget
Askable = HostTarget | RegFileTarget
"""What can be asked for facts; a .reg file knows some."""
Target = Askable | SnapshotTarget

LOCAL = "local:"
_SSH = "ssh"
_REG = ".reg"
_SCHEMES = {"psrp": False, "psrps": True}
_SPELLING = "[user@]host[:port]"
_LABEL = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_LONGEST_NAME = 253
_HIGHEST_PORT = 65535


def parse_target(text: str, *, is_file: Callable[[Path], bool] = Path.is_file) -> Target:
    """Read a target as the user wrote it.

    Raises:
        UsageError: It names neither a host nor a snapshot, or it holds a password.
    """
    written = text.strip()
    if not written:
        raise UsageError(f"the target is empty: write {_SPELLING}, or name a snapshot file")
    if written.lower() == LOCAL:
        return LocalTarget()
    scheme, separator, rest = written.partition("://")
    if separator:
        _refuse_password(rest)
        if scheme.lower() == _SSH:
            return _ssh(written, rest)
        return _psrp(written, rest, tls=_tls_of(scheme, rest))
    if written.lower().endswith(_REG) and len(written) > len(_REG):
        return RegFileTarget(written, Path(written.replace("\\", "/")).stem, written)
    if _looks_like_path(written):
        return SnapshotTarget(written)
    _refuse_password(written)
    if is_file(Path(written)):
        raise UsageError(
            f"{written} is a file here, and could be a host: write ./{written} for the file, "
            f"psrp://{written} for the host"
        )
    return _psrp(written, written, tls=False)


def _looks_like_path(written: str) -> bool:
    if written.lower().endswith(".json") or "/" in written:
        return True
    return "\\" in written and "@" not in written


def _refuse_password(rest: str) -> None:
    """Before anything is quoted in a message: what stands before the last @ may hold a password."""
    user = rest.rpartition("@")[0]
    if ":" in unquote(user):
        raise UsageError(
            "a target never holds a password: write user@host, and give the password in "
            "HKLINT_PASSWORD, by --password-command, in the keyring or at the prompt"
        )


def _tls_of(scheme: str, rest: str) -> bool:
    known = scheme.lower()
    if known in _SCHEMES:
        return _SCHEMES[known]
    if known == "local":
        raise UsageError(f"{scheme}://{rest}: write {LOCAL} for this computer")
    instead = "psrps" if known.endswith("s") else "psrp"
    raise UsageError(f"{scheme}:// is not a kind of target: did you mean {instead}://{rest}?")


def _psrp(written: str, rest: str, *, tls: bool) -> WsmanTarget:
    user, host, port = _user_and_place(written, rest)
    default = HTTPS_PORT if tls else HTTP_PORT
    return WsmanTarget(host, port or default, tls, user, written)


def _ssh(written: str, rest: str) -> SshTarget:
    user, host, port = _user_and_place(written, rest)
    return SshTarget(host, port, user, written)


def _user_and_place(written: str, rest: str) -> tuple[str | None, str, int | None]:
    authority, slash, path = rest.partition("/")
    if slash and "@" in path:
        raise UsageError(f"{written}: write a / in the user's name as %2F")
    if path or "?" in authority or "#" in authority:
        raise UsageError(f"{written}: nothing may follow the port; write {_SPELLING}")
    named_user, _, place = authority.rpartition("@")
    host, port = _host_and_port(written, place, bare=written == rest)
    return unquote(named_user) or None, host, port


def _host_and_port(written: str, place: str, *, bare: bool) -> tuple[str, int | None]:
    if place.startswith("["):
        address, bracket, tail = place[1:].partition("]")
        if not bracket or (tail and not tail.startswith(":")):
            raise UsageError(f"{written}: write an IPv6 address as [::1] or [::1]:5985")
        return _ipv6(written, address), _port(written, tail[1:]) if tail else None
    if place.count(":") > 1:
        if not bare:
            raise UsageError(f"{written}: write an IPv6 address in brackets, [::1]:5985")
        return _ipv6(written, place), None
    host, colon, port = place.partition(":")
    if not host:
        raise UsageError(f"{written}: the host's name is missing; write {_SPELLING}")
    labels = host.removesuffix(".").split(".")
    if len(host) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UsageError(
            f"{written}: {host} is no host name; names have letters A-Z, digits, - and _ "
            "(write others in their xn-- form)"
        )
    return host, _port(written, port) if colon else None


def _ipv6(written: str, address: str) -> str:
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        raise UsageError(f"{written}: {address or 'nothing'} is no IPv6 address") from None
    if parsed.scope_id is not None:
        raise UsageError(f"{written}: an address with a zone (%) cannot be used; use the name")
    return parsed.compressed


def _port(written: str, digits: str) -> int:
    number = int(digits) if re.fullmatch("[0-9]{1,5}", digits) else 0
    if not 1 <= number <= _HIGHEST_PORT:
        raise UsageError(f"{written}: the port must be a number from 1 to {_HIGHEST_PORT}")
    return number
