"""What Kerberos says when it fails, told by its numbers: its texts are in any language.

A KDC's refusals have the numbers of RFC 4120 (section 7.5.9), which MIT's libraries count from the
base of their table, as they do with refusals of their own (krb5.h). Windows' SSPI has numbers of
its own (winerror.h, SEC_E_...); those could not be tried.
"""

from dataclasses import dataclass

from hklint.failure import Reason

_BASE = -1765328384
"""ERROR_TABLE_BASE_krb5."""
_UNSIGNED = 1 << 32
_NO_CREDENTIAL, _EXPIRED_CREDENTIAL = 7 << 16, 11 << 16
"""GSS_S_NO_CRED and GSS_S_CREDENTIALS_EXPIRED (RFC 2744, section 3.9.1)."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why Kerberos failed.

    `cause` is for the evidence, and `advice` says what to do; `refused` says that the domain knows
    the account and does not let it in, so that it must not be tried in another way.
    """

    cause: str
    advice: str = ""
    reason: Reason = Reason.AUTHENTICATION_FAILED
    refused: bool = False

    def __str__(self) -> str:
        """Both, in one sentence."""
        return f"{self.cause}: {self.advice}" if self.advice else self.cause


_UNKNOWN_SERVICE = Trouble(
    "the domain has no service {spn}",
    "name the host as the domain does, or give its SPN with --spn (setspn -L COMPUTER lists them)",
)
_UNKNOWN_ACCOUNT = Trouble(
    "the domain has no account {account}", "write it as user@REALM, with the realm in capitals"
)
_UNKNOWN_REALM = Trouble(
    "no domain controller of the account's realm is known here",
    "write the account as user@REALM, and name the realm in krb5.conf, or use the domain's DNS",
)
_UNREACHABLE = Trouble(
    "no domain controller answers", "check the way to its port 88, and krb5.conf"
)
_WRONG_PASSWORD = Trouble("the password of {account} is wrong", refused=True)
_DENIED = Trouble("{account} or its password is wrong", refused=True)
_LOCKED = Trouble("{account} is locked, disabled or expired", refused=True)
_PASSWORD_EXPIRED = Trouble("the password of {account} has expired", "change it", refused=True)
_POLICY = Trouble("a policy of the domain keeps {account} from logging on now", refused=True)
_NO_TICKET = Trouble(
    "there is no Kerberos ticket of {account}",
    "run kinit, or name an account and its password",
    Reason.NO_CREDENTIALS,
)
_EXPIRED = Trouble("the Kerberos ticket has expired", "run kinit again")
_NOT_YET = Trouble("the Kerberos ticket is not valid yet", "compare the clocks, or run kinit again")
_SKEW = Trouble(
    "the clocks of this machine, the domain controller and the host are too far apart",
    "set them right; Kerberos allows five minutes (w32tm /query /status)",
)
_OTHER_KEY = Trouble(
    "the host has not the key for {spn}",
    "that SPN may belong to another computer or account (setspn -Q {spn})",
)
_ENCRYPTION = Trouble(
    "this machine and the domain have no kind of encryption in common for {account} or {spn}"
)

_PROTOCOL = {
    1: _LOCKED,
    6: _UNKNOWN_ACCOUNT,
    7: _UNKNOWN_SERVICE,
    12: _POLICY,
    14: _ENCRYPTION,
    18: _LOCKED,
    23: _PASSWORD_EXPIRED,
    24: _WRONG_PASSWORD,
    31: _OTHER_KEY,
    32: _EXPIRED,
    33: _NOT_YET,
    35: _OTHER_KEY,
    37: _SKEW,
    41: _OTHER_KEY,
    45: _OTHER_KEY,
    68: _UNKNOWN_REALM,
}
_LIBRARY = {
    -1765328243: _NO_TICKET,  # KRB5_CC_NOTFOUND
    -1765328236: _SKEW,  # KRB5_KDCREP_SKEW
    -1765328230: _UNKNOWN_REALM,  # KRB5_REALM_UNKNOWN
    -1765328228: _UNREACHABLE,  # KRB5_KDC_UNREACH
    -1765328190: _NO_TICKET,  # KRB5_FCC_PERM
    -1765328189: _NO_TICKET,  # KRB5_FCC_NOFILE
    -1765328185: _NO_TICKET,  # KRB5_CC_FORMAT
    -1765328167: _UNKNOWN_REALM,  # KRB5_ERR_HOST_REALM_UNKNOWN
    -1765328164: _UNREACHABLE,  # KRB5_REALM_CANT_RESOLVE
    -1765328160: _UNKNOWN_REALM,  # KRB5_CONFIG_NODEFREALM
}
_WINDOWS = {
    0x80090303: _UNKNOWN_SERVICE,  # SEC_E_TARGET_UNKNOWN
    0x8009030C: _DENIED,  # SEC_E_LOGON_DENIED
    0x8009030E: _NO_TICKET,  # SEC_E_NO_CREDENTIALS
    0x80090311: _UNREACHABLE,  # SEC_E_NO_AUTHENTICATING_AUTHORITY
    0x80090322: _OTHER_KEY,  # SEC_E_WRONG_PRINCIPAL
    0x80090324: _SKEW,  # SEC_E_TIME_SKEW
}
_MEANING = (
    {_BASE + number: trouble for number, trouble in _PROTOCOL.items()}
    | _LIBRARY
    | {code - _UNSIGNED: trouble for code, trouble in _WINDOWS.items()}
)
_UNDECIPHERED = _BASE + 31
"""KRB_AP_ERR_BAD_INTEGRITY: the KDC's answer is not for this password, where none was checked
before (an account without pre-authentication)."""


def trouble(error: Exception, spn: str, account: str) -> Trouble | None:
    """What an exception of krb5, gssapi or pyspnego means; None where it is not Kerberos's."""
    if isinstance(error, ImportError):
        return Trouble("the Kerberos libraries of this machine cannot be loaded")
    base = getattr(error, "base_error", None) or error
    code = _number(getattr(error, "err_code", None))
    if code == _UNDECIPHERED:
        found: Trouble | None = _WRONG_PASSWORD
    elif code is not None:
        found = _MEANING.get(code)
    else:
        code = _number(getattr(base, "min_code", None) or getattr(base, "winerror", None))
        found = _MEANING.get(code or 0) or _of_credentials(getattr(base, "maj_code", None))
    if found is None:
        return None if code is None else Trouble(f"its library stopped with code {code}")
    names = {"spn": spn, "account": account}
    return Trouble(
        found.cause.format(**names), found.advice.format(**names), found.reason, found.refused
    )


def _of_credentials(major: int | None) -> Trouble | None:
    return {_NO_CREDENTIAL: _NO_TICKET, _EXPIRED_CREDENTIAL: _EXPIRED}.get(major or 0)


def _number(code: int | None) -> int | None:
    """A code as a signed number: GSS-API has it unsigned."""
    return code - _UNSIGNED if code is not None and code >= _UNSIGNED // 2 else code
