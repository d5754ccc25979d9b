"""Channel binding: what ties a logon to the TLS connection that it is made on (RFC 5929)."""

import ssl
from hashlib import new

import requests
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from spnego.channel_bindings import GssChannelBindings

_WEAK = frozenset({"md5", "sha1"})


def channel_binding(response: requests.Response) -> GssChannelBindings | None:
    """The binding to the connection that a response came over; None without TLS.

    Raises:
        requests.ConnectionError: The host has closed it.
    """
    wire = getattr(response.raw.connection, "sock", None)
    if not isinstance(wire, ssl.SSLSocket):
        if response.url.startswith("https:"):
            raise requests.ConnectionError  # the host hung up, and with it went what to bind to
        return None
    certificate = wire.getpeercert(binary_form=True) or b""
    return GssChannelBindings(application_data=b"tls-server-end-point:" + fingerprint(certificate))


def fingerprint(certificate: bytes) -> bytes:
    """The hash of a certificate in DER, by the algorithm of its signature, and SHA-256 at least.

    RFC 5929, section 4.1.
    """
    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except (UnsupportedAlgorithm, ValueError, x509.InvalidVersion):  # OpenSSL takes more than these
        algorithm = None
    name = None if algorithm is None else algorithm.name
    return new("sha256" if name is None or name in _WEAK else name, certificate).digest()
