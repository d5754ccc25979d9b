"""Why a TLS handshake fails, said so that an administrator can act on it."""

import datetime as dt
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtensionOID, NameOID

from hklint.failure import Failure, Reason
from hklint.sources.wsman.certificate import look

DAY = dt.timedelta(days=1)
TODAY = dt.datetime.now(dt.UTC)
SERVER = "EX09"


def self_signed(
    folder: Path,
    names: Sequence[str] = ("localhost",),
    *,
    common_name: str = SERVER,
    days: tuple[int, int] = (-1, 9),
    extension: x509.ExtensionType | None = None,
    more: Sequence[x509.NameAttribute[str]] = (),
) -> Path:
    """A certificate with its key in one PEM file, valid from and until so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name), *more])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(TODAY + days[0] * DAY)
        .not_valid_after(TODAY + days[1] * DAY)
    )
    if names:
        extension = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
    if extension is not None:
        builder = builder.add_extension(extension, critical=False)
    file = folder / "server.pem"
    file.write_bytes(
        builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


def serving(context: ssl.SSLContext) -> Callable[[socket.socket], None]:
    """Shakes hands and says nothing more; for `raw_server`."""

    def serve(connection: socket.socket) -> None:
        with connection.dup() as plain:
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    secured.recv(65_536)
            except ssl.SSLError:  # closed at once, the connection would swallow what it says
                while plain.recv(65_536):
                    continue

    return serve


def failure_at(kit: SimpleNamespace, context: ssl.SSLContext, **chosen: object) -> Failure:
    """How asking a server with this context fails."""
    with kit.raw_server(serving(context)) as port:
        target = kit.target_of(port, tls=True, name="localhost")
        outcome: Failure = kit.failure(target, **chosen)
    assert outcome.reason is Reason.TLS_REJECTED, outcome
    return outcome


CERTIFICATES: dict[str, tuple[dict[str, Any], bool, str]] = {
    "signed by itself": ({}, False, "is signed by itself and not trusted here"),
    "of another host": (
        {"names": ("ex09.corp.example", "mail.corp.example")},
        True,
        "is for ex09.corp.example, mail.corp.example, not for localhost",
    ),
    "of many hosts": (
        {"names": [f"ex{number}.corp.example" for number in range(9)]},
        True,
        "ex4.corp.example and 4 more, not for localhost",
    ),
    "without a name that counts": ({"names": ()}, True, "is for no name at all"),
    "with a common name only": (
        {"names": (), "common_name": "localhost"},
        True,
        "is for no name at all (a subject alternative name is missing), not for localhost",
    ),
    "expired": ({"days": (-9, -2)}, True, f"expired on {TODAY - 2 * DAY:%Y-%m-%d}"),
    "not valid yet": ({"days": (3, 9)}, True, f"is valid from {TODAY + 3 * DAY:%Y-%m-%d}"),
}
"""What the certificate is like, whether it is trusted as such, and what is said of it."""


@pytest.mark.parametrize("name", CERTIFICATES)
def test_certificate(kit: SimpleNamespace, tmp_path: Path, name: str) -> None:
    fields, trusted, said = CERTIFICATES[name]
    file = self_signed(tmp_path, **fields)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    ca_file = file if trusted else kit.certificates.ca
    outcome = failure_at(kit, context, ca_file=ca_file)
    assert outcome.phase == "connecting"
    assert "the certificate of localhost port " in outcome.detail
    assert said in outcome.detail


def test_an_address_that_is_written_as_a_name(kit: SimpleNamespace, tmp_path: Path) -> None:
    """It counts as an address only where the certificate has it as one (RFC 9525, section 6.5)."""
    file = self_signed(tmp_path, names=("127.0.0.1",))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    with kit.raw_server(serving(context)) as port:
        outcome = kit.failure(kit.target_of(port, tls=True), ca_file=file)
    assert outcome.reason is Reason.TLS_REJECTED
    assert "is for 127.0.0.1, not for the address 127.0.0.1" in outcome.detail


def test_certificate_of_an_unknown_ca(kit: SimpleNamespace) -> None:
    certificates = kit.certificates
    with kit.lab_host(tls=certificates.good) as host:
        outcome = kit.failure(kit.target_of(host, tls=True), ca_file=certificates.stranger_ca)
        assert host.log == []
    assert "comes from a CA that is not trusted here: CN=hklint lab CA" in outcome.detail


def server_context(kit: SimpleNamespace) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kit.certificates.good.certificate, kit.certificates.good.key)
    return context


def old(context: ssl.SSLContext, _kit: SimpleNamespace) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1


def with_another_cipher(context: ssl.SSLContext, _kit: SimpleNamespace) -> None:
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0")


def asking_for_a_certificate(context: ssl.SSLContext, kit: SimpleNamespace) -> None:
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(kit.certificates.stranger_ca)


HANDSHAKES: dict[str, tuple[Callable[[ssl.SSLContext, SimpleNamespace], None], bool, str]] = {
    "old": (old, False, "has no TLS 1.2 or newer"),
    "no common cipher": (with_another_cipher, False, "has no cipher in common"),
    "client certificate": (asking_for_a_certificate, False, "wants a client certificate"),
    "client certificate refused": (
        asking_for_a_certificate,
        True,
        "does not accept the client certificate",
    ),
}
"""What the server is like, whether a client certificate is shown, and what is said of it."""


@pytest.mark.parametrize("name", HANDSHAKES)
def test_handshake(kit: SimpleNamespace, name: str) -> None:
    prepare, certificate, said = HANDSHAKES[name]
    context = server_context(kit)
    prepare(context, kit)
    shown = {
        "authentication": "certificate",
        "certificate_file": kit.certificates.client.certificate,
        "certificate_key_file": kit.certificates.client.key,
    }
    chosen = shown if certificate else {}
    outcome = failure_at(kit, context, ca_file=kit.certificates.ca, **chosen)
    assert said in outcome.detail


def test_a_certificate_that_breaks_the_rules(kit: SimpleNamespace, tmp_path: Path) -> None:
    """What can't be read is not shown; why it is not trusted stays clear."""
    broken = x509.UnrecognizedExtension(ExtensionOID.CERTIFICATE_POLICIES, b"\x30\x01")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path, names=(), extension=broken))
    outcome = failure_at(kit, context)
    assert "is signed by itself" in outcome.detail


