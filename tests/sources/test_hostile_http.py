"""HTTP from a host that means harm: it ends soon, in a failure, and costs little."""

import base64
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pypsrp.wsman
import pytest

from hklint.failure import Failure, Reason
from hklint.lab.wire import Fault, Faults, Kind
from hklint.lab.wire.sealing import Sealer
from hklint.sources import collect
from hklint.sources.line import LARGEST_RESPONSE
from hklint.sources.psrp import markup
from hklint.sources.wsman import connection

SOON = 6.0
"""Seconds: far below the deadline, and enough for a busy machine."""

TOO_LARGE = (Reason.COLLECTOR_FAILED, "more data than any answer")
NO_WINRM = (Reason.PROTOCOL_ERROR, "")
BROKEN = (Reason.CONNECTION_LOST, "")


@contextmanager
def soon() -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < SOON


ENDLESS = {
    Kind.ENDLESS_HEAD: BROKEN,  # http.client takes a hundred headers
    Kind.ENDLESS_CONTINUE: TOO_LARGE,
    Kind.ENDLESS_BODY: TOO_LARGE,
    Kind.ENDLESS_CHUNKS: TOO_LARGE,
    Kind.ENDLESS_CHUNK: BROKEN,
    Kind.HUGE: TOO_LARGE,
}


@pytest.mark.parametrize("kind", ENDLESS)
@pytest.mark.parametrize("at", ["authenticate", "create", "receive"])
def test_answers_without_end(kit: SimpleNamespace, kind: Kind, at: str) -> None:
    if kind is Kind.HUGE and at == "authenticate":
        return  # a challenge has no body that could be longer
    reason, detail = ENDLESS[kind]
    faults = Faults(**{at: Fault(kind)})
    with kit.lab_host(tls=kit.certificates.good, faults=faults) as host, soon():
        outcome = kit.failure(
            kit.target_of(host, tls=True),
            authentication="basic",
            ca_file=kit.certificates.ca,
            retries=0,
        )
    assert outcome.reason is reason, outcome
    assert detail in outcome.detail


