"""What accepts the tokens of a client: for NTLM and CredSSP pyspnego, for Kerberos the system."""

from pathlib import Path

import msgspec
import spnego
from spnego.channel_bindings import GssChannelBindings

from hklint.lab.wire import kerberos, ntlm
from hklint.lab.wire.accounts import Accounts

Acceptor = kerberos.Acceptor | spnego.ContextProxy


class Rules(msgspec.Struct, frozen=True):
    """Who gets in.

    Args:
        accounts: The accounts of the host.
        schemes: What is offered ("Negotiate", "Kerberos", "CredSSP", "Basic"); others may be named,
            but nobody passes.
        keytab: The host's Kerberos keys; without them there is no Kerberos.
        bindings: What clients must bind to; None without TLS.
    """

    accounts: Accounts
    schemes: tuple[str, ...]
    keytab: Path | None
    bindings: GssChannelBindings | None


def acceptor(scheme: str, token: bytes, rules: Rules) -> Acceptor:
    """What accepts the client whose handshake by `scheme` of HTTP begins with `token`.

    Kerberos comes by itself, as hklint sends it, or inside CredSSP, where pyspnego finds the keys
    by the environment variable KRB5_KTNAME.
    """
    if scheme == "CredSSP":
        inside = ntlm.acceptor(None) if rules.keytab is None else None
        return spnego.server(protocol="credssp", credssp_negotiate_context=inside)
    if rules.keytab is not None and kerberos.is_token(token):
        return kerberos.Acceptor(rules.keytab, rules.bindings)
    return ntlm.acceptor(rules.bindings)
