"""Channel binding: a logon over TLS counts for that connection only."""

import datetime as dt
from hashlib import sha256, sha384
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from hklint.failure import Failure, Reason
from hklint.sources import collect
from hklint.sources.wsman import handshake
from hklint.sources.wsman.channel import fingerprint


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm"])
def test_host_that_demands_it_refuses_a_logon_without(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, authentication: str
) -> None:
    """The lab always demands it; the other tests show that it is there."""
    monkeypatch.setattr(handshake, "channel_binding", lambda _response: None)
    chosen = kit.options(authentication=authentication, ca_file=kit.certificates.ca)
    with kit.lab_host(tls=kit.certificates.good) as host:
        outcome = collect(kit.target_of(host, tls=True), kit.REQUEST, chosen)
        assert host.logons == []
    assert isinstance(outcome, Failure)
    assert outcome.reason is Reason.AUTHENTICATION_FAILED


def signed_with(algorithm: hashes.HashAlgorithm | None) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate() if algorithm is None else _ELLIPTIC
    name = x509.Name([])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now)
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.DER)


_ELLIPTIC = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [(hashes.SHA256(), sha256), (hashes.SHA384(), sha384), (None, sha256)],
    ids=["SHA-256", "SHA-384", "Ed25519, which has none of its own"],
)
def test_hash_is_that_of_the_signature(algorithm: object, expected: object) -> None:
    certificate = signed_with(algorithm)
    assert fingerprint(certificate) == expected(certificate).digest()


def test_a_certificate_that_openssl_alone_can_read() -> None:
    assert fingerprint(b"\x30\x00") == sha256(b"\x30\x00").digest()


def test_hash_is_never_weaker_than_sha_256(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = signed_with(hashes.SHA256())
    for weak in (hashes.SHA1(), hashes.MD5()):  # noqa: S303 - what old hosts have
        with monkeypatch.context() as patch:
            patch.setattr(
                "hklint.sources.wsman.channel.x509.load_der_x509_certificate",
                lambda _der, weak=weak: SimpleNamespace(signature_hash_algorithm=weak),
            )
            assert fingerprint(certificate) == sha256(certificate).digest()