def answered(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


LENGTH = "Content-Length: 10"
RESPONSES: dict[str, tuple[bytes, tuple[Reason, str]]] = {
    "fewer bytes than announced": (
        answered("HTTP/1.1 200 OK", "Connection: close", "Content-Length: 5", body=b"<a></a>"),
        NO_WINRM,
    ),
    "two lengths": (
        answered("HTTP/1.1 200 OK", LENGTH, "Content-Length: 3", body=b"<a/>"),
        NO_WINRM,
    ),
    "a negative length": (answered("HTTP/1.1 500 No", "Content-Length: -1"), NO_WINRM),
    "a length of many digits": (
        answered("HTTP/1.1 200 OK", "Content-Length: " + "9" * 60_000),
        NO_WINRM,
    ),
    "a status that is none": (answered("HTTP/1.1 99999 What", LENGTH), BROKEN),
    "no HTTP": (b"SSH-2.0-OpenSSH_9.2p1\r\n", BROKEN),
    "a line of a head that is too long": (
        answered("HTTP/1.1 200 OK", "X: " + "x" * 70_000),
        BROKEN,
    ),
    "a head that is too large": (
        answered("HTTP/1.1 200 OK", *(f"X{each}: {'x' * 60_000}" for each in range(90))),
        TOO_LARGE,
    ),
    "cookies": (
        answered("HTTP/1.1 200 OK", *("Set-Cookie: " + "a=b;" * 2000 for _ in range(90)), LENGTH),
        BROKEN,
    ),
    "an encoding that takes quadratic time": (
        answered(
            "HTTP/1.1 500 No",
            "Content-Type: text/xml; charset=punycode",
            "Content-Length: 900000",
            body=b"9" * 450_000 + b"-" + b"9" * 449_999,
        ),
        NO_WINRM,
    ),
    "many kinds of authentication": (
        answered(
            "HTTP/1.1 401 No",
            *(f"WWW-Authenticate: Negotiate{' ,' * 20_000}" for _ in range(20)),
            "Content-Length: 0",
        ),
        (Reason.AUTHENTICATION_FAILED, ""),
    ),
}


@pytest.mark.parametrize("case", RESPONSES)
def test_responses(kit: SimpleNamespace, case: str) -> None:
    response, (reason, detail) = RESPONSES[case]

    def serve(client: socket.socket) -> None:
        client.recv(65_536)
        client.sendall(response)

    with kit.raw_server(serve) as port, soon():
        outcome = kit.failure(kit.target_of(port), retries=0)
    assert outcome.reason is reason, outcome
    assert detail in outcome.detail
    assert len(outcome.detail) < 400


TOKENS = {
    "empty": b"",
    "no token": b"\x00",
    "a message of NTLM that is cut short": b"NTLMSSP\x00\x02\x00\x00\x00",
    "a length that lies": b"\x60\x84\xff\xff\xff\xff\x06",
    "deep": b"\x60\x80" * 10_000,
    "zeros": bytes(20_000),
    "a target name outside the message": b"NTLMSSP\x00\x02\x00\x00\x00\xff\xff\xff\xff"
    + b"\xff" * 40,
    "not even a response": b"\xa1\x07\x30\x05\xa0\x03\x0a\x01\x63",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=list(TOKENS))
def test_tokens_that_are_none(kit: SimpleNamespace, token: bytes) -> None:
    offer = f"WWW-Authenticate: Negotiate {base64.b64encode(token).decode()}"
    response = answered("HTTP/1.1 401 No", offer, "Content-Length: 0")
    with kit.raw_server(kit.http_server(response)) as port, soon():
        outcome = kit.failure(kit.target_of(port), retries=0)
    assert outcome.reason in {Reason.AUTHENTICATION_FAILED, Reason.PROTOCOL_ERROR}, outcome


CHALLENGES = {
    "and hangs up": ("WWW-Authenticate: Negotiate", "Connection: close", "Content-Length: 0"),
    "in HTTP/1.0": ("WWW-Authenticate: Negotiate",),
    "in chunks": ("WWW-Authenticate: Negotiate", "Transfer-Encoding: chunked"),
    "of all kinds": (
        "WWW-Authenticate: Negotiate, Kerberos, NTLM, Basic",
        "Content-Length: 0",
    ),
}


@pytest.mark.parametrize("lines", CHALLENGES.values(), ids=list(CHALLENGES))
@pytest.mark.parametrize("tls", [False, True])
def test_a_host_that_asks_for_a_logon(
    kit: SimpleNamespace, lines: tuple[str, ...], *, tls: bool
) -> None:
    """The end of the connection may come with the question."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(kit.certificates.good.certificate, kit.certificates.good.key)
    version = "HTTP/1.0" if len(lines) == 1 else "HTTP/1.1"

    def serve(client: socket.socket) -> None:
        with context.wrap_socket(client, server_side=True) if tls else client as connected:
            connected.recv(65_536)
            connected.sendall(answered(f"{version} 401 No", *lines))

    with kit.raw_server(serve) as port, soon():
        outcome = kit.failure(
            kit.target_of(port, tls=tls),
            authentication="ntlm",
            ca_file=kit.certificates.ca,
            retries=0,
        )
    assert outcome.reason in {Reason.CONNECTION_LOST, Reason.AUTHENTICATION_FAILED}, outcome


def test_a_boundary_is_no_pattern(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    """pypsrp would look for it as one: this one takes centuries, and holds up every thread."""

    def seal(_sealer: Sealer, _plain: bytes) -> tuple[str, bytes]:
        kind = 'multipart/encrypted;protocol="a/b";boundary="(x|x)*"'
        payload = b"--(x|x)*\r\nLength=1\r\n--(x|x)*\r\n--" + b"x" * 60
        return kind, payload

    monkeypatch.setattr(Sealer, "seal", seal)
    with kit.lab_host() as host, soon():
        outcome = kit.failure(kit.target_of(host), retries=0)
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "an encrypted message of a kind that there is not" in outcome.detail


@pytest.mark.parametrize("tls", [False, True])
def test_a_trickle_ends_at_the_deadline(kit: SimpleNamespace, *, tls: bool) -> None:
    faults = Faults(receive=Fault(Kind.TRICKLE, seconds=0.05))
    with kit.lab_host(faults=faults, tls=kit.certificates.good if tls else None) as host:
        with soon():
            outcome = kit.failure(
                kit.target_of(host, tls=tls),
                deadline=1.2,
                authentication="basic" if tls else "negotiate",
                ca_file=kit.certificates.ca,
            )
        assert host.open_shells() == ()
    assert outcome.reason is Reason.TIMED_OUT


@pytest.mark.parametrize("at", ["create", "command", "receive"])
def test_an_answer_that_is_not_sealed_is_not_read(kit: SimpleNamespace, at: str) -> None:
    outcome = kit.failure_at_lab(faults=Faults(**{at: Fault(Kind.UNSEALED)}))
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "not encrypted" in outcome.detail


def test_pypsrp_parses_nothing_that_was_not_checked(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    parsed: list[object] = []

    def noting(parse: Callable[..., object], notes: list[object]) -> Callable[..., object]:
        def note(text: object) -> object:
            notes.append(text)
            return parse(text)

        return note

    elements = SimpleNamespace(**vars(pypsrp.wsman.ET))
    elements.fromstring = noting(pypsrp.wsman.ET.fromstring, parsed)
    monkeypatch.setattr(pypsrp.wsman, "ET", elements)
    monkeypatch.setattr(connection, "parse", noting(markup.parse, checked))
    scenes = [
        Faults(),
        Faults(create=Fault(Kind.FAULT, code=1)),
        Faults(receive=Fault(Kind.BARE_FAULT)),
        Faults(command=Fault(Kind.UNAVAILABLE)),
        Faults(create=Fault(Kind.ENTITIES)),
        Faults(create=Fault(Kind.UTF16_ENTITIES)),
        Faults(receive=Fault(Kind.DEEP)),
    ]
    for faults in scenes:
        with kit.lab_host(faults=faults) as host:
            collect(kit.target_of(host), kit.REQUEST, kit.options(retries=0))
    assert len(parsed) > len(scenes)
    assert set(parsed) <= {*checked, ""}
    for text in parsed:
        assert isinstance(text, str), "bytes could name another encoding than the one checked"
        assert "<!DOCTYPE" not in text


def test_a_page_with_a_document_type_is_somebody_elses(kit: SimpleNamespace) -> None:
    page = b"<!DOCTYPE html><html><body>down for maintenance</body></html>"
    head = answered("HTTP/1.1 503 No", "Content-Type: text/html", f"Content-Length: {len(page)}")
    with kit.raw_server(kit.http_server(head + page)) as port:
        outcome = kit.failure(kit.target_of(port), retries=0)
    assert "HTTP 503" in outcome.detail


def test_a_response_may_be_as_large_as_it_is_said(kit: SimpleNamespace) -> None:
    """The bound does not come before what WinRM may send: 500 KB and what seals it."""

    def script(_request: str, _stopped: object) -> str:
        return "x" * 4_000_000

    with kit.lab_host(script) as host:
        outcome = collect(kit.target_of(host), kit.REQUEST, kit.options())
        sizes = [exchange.sent for exchange in host.log]
    assert isinstance(outcome, Failure)
    assert "not JSON" in outcome.detail
    assert 100_000 < max(sizes) < LARGEST_RESPONSE