def test_a_certificate_of_a_version_that_there_is_not(kit: SimpleNamespace, tmp_path: Path) -> None:
    """OpenSSL shows it all the same; cryptography has an exception of its own for it."""
    file = self_signed(tmp_path)
    certificate, *key = file.read_text().partition("-----BEGIN PRIVATE KEY")
    der = ssl.PEM_cert_to_DER_cert(certificate)
    third = b"\xa0\x03\x02\x01\x02"
    assert der.count(third) == 1
    file.write_text(
        ssl.DER_cert_to_PEM_cert(der.replace(third, third[:-1] + b"\x74")) + "".join(key)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    outcome = failure_at(kit, context)
    assert "is signed by itself" in outcome.detail


def test_a_country_that_is_none_is_no_warning(kit: SimpleNamespace, tmp_path: Path) -> None:
    """What cryptography has to say of a host's certificate is of no use to anybody here."""
    with pytest.warns(UserWarning, match="length must be"):
        country = x509.NameAttribute(NameOID.COUNTRY_NAME, "Suomi", _validate=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path, more=[country]))
    assert failure_at(kit, context).reason is Reason.TLS_REJECTED


def test_a_host_that_does_not_answer_a_second_time() -> None:
    def refuse() -> socket.socket:
        raise ConnectionRefusedError

    assert look(refuse, "localhost") is None


def test_nothing_is_sent_while_the_certificate_is_looked_at(kit: SimpleNamespace) -> None:
    received: list[bytes] = []
    context = server_context(kit)

    def serve(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            received.append(secured.recv(65_536))

    with kit.raw_server(serve) as port:
        shown = look(lambda: socket.create_connection(("127.0.0.1", port)), "localhost")
    assert shown is not None
    assert shown.names == ("localhost", "127.0.0.1")
    assert received == [b""]
