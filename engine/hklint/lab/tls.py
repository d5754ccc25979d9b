"""TLS contexts of the lab: clients restricted to what a Windows would offer, and the Store's.

Old versions need OpenSSL's security level 0, and Python warns about them. The warning is switched
off while contexts are made, which concerns the whole process: make them where the lab starts, not
in a thread.
"""

import secrets
import ssl
import struct
import warnings
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import combinations_with_replacement
from pathlib import Path

from hklint.lab.schannel import Protocol

_VERSIONS = {
    Protocol.TLS10: ssl.TLSVersion.TLSv1,
    Protocol.TLS11: ssl.TLSVersion.TLSv1_1,
    Protocol.TLS12: ssl.TLSVersion.TLSv1_2,
    Protocol.TLS13: ssl.TLSVersion.TLSv1_3,
}
_BUILT_IN = {
    Protocol.TLS10: ssl.HAS_TLSv1,
    Protocol.TLS11: ssl.HAS_TLSv1_1,
    Protocol.TLS12: ssl.HAS_TLSv1_2,
    Protocol.TLS13: ssl.HAS_TLSv1_3,
}
OFFERABLE = tuple(protocol for protocol, there in _BUILT_IN.items() if there)
"""What this Python can offer in a handshake, oldest first; SSL 2.0 and 3.0 never are."""

_NEGOTIATED = {
    "TLSv1": Protocol.TLS10,
    "TLSv1.1": Protocol.TLS11,
    "TLSv1.2": Protocol.TLS12,
    "TLSv1.3": Protocol.TLS13,
}
_EVERY_CIPHER = "ALL:@SECLEVEL=0"
_WIRE_VERSIONS = {
    Protocol.SSL2: 0x0300,
    Protocol.SSL3: 0x0300,
    Protocol.TLS10: 0x0301,
    Protocol.TLS11: 0x0302,
    Protocol.TLS12: 0x0303,
    Protocol.TLS13: 0x0303,
}

Span = tuple[Protocol, Protocol]
Contexts = Mapping[Span, ssl.SSLContext]


def client_contexts(ca_file: Path | None) -> Contexts:
    """A context for every span of versions, by oldest and newest; without a file it trusts nobody.

    A set with a hole in it (TLS 1.0 and 1.2) is offered as its span: up to TLS 1.2 a client can
    only say the newest version it has (RFC 5246, appendix E.1), and it hangs up when the server
    picks one it does not want. OpenSSL's OP_NO_TLSv1_1 would drop everything above the hole.
    """
    return {
        (oldest, newest): _client_context(oldest, newest, ca_file)
        for oldest, newest in combinations_with_replacement(OFFERABLE, 2)
    }


def span(protocols: frozenset[Protocol]) -> Span | None:
    """The oldest and newest of the protocols that can be offered, or None when none can."""
    there = [protocol for protocol in OFFERABLE if protocol in protocols]
    return (there[0], there[-1]) if there else None


def negotiated(connection: ssl.SSLSocket | ssl.SSLObject) -> Protocol | None:
    """The version a handshake settled on."""
    return _NEGOTIATED.get(connection.version() or "")


def server_context(
    certificate: Path, key: Path, oldest: Protocol = Protocol.TLS12
) -> ssl.SSLContext:
    """A server's context that takes `oldest` and newer."""
    with _old_versions():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(_EVERY_CIPHER)
        context.minimum_version = _VERSIONS[oldest]
    context.load_cert_chain(certificate, key)
    return context


def old_client_hello(protocols: frozenset[Protocol]) -> bytes:
    """A ClientHello for protocols this Python can't offer, such as SSL 3.0 (RFC 6101, 5.6.1.2)."""
    version = max(_WIRE_VERSIONS[protocol] for protocol in protocols)
    suites = struct.pack("!4H", 0x002F, 0x0035, 0x000A, 0x0005)
    body = (
        struct.pack("!H", version)
        + secrets.token_bytes(32)
        + b"\0"
        + struct.pack("!H", len(suites))
        + suites
        + b"\x01\0"
    )
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return struct.pack("!BHH", 22, min(version, 0x0301), len(handshake)) + handshake


def _client_context(oldest: Protocol, newest: Protocol, ca_file: Path | None) -> ssl.SSLContext:
    with _old_versions():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers(_EVERY_CIPHER)
        context.minimum_version = _VERSIONS[oldest]
        context.maximum_version = _VERSIONS[newest]
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


@contextmanager
def _old_versions() -> Generator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
