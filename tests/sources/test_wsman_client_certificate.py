"""Client certificates as Windows Server 2022 asks for them: in TLS 1.3, after the handshake."""

import socket
import ssl
import threading
from types import SimpleNamespace

from hklint.sources.wsman.http import tls_context


def test_it_is_shown_after_the_handshake(kit: SimpleNamespace) -> None:
    files = kit.certificates
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_3
    server.load_cert_chain(files.good.certificate, files.good.key)
    server.load_verify_locations(files.ca)
    server.verify_mode = ssl.CERT_REQUIRED
    server.post_handshake_auth = True
    seen: list[object] = []

    def serve(connection: socket.socket) -> None:
        with server.wrap_socket(connection, server_side=True) as tls:
            tls.recv(1)
            seen.append(tls.getpeercert())
            tls.verify_client_post_handshake()
            tls.sendall(b"?")
            tls.recv(1)
            seen.append(tls.getpeercert())

    ours, theirs = socket.socketpair()
    thread = threading.Thread(target=serve, args=(theirs,))
    thread.start()
    context = tls_context(files.ca, files.client.certificate, files.client.key)
    with context.wrap_socket(ours, server_hostname="localhost") as tls:
        tls.sendall(b"!")
        assert tls.recv(1) == b"?"
        tls.sendall(b"!")
        thread.join(10)
    before, after = seen
    assert not before
    assert "audit" in str(after)
