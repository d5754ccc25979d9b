"""Targets that can't be reached with the options given: told before a byte is sent.

What Windows refuses rests on Microsoft's "Authentication for Remote Connections", on
"ConnectionOptions.UserName", and for CredSSP on the policy "Allow delegating fresh credentials with
NTLM-only server authentication", which is off for WinRM; what Kerberos takes for a name, on
RFC 4120, section 6.
"""

import ipaddress
from collections.abc import Callable
from urllib.parse import urlsplit

from hklint.sources.options import Options, kerberos_is_installed, on_windows
from hklint.sources.process import objections as process
from hklint.target import HostTarget, LocalTarget, SshTarget, WsmanTarget

_NEEDS_ACCOUNT = frozenset({"ntlm", "basic", "credssp"})
_KERBEROS = frozenset({"negotiate", "kerberos"})
_NOT_INSTALLED = "Kerberos is not installed here: pip install 'hklint[kerberos]'"
_PROXY_SPELLING = "write --proxy http://HOST:PORT"


def objection(target: HostTarget, options: Options) -> str | None:
    """Why a target can't be reached with these options, or None.

    A command asks this before it starts, so that a mistake costs no connection.
    """
    match target:
        case WsmanTarget():
            found = (check(target, options) for check in _WSMAN)
            return next((reason for reason in found if reason is not None), None)
        case SshTarget():
            return process.ssh(target.user or options.user, options.ssh_subsystem)
        case LocalTarget():
            return process.local()


def needs_account(target: WsmanTarget, options: Options) -> str | None:
    """That an account must be named, where the user who runs hklint is not enough."""
    if options.authentication in _NEEDS_ACCOUNT and not (target.user or options.user):
        return f"no account is named for {target.host}"
    return None


def kerberos_fits(user: str | None, target: WsmanTarget, options: Options) -> bool:
    """Whether Kerberos can be tried with this account at this host."""
    if on_windows():
        return True
    return (
        kerberos_is_installed()
        and (user is None or is_principal(user))
        and (options.spn is not None or not is_address(target.host))
    )


def is_address(host: str) -> bool:
    """Whether a target names its host by an address, for which no domain has a service."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_principal(user: str) -> bool:
    r"""Whether Kerberos outside Windows knows what is meant: user@REALM, and not DOMAIN\user."""
    return "@" in user and "\\" not in user


def _certificate(target: WsmanTarget, options: Options) -> str | None:
    files = options.certificate_file, options.certificate_key_file
    if options.authentication != "certificate":
        if any(files):
            return "--client-certificate and --client-key are for --auth certificate"
        return None
    if not target.tls:
        return "a client certificate needs TLS: write psrps:// for the target"
    if not all(files):
        return (
            "a client certificate needs two files: --client-certificate for the certificate and "
            "--client-key for its key"
        )
    return None


def _basic(target: WsmanTarget, options: Options) -> str | None:
    if options.authentication != "basic":
        return None
    allowed = {host.casefold() for host in options.allow_unencrypted}
    if not target.tls and target.host.casefold() not in allowed:
        return (
            "Basic over http shows the password to the network: write psrps:// for the "
            f"target, or allow it with --allow-unencrypted {target.host}"
        )
    user = target.user or options.user or ""
    domain, name = _split(user)
    if not domain or _is_local(domain, target) or (is_address(target.host) and "@" not in user):
        return None
    return (
        f"Basic is for local accounts of the host, and {user} is one of a domain: write {name} if "
        "the host has that account, or log on with --auth negotiate"
    )


def _kerberos(target: WsmanTarget, options: Options) -> str | None:
    if options.authentication != "kerberos":
        return None
    if not kerberos_is_installed():
        return _NOT_INSTALLED
    if is_address(target.host) and options.spn is None:
        return (
            f"Kerberos asks for a ticket to a name, and {target.host} is an address: write the "
            "host's name, or its SPN with --spn"
        )
    user = target.user or options.user or ""
    domain, _ = _split(user)
    if domain and _is_local(domain, target):
        return f"{user} is a local account of the host, and Kerberos is for those of a domain"
    return _spelling(user)


def _for_kerberos_only(target: WsmanTarget, options: Options) -> str | None:
    chosen = "--spn" if options.spn else "--delegate" if options.delegate else None
    if chosen is None:
        return None
    if options.authentication not in _KERBEROS:
        return f"{chosen} is for Kerberos: log on with --auth kerberos or negotiate"
    why_not = _spelling(target.user or options.user or "")
    if not kerberos_is_installed():
        why_not = _NOT_INSTALLED
    return f"{chosen} is for Kerberos. {why_not}" if why_not else None


def _credssp(target: WsmanTarget, options: Options) -> str | None:
    """NTLM proves who the user is, and not who the host is that gets the password."""
    if options.authentication != "credssp" or target.tls:
        return None
    if kerberos_fits(target.user or options.user, target, options):
        return None
    return (
        "CredSSP gives the host the password, and over http only Kerberos proves whose host that "
        "is: write psrps:// for the target, or its name and the account as user@REALM"
    )


def _spelling(user: str) -> str | None:
    if "\\" not in user or on_windows():
        return None
    return f"Kerberos does not know {user} outside Windows: write {_split(user)[1]}@REALM"


def _proxy(target: WsmanTarget, options: Options) -> str | None:
    if options.proxy is None or target.tls:
        return proxy_mistake(options.proxy)
    return (
        "a proxy leads to psrps:// targets only: WinRM over http logs on to a connection, and "
        "a proxy does not keep them apart"
    )


def proxy_mistake(proxy: str | None) -> str | None:
    """What is wrong with a proxy, whatever it leads to; a password in it is not shown."""
    if proxy is None:
        return None
    try:
        url = urlsplit(proxy)
        port = url.port
    except ValueError:
        return f"--proxy is no URL: {_PROXY_SPELLING}"
    if "@" in url.netloc:
        return (
            "--proxy never holds a user or a password, arguments are seen in process lists; a "
            "proxy that wants a logon can't be used"
        )
    if url.scheme != "http" or not url.hostname or port is None or (url.path or "/") != "/":
        return f"{_PROXY_SPELLING}; the way through it is encrypted all the same"
    return None


_WSMAN: tuple[Callable[[WsmanTarget, Options], str | None], ...] = (
    _certificate,
    _basic,
    _kerberos,
    _for_kerberos_only,
    needs_account,
    _credssp,
    _proxy,
)


def _split(user: str) -> tuple[str, str]:
    r"""The domain and the name in `DOMAIN\user`, `user@domain` and `user`."""
    domain, backslash, name = user.rpartition("\\")
    if backslash:
        return domain, name
    name, _, domain = user.rpartition("@")
    return (domain, name) if name else ("", user)


def _is_local(domain: str, target: WsmanTarget) -> bool:
    """Whether a domain stands for the host itself, as far as the target tells its name."""
    host = target.host.casefold().removesuffix(".")
    own = {".", host} if is_address(host) else {".", host, host.partition(".")[0]}
    return domain.casefold() in own
