"""CredSSP ([MS-CSSP]): a logon that ends with giving the password to the host.

pyspnego has the protocol. What requests-credssp would add is the loop over HTTP, which is here, and
a way to TLS 1.0, which is not wanted.
"""

import spnego
from spnego.exceptions import BadBindingsError, NativeError, SpnegoError

_UNPATCHED_BELOW = 5
"""The version that came with the cure for CVE-2018-0886. Windows refuses older hosts likewise
("Encryption Oracle Remediation", Mitigated, the default since May 2018)."""

_HANDSHAKE = "TLS Handshake"
"""What pyspnego calls the first stage."""

_STATUSES = {
    0xC000006D: "the account or its password is wrong",
    0xC000006E: "a restriction keeps the account from logging on",
    0xC0000070: "the account may not log on from this machine",
    0xC0000071: "the account's password has expired",
    0xC0000072: "the account is disabled",
    0xC000015B: "the account may not log on over the network",
    0xC0000193: "the account has expired",
    0xC0000224: "the account's password must be changed first",
    0xC0000234: "the account is locked out",
}
"""What a host may answer ([MS-ERREF] 2.3.1, STATUS_...)."""


def around(
    inner: spnego.ContextProxy, credential: spnego.Password | spnego.CredentialCache
) -> spnego.ContextProxy:
    """A context that logs on with `inner`, and then gives `credential` to the host."""
    return spnego.client(
        credential,
        protocol="credssp",
        credssp_negotiate_context=inner,
        credssp_min_protocol=_UNPATCHED_BELOW,
    )


def goes_on(context: spnego.ContextProxy) -> bool:
    """Whether it is the client's turn though the host sent nothing.

    So it is after the handshake of TLS 1.3, where a server needs to say no more (RFC 8446, 2).
    """
    tls = context.get_extra_info("ssl_object")
    return (
        tls is not None
        and tls.version() is not None
        and context.get_extra_info("auth_stage") == _HANDSHAKE
    )


def refusal(error: Exception, context: spnego.ContextProxy) -> str | None:
    """Why the host or pyspnego ended the logon, or None where that is not known."""
    version = context.get_extra_info("protocol_version", _UNPATCHED_BELOW)
    if version < _UNPATCHED_BELOW:
        return (
            f"the host's CredSSP has version {version}, which does not keep the password safe "
            "(CVE-2018-0886): update the host"
        )
    if isinstance(error, BadBindingsError):
        return "the host that logged the account on is not the one that would get the password"
    base = error.base_error if isinstance(error, SpnegoError) else None
    if not isinstance(base, NativeError):
        return None
    number = getattr(base, "winerror", 0) & 0xFFFFFFFF
    return f"the host says that {_STATUSES.get(number, 'it refuses the logon')} (0x{number:08X})"
