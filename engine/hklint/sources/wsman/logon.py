"""Who logs on to WinRM."""

from dataclasses import dataclass

from hklint.failure import Failure, Reason
from hklint.secret import Secret
from hklint.sources.line import Phase
from hklint.sources.options import Options, kerberos_is_installed, objection
from hklint.target import WsmanTarget


@dataclass(frozen=True, slots=True)
class Logon:
    """Who logs on; `user` is None for the account that runs hklint, and for a certificate."""

    user: str | None
    password: Secret | None


def find_logon(target: WsmanTarget, options: Options) -> Logon | Failure:
    """Who logs on, or why nobody can."""
    problem = objection(target, options)
    if problem is not None:
        return Failure(Reason.AUTHENTICATION_FAILED, Phase.PREPARING, problem)
    user = target.user or options.user
    if options.authentication == "certificate":
        return Logon(None, None)
    if user is not None:
        return _logon_with_password(user, target.host, options)
    if options.authentication in {"basic", "ntlm"} or not kerberos_is_installed():
        return _no_credentials(f"no account is named for {target.host}")
    return Logon(None, None)


def account_text(logon: Logon, options: Options) -> str:
    """Who logs on, in words, for the evidence."""
    if options.authentication == "certificate":
        return f"the certificate in {options.certificate_file}"
    return logon.user or "the current user"


def _logon_with_password(user: str, host: str, options: Options) -> Logon | Failure:
    ticket = options.authentication == "kerberos"
    if options.passwords.exhausted(user):
        return _no_credentials(f"{user} was refused several times; stopped before it is locked out")
    password = options.passwords.find(user, host, ask=not ticket)
    if password is None and not ticket:
        return _no_credentials(f"there is no password for {user}")
    if password and options.authentication == "basic" and not _is_latin1(password.reveal()):
        return _no_credentials("Basic cannot carry this password: it has letters outside Latin-1")
    return Logon(user, password)


def _no_credentials(detail: str) -> Failure:
    return Failure(Reason.NO_CREDENTIALS, Phase.PREPARING, detail)


def _is_latin1(text: str) -> bool:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return False
    return True
