"""A throw-away certificate authority: certificates for the lab's hosts, its Store and its clients.

Everything is written to a folder of the caller's, readable by its owner alone, and is valid for
two days. The keys protect nothing: they only make real TLS possible on 127.0.0.1.
"""

import datetime as dt
import ipaddress
import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_LIFETIME = dt.timedelta(days=2)
_CLOCK_SKEW = dt.timedelta(hours=1)


class TlsFiles(msgspec.Struct, frozen=True):
    """A certificate and its private key, both PEM."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """Issues certificates into `folder`, which must exist; clients trust `ca_file`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _distinguished("hklint lab CA")
        self._issued = 0
        started = dt.datetime.now(dt.UTC)
        certificate = (
            _builder(self._name, self._key, started, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file = _write(
            folder / "ca.pem", certificate.public_bytes(serialization.Encoding.PEM)
        )

    def issue(
        self,
        common_name: str,
        *,
        names: Iterable[str] = (),
        addresses: Iterable[str] = (),
        expired: bool = False,
        not_yet_valid: bool = False,
        self_signed: bool = False,
    ) -> TlsFiles:
        """A certificate with a key of its own, for servers as well as clients.

        Args:
            common_name: The subject's name, by which a host maps a client to an account.
            names: DNS names that the certificate is good for.
            addresses: IP addresses that the certificate is good for.
            expired: Makes a certificate whose time was over an hour ago.
            not_yet_valid: Makes one whose time begins in an hour.
            self_signed: Makes one that the authority has nothing to do with.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        started = now - _LIFETIME - _CLOCK_SKEW if expired else now
        if not_yet_valid:
            started = now + 2 * _CLOCK_SKEW
        name = _distinguished(common_name)
        issuer, issuer_key = (name, key) if self_signed else (self._name, self._key)
        builder = _builder(name, key, started, issuer, issuer_key)
        alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        if alternatives:
            builder = builder.add_extension(
                x509.SubjectAlternativeName(alternatives), critical=False
            )
        certificate = builder.add_extension(_usage(authority=False), critical=True).sign(
            issuer_key, hashes.SHA256()
        )
        self._issued += 1
        stem = f"{self._issued}-{re.sub(r'[^A-Za-z0-9.-]', '_', common_name)}"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return TlsFiles(
            _write(
                self._folder / f"{stem}.pem",
                certificate.public_bytes(serialization.Encoding.PEM),
            ),
            _write(self._folder / f"{stem}.key", private),
        )


def _builder(
    subject: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    started: dt.datetime,
    issuer: x509.Name,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    own, issuers = key.public_key(), issuer_key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(started - _CLOCK_SKEW)
        .not_valid_after(started + _LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers), critical=False)
    )


def _distinguished(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _write(path: Path, data: bytes) -> Path:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)
    return path
