"""Who logs on to WinRM."""

from dataclasses import dataclass
from typing import Literal, cast

from hklint.failure import Failure, Reason
from hklint.secret import Secret
from hklint.sources.line import Phase
from hklint.sources.objections import kerberos_fits, needs_account, objection
from hklint.sources.options import Options, on_windows
from hklint.target import WsmanTarget

Mechanism = Literal["negotiate", "kerberos", "ntlm"]


@dataclass(frozen=True, slots=True)
class Logon:
    """Who logs on; `user` is None for the account that runs hklint, and for a certificate.

    `password` is None where a Kerberos ticket takes its place.
    """

    user: str | None
    password: Secret | None


def find_logon(target: WsmanTarget, options: Options) -> Logon | Failure:
    """Who logs on, or why nobody can."""
    problem = objection(target, options)
    if problem is not None:
        nobody = problem == needs_account(target, options)
        reason = Reason.NO_CREDENTIALS if nobody else Reason.AUTHENTICATION_FAILED
        return Failure(reason, Phase.PREPARING, problem)
    user = target.user or options.user
    if options.authentication == "certificate":
        return Logon(None, None)
    if user is not None:
        return _logon_of(user, target, options)
    if not _may_use_kerberos(None, target, options):
        return _no_credentials(f"no account is named for {target.host}")
    return Logon(None, None)


def mechanisms(logon: Logon, target: WsmanTarget, options: Options) -> tuple[Mechanism, ...]:
    """What to log on with, in this order, by itself or inside CredSSP.

    Windows negotiates by itself. Elsewhere Kerberos is tried where the account is written as it
    needs, and NTLM where Kerberos is not to be had, which takes a password. Where a host is to get
    the password, TLS or Kerberos has to prove first whose host it is.
    """
    if options.authentication in {"kerberos", "ntlm"}:
        return (cast("Mechanism", options.authentication),)
    if options.authentication == "credssp" and not target.tls:
        return ("kerberos",)
    if on_windows():
        return ("negotiate",)
    if not _may_use_kerberos(logon.user, target, options):
        return ("ntlm",)
    return ("kerberos",) if logon.password is None else ("kerberos", "ntlm")


def account_text(logon: Logon, options: Options) -> str:
    """Who logs on, in words, for the evidence."""
    if options.authentication == "certificate":
        return f"the certificate in {options.certificate_file}"
    return logon.user or "the current user"


def _logon_of(user: str, target: WsmanTarget, options: Options) -> Logon | Failure:
    if options.passwords.exhausted(user):
        return _no_credentials(f"{user} was refused several times; stopped before it is locked out")
    password = options.passwords.find(user, target.host, ask=options.authentication != "kerberos")
    if password is None and not _may_have_ticket(user, target, options):
        return _no_credentials(options.passwords.missing(user))
    if password and options.authentication == "basic" and not _is_latin1(password.reveal()):
        return _no_credentials("Basic cannot carry this password: it has letters outside Latin-1")
    return Logon(user, password)


def _may_have_ticket(user: str, target: WsmanTarget, options: Options) -> bool:
    match options.authentication:
        case "kerberos":
            return True
        case "negotiate":
            return not on_windows() and _may_use_kerberos(user, target, options)
        case _:
            return False


def _may_use_kerberos(user: str | None, target: WsmanTarget, options: Options) -> bool:
    return options.authentication == "kerberos" or kerberos_fits(user, target, options)


def _no_credentials(detail: str) -> Failure:
    return Failure(Reason.NO_CREDENTIALS, Phase.PREPARING, detail)


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
