"""Why a host's certificate is not accepted, in words.

OpenSSL says which check failed and shows no certificate. So it is looked at once more, in a
handshake that checks nothing and ends there: no request, and no credential, ever goes over that
connection.
"""

import datetime as dt
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from urllib3.exceptions import HTTPError

from hklint.sources.answer import quote
from hklint.sources.line import LineCutError

_NOT_YET_VALID, _EXPIRED, _SELF_SIGNED = 9, 10, 18
_OF_A_STRANGER = frozenset({2, 19, 20, 21})
_OF_ANOTHER = frozenset({62, 64})
_OF_ANOTHER_ADDRESS = 64
"""Numbers of X509_V_ERR_..., see x509_vfy.h of OpenSSL: they are in no language."""
_MOST_NAMES = 5
_UNREADABLE = (
    ValueError,
    TypeError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises for a certificate that breaks the rules (RFC 5280)."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says: the names and addresses it is for, whose it is and how long.

    `thumbprint` is what Windows calls it by: its SHA-1 in hex.
    """

    names: tuple[str, ...]
    issuer: str
    valid_from: dt.datetime
    valid_until: dt.datetime
    thumbprint: str


class UntrustedError(ssl.SSLError):
    """A certificate that failed a check; `shown` is None where it could not be looked at."""

    def __init__(self, check: ssl.SSLCertVerificationError, shown: Certificate | None) -> None:
        super().__init__(*check.args)
        self.verify_code = check.verify_code
        self.verify_message = check.verify_message
        self.shown = shown


def look(connect: Callable[[], socket.socket], host: str) -> Certificate | None:
    """The certificate that is shown over a new connection; None where it can't be had, or read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with connect() as connection, context.wrap_socket(connection, server_hostname=host) as tls:
            return read(tls.getpeercert(binary_form=True))
    except (OSError, HTTPError, LineCutError):
        return None


def read(der: bytes | None) -> Certificate | None:
    """What stands in a certificate; None where it can't be read."""
    try:
        certificate = x509.load_der_x509_certificate(der or b"")
        return Certificate(
            names=_names(certificate),
            issuer=certificate.issuer.rfc4514_string(),
            valid_from=certificate.not_valid_before_utc,
            valid_until=certificate.not_valid_after_utc,
            thumbprint=certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303 - a name
        )
    except _UNREADABLE:
        return None


def why_not(error: UntrustedError, host: str) -> str:
    """Which check the certificate failed, with what stands in it, as the end of a sentence."""
    shown, code = error.shown, error.verify_code
    if code in _OF_ANOTHER:
        host = f"the address {host}" if code == _OF_ANOTHER_ADDRESS else host
        return f"is for {_listed(shown)}, not for {host}" if shown else f"is not for {host}"
    if code in _OF_A_STRANGER:
        issuer = f": {quote(shown.issuer)}" if shown else ""
        return f"comes from a CA that is not trusted here{issuer}"
    if code == _SELF_SIGNED:
        return "is signed by itself and not trusted here"
    if code == _EXPIRED:
        return f"expired on {shown.valid_until:%Y-%m-%d}" if shown else "has expired"
    if code == _NOT_YET_VALID:
        since = f"valid from {shown.valid_from:%Y-%m-%d}" if shown else "not valid yet"
        return f"is {since}: one of the clocks is wrong, or it came early"
    return f"is refused: {quote(error.verify_message)}"


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """RFC 9525: the alternative names are those that count, the common name does not."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    addresses = map(str, found.get_values_for_type(x509.IPAddress))
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _listed(shown: Certificate) -> str:
    if not shown.names:
        return "no name at all (a subject alternative name is missing)"
    more = len(shown.names) - _MOST_NAMES
    listed = ", ".join(shown.names[:_MOST_NAMES])
    return quote(listed) + (f" and {more} more" if more > 0 else "")
