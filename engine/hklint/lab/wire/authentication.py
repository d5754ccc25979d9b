"""Who a connection belongs to: NTLM in Negotiate, Basic, or a client certificate over TLS."""

import base64
import binascii
import hashlib
import hmac
import ssl
import struct
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from hklint.lab.wire import ntlm
from hklint.lab.wire.accounts import Account, Accounts
from hklint.lab.wire.http import Connected, Request, Response

if TYPE_CHECKING:
    import spnego

_CERTIFICATE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

_REFUSED = (SpnegoError, ValueError, LookupError, struct.error)
"""What pyspnego raises for a wrong password, an unknown account, and tokens that are none."""

Headers = tuple[tuple[str, str], ...]


class Passed(msgspec.Struct, frozen=True):
    """The request is `user`'s; `headers` go out with its answer and end the handshake."""

    user: str
    headers: Headers = ()


class Authentication:
    """Authenticates the requests of one connection, which NTLM does once for all of them.

    Args:
        accounts: The accounts of the host.
        schemes: What is offered ("Negotiate", "Basic"); others may be named, but nobody passes.
        certificate_account: The account of the client's certificate, if it has one.
        bindings: What NTLM clients must bind to; None without TLS.
    """

    def __init__(
        self,
        accounts: Accounts,
        schemes: Sequence[str],
        certificate_account: str | None,
        bindings: GssChannelBindings | None,
    ) -> None:
        self._accounts = accounts
        self._schemes = schemes
        self._certificate_account = certificate_account
        self._bindings = bindings
        self._user: str | None = None
        self.context: spnego.ContextProxy | None = None

    def check(self, request: Request) -> Passed | Response:
        """Lets a request pass, or answers it."""
        header = request.headers.get("authorization")
        if header is None:
            return self.challenge() if self._user is None else Passed(self._user)
        if header == _CERTIFICATE:
            user = self._certificate_account
            return self.challenge() if user is None else Passed(user)
        scheme, _, credentials = header.partition(" ")
        try:
            token = base64.b64decode(credentials, validate=True)
        except binascii.Error:
            return self.challenge()
        if scheme == "Basic" and scheme in self._schemes:
            return self._basic(token)
        if scheme == "Negotiate" and scheme in self._schemes:
            return self._negotiate(token, has_body=bool(request.body))
        return self.challenge()

    def challenge(self) -> Response:
        """401, with what the host offers; a handshake that was under way is over."""
        self.context = self._user = None
        offers = ('Basic realm="WSMAN"' if each == "Basic" else each for each in self._schemes)
        return Response(401, headers=tuple(("WWW-Authenticate", offer) for offer in offers))

    def _basic(self, token: bytes) -> Passed | Response:
        try:
            text = token.decode()
        except UnicodeDecodeError:
            text = token.decode("latin-1")  # as requests, and so pypsrp, sends it
        spelling, _, password = text.partition(":")
        account = self._accounts.find(spelling)
        if account is None or not _same(account, password):
            return self.challenge()
        return Passed(account.name)

    def _negotiate(self, token: bytes, *, has_body: bool) -> Passed | Response:
        try:
            with ntlm.accounts_of(self._accounts):
                if self.context is None or self.context.complete:
                    self.context = ntlm.acceptor(self._bindings)
                    self._user = None
                answer = self.context.step(token)
        except _REFUSED:
            return self.challenge()
        headers: Headers = ()
        if answer:
            encoded = base64.b64encode(answer).decode()
            headers = (("WWW-Authenticate", f"Negotiate {encoded}"),)
        if not self.context.complete:
            return Response(401, headers=headers)
        self._user = self.context.client_principal
        if self._user is None:
            return self.challenge()
        # A client that will seal its messages ends the handshake with an empty request.
        return Passed(self._user, headers) if has_body else Response(200, headers=headers)


def certificate_account(connected: Connected, accounts: Mapping[str, str]) -> str | None:
    """The account that the client's certificate is mapped to, by the subject's common name."""
    der = connected.getpeercert(binary_form=True) if isinstance(connected, ssl.SSLSocket) else None
    if der is None:
        return None
    subject = x509.load_der_x509_certificate(der).subject
    for name in subject.get_attributes_for_oid(NameOID.COMMON_NAME):
        if isinstance(name.value, str) and name.value in accounts:
            return accounts[name.value]
    return None


def channel_bindings(certificate: bytes) -> GssChannelBindings:
    """The bindings to a TLS server with this certificate, in DER and signed with SHA-256.

    RFC 5929, tls-server-end-point.
    """
    digest = hashlib.sha256(certificate).digest()
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest)


def _same(account: Account, password: str) -> bool:
    return hmac.compare_digest(account.password.encode(), password.encode())
