"""What a host says before the logon is anybody's: it is bounded, cut, and read without entities."""

import json
import socket
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hklint.doctor.examination import Finding, Step
from hklint.doctor.walk import reach

SOAP = 'xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
WSMID = 'xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"'
BOMB = (
    '<!DOCTYPE s [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + f"]><s:Envelope {SOAP}><s:Body>&i;</s:Body></s:Envelope>"
)


def response(body: bytes, *headers: bytes) -> bytes:
    head = b"".join(b"\r\n" + header for header in headers)
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d%s\r\n\r\n%s" % (len(body), head, body)


def identity(vendor: str) -> bytes:
    said = f"<i:ProductVendor>{vendor}</i:ProductVendor>"
    content = f"<i:IdentifyResponse {WSMID}>{said}</i:IdentifyResponse>"
    return f"<s:Envelope {SOAP}><s:Body>{content}</s:Body></s:Envelope>".encode()


def service(kit: SimpleNamespace, answer: bytes) -> Finding:
    """What the step says of a service that answers so."""

    def serve(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            continue

    with kit.raw_server(serve) as port:
        *_, last = reach(kit.target_of(port), kit.options(request_timeout=2.0))
    assert last.step is Step.SERVICE
    return last


@pytest.mark.parametrize(
    "answer",
    [
        response(BOMB.encode()),
        response(b"<a>" * 100_000),
        response(b"<a/>" + b" " * 2_000_000),
        response(identity("x" * 100_000)),
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n<a/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n<a/>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000,
        b"HTTP/9.9 two hundred\r\n\r\n",
        b"\x00" * 100_000,
        b"",
    ],
    ids=lambda answer: answer[:50].decode("latin-1").split("\r\n")[-1] or "nothing",
)
def test_answers_that_are_none(kit: SimpleNamespace, answer: bytes) -> None:
    found = service(kit, answer)
    assert found.failure is not None
    assert len(repr(found)) < 2000


def test_texts_are_cut(kit: SimpleNamespace) -> None:
    found = service(
        kit,
        response(identity("EX\N{RIGHT-TO-LEFT OVERRIDE}" + "y" * 5000), b"Server: " + b"z" * 5000),
    )
    assert found.failure is None
    assert len(repr(found)) < 2000


@pytest.mark.parametrize(
    "date",
    [
        b"yesterday",
        b"Mon, 99 Foo 2026 00:00:00 GMT",
        b"Mon, 01 Jan 0001 00:00:00 +2359",
        b"Fri, 31 Dec 9999 23:59:59 -2359",
        b"Mon, 01 Jan 2026 00:00:00 -9999999999",
        b"",
    ],
)
def test_dates_that_are_none(kit: SimpleNamespace, date: bytes) -> None:
    found = service(kit, response(identity("Microsoft"), b"Date: " + date))
    assert found.failure is None
    assert isinstance(found.details.get("clock_ahead_seconds", 0), int)


@settings(max_examples=60)
@given(
    answer=st.binary(max_size=300),
    prefix=st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 401 \r\nWWW-Authenticate: "]),
)
def test_any_bytes_give_a_finding(kit: SimpleNamespace, answer: bytes, prefix: bytes) -> None:
    found = service(kit, prefix + answer + b"\r\n\r\n")
    json.dumps(msgspec.to_builtins(found))
