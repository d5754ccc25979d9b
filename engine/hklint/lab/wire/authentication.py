"""Who a connection belongs to: Negotiate, Kerberos, CredSSP, Basic, or a client certificate."""

import base64
import binascii
import hashlib
import hmac
import ssl
import struct
from collections.abc import Callable, Mapping

import msgspec
from cryptography import x509
from cryptography.x509.oid import NameOID
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from hklint.lab.wire import kerberos, ntlm
from hklint.lab.wire.acceptors import Acceptor, Rules, acceptor
from hklint.lab.wire.accounts import Account
from hklint.lab.wire.http import Connected, Request, Response
from hklint.lab.wire.sealing import Sealer

_CERTIFICATE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

_REFUSED = (SpnegoError, ValueError, LookupError, struct.error)
"""What pyspnego raises for a wrong password, an unknown account, and tokens that are none."""

Headers = tuple[tuple[str, str], ...]

_OF_TOKENS = frozenset({"Negotiate", "Kerberos", "CredSSP"})


class Passed(msgspec.Struct, frozen=True):
    """The request is `user`'s; `headers` go out with its answer and end the handshake."""

    user: str
    headers: Headers = ()


class LoggedOn(msgspec.Struct, frozen=True):
    """A logon that a host accepted.

    `delegated` says whether the host got what it needs to act as the account: a ticket that was
    delegated, or with CredSSP the password.
    """

    user: str
    scheme: str
    mechanism: str
    delegated: bool


class Authentication:
    """Authenticates the requests of one connection, which tokens do once for all of them.

    Args:
        rules: Who gets in.
        certificate_account: The account of the client's certificate, if it has one.
        note: Told of each logon by tokens.
    """

    def __init__(
        self, rules: Rules, certificate_account: str | None, note: Callable[[LoggedOn], None]
    ) -> None:
        self._rules = rules
        self._certificate_account = certificate_account
        self._note = note
        self._user: str | None = None
        self._acceptor: Acceptor | None = None
        self.sealer: Sealer | None = None

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
        if scheme == "Basic" and scheme in self._rules.schemes:
            return self._basic(token)
        if scheme in _OF_TOKENS and scheme in self._rules.schemes:
            return self._step(scheme, token, has_body=bool(request.body))
        return self.challenge()

    def challenge(self) -> Response:
        """401, with what the host offers; a handshake that was under way is over."""
        self._acceptor = self._user = self.sealer = None
        offers = (
            'Basic realm="WSMAN"' if each == "Basic" else each for each in self._rules.schemes
        )
        return Response(401, headers=tuple(("WWW-Authenticate", offer) for offer in offers))

    def _basic(self, token: bytes) -> Passed | Response:
        try:
            text = token.decode()
        except UnicodeDecodeError:
            text = token.decode("latin-1")  # as requests, and so pypsrp, sends it
        spelling, _, password = text.partition(":")
        account = self._rules.accounts.find(spelling)
        if account is None or not _same(account, password):
            return self.challenge()
        return Passed(account.name)

    def _step(self, scheme: str, token: bytes, *, has_body: bool) -> Passed | Response:
        try:
            with ntlm.accounts_of(self._rules.accounts):
                if self._acceptor is None or self._acceptor.complete:
                    self._user = self.sealer = None
                    self._acceptor = acceptor(scheme, token, self._rules)
                answer = self._acceptor.step(token)
        except kerberos.RefusedError as refused:
            self._acceptor = None
            return Response(401, headers=_header(scheme, refused.token))
        except _REFUSED:
            return self.challenge()
        headers = _header(scheme, answer or b"")
        if not self._acceptor.complete:
            return Response(401, headers=headers)
        account = self._rules.accounts.find(self._acceptor.client_principal or "")
        if account is None:
            return self.challenge()
        self._user, self.sealer = account.name, Sealer(self._acceptor, scheme)
        self._note(_logged_on(account, scheme, self._acceptor))
        # A client that will seal its messages ends the handshake with an empty request.
        return Passed(account.name, headers) if has_body else Response(200, headers=headers)


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


def _header(scheme: str, token: bytes) -> Headers:
    encoded = base64.b64encode(token).decode()
    return (("WWW-Authenticate", f"{scheme} {encoded}"),) if token else ()


def _logged_on(account: Account, scheme: str, accepted: Acceptor) -> LoggedOn:
    if isinstance(accepted, kerberos.Acceptor):
        return LoggedOn(account.name, scheme, "kerberos", accepted.delegated)
    given = accepted.get_extra_info("client_credential") is not None
    return LoggedOn(account.name, scheme, accepted.negotiated_protocol or "", given)
