"""The throw-away authority: real certificates that real TLS accepts and refuses."""

import socket
import ssl
import stat
import threading

import pytest

from hklint.lab.wire import CertificateAuthority, TlsFiles


def meet(authority: CertificateAuthority, files: TlsFiles, name: str) -> dict[str, object]:
    """A TLS handshake with a server that has these files; returns the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.certificate, files.key)
    here, there = socket.socketpair()

    def serve() -> None:
        try:
            with context.wrap_socket(there, server_side=True):
                pass
        except OSError:
            there.close()

    thread = threading.Thread(target=serve)
    thread.start()
    trusting = ssl.create_default_context(cafile=authority.ca_file)
    try:
        with here, trusting.wrap_socket(here, server_hostname=name) as secured:
            return secured.getpeercert()
    finally:
        thread.join(5)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_certificate_is_good_for_its_names_and_addresses(
    authority: CertificateAuthority, tls: TlsFiles, name: str
) -> None:
    assert meet(authority, tls, name)["subject"] == ((("commonName", "localhost"),),)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"names": ["other.example"]}, "Hostname mismatch"),
        ({"names": ["localhost"], "expired": True}, "expired"),
        ({"names": ["localhost"], "not_yet_valid": True}, "not yet valid"),
        ({"names": ["localhost"], "self_signed": True}, "self-signed certificate"),
    ],
)
def test_a_bad_certificate_is_refused(
    authority: CertificateAuthority, options: dict[str, object], complaint: str
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=complaint):
        meet(authority, authority.issue("localhost", **options), "localhost")


def test_files_are_for_their_owner_alone(authority: CertificateAuthority) -> None:
    files = authority.issue("../../odd name", names=["odd.example"])
    assert files.key.parent == files.certificate.parent == authority.ca_file.parent
    for path in (files.key, files.certificate, authority.ca_file):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_certificate_may_be_issued_twice(authority: CertificateAuthority) -> None:
    assert authority.issue("twice").certificate != authority.issue("twice").certificate
