"""The steps before the logon, over a real wire: where they end, and what they say."""

import socket
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hklint.doctor import winrm
from hklint.doctor.examination import Examination, Finding, Mark, Step
from hklint.doctor.walk import reach
from hklint.failure import Reason
from hklint.lab.wire import TlsFiles

Walk = Callable[..., Examination]


def found(whole: Examination, step: Step) -> Finding:
    (finding,) = [finding for finding in whole.findings if finding.step is step]
    return finding


def end(whole: Examination) -> tuple[Step | None, Reason | None]:
    return whole.conclusion.step, whole.conclusion.reason


# -- everything works ------------------------------------------------------------------------------


def test_all_is_well_over_http(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        whole = walk(kit.target_of(host), kit.options())
        assert host.log[0].action == "identify"
        assert host.open_shells() == ()
    assert whole.conclusion.works
    assert [finding.mark for finding in whole.findings] == [
        *(Mark.OK, Mark.OK, Mark.NOT_USED),
        *([Mark.OK] * 5),
    ]
    assert found(whole, Step.PORT).details == {"address": "127.0.0.1"}
    service = found(whole, Step.SERVICE).details
    assert service == {
        "product_vendor": "Microsoft Corporation",
        "product_version": "OS: 0.0.0 SP: 0.0 Stack: 3.0",
        "server": "Microsoft-HTTPAPI/2.0",
        "offered": ("Negotiate", "Basic"),
        "clock_ahead_seconds": service["clock_ahead_seconds"],
    }
    assert abs(service["clock_ahead_seconds"]) <= 2
    assert found(whole, Step.AUTHENTICATION).details == {
        "account": kit.USER,
        "transport": "http, Negotiate (NTLM), sealed messages",
    }
    assert found(whole, Step.COLLECTOR).details["process"] == "wsmprovhost"


@pytest.mark.parametrize("authentication", ["negotiate", "ntlm", "basic", "certificate"])
def test_all_is_well_over_tls(walk: Walk, kit: SimpleNamespace, authentication: str) -> None:
    certificates = kit.certificates
    chosen: dict[str, object] = {"ca_file": certificates.ca, "authentication": authentication}
    if authentication == "certificate":
        chosen["user"] = None
        chosen["certificate_file"] = certificates.client.certificate
        chosen["certificate_key_file"] = certificates.client.key
    if authentication == "basic":
        chosen["user"] = "audit"
    server = {
        "tls": certificates.good,
        "client_ca": certificates.ca,
        "client_certificates": {"audit": kit.USER},
    }
    with kit.lab_host(**server) as host:
        whole = walk(kit.target_of(host, tls=True, name="localhost"), kit.options(**chosen))
    assert whole.conclusion.works
    tls = found(whole, Step.TLS)
    assert tls.details["protocol"] == "TLSv1.3"
    assert tls.details["names"] == ("localhost", "127.0.0.1")
    assert tls.details["issuer"] == "CN=hklint lab CA"
    assert tls.details["days_left"] == 1
    assert tls.details["trusted_by"] == str(certificates.ca)
    assert tls.notes == (f"The certificate expires on {tls.details['valid_until']}.",)
    name = found(whole, Step.NAME)
    assert "127.0.0.1" in name.details["addresses"]


def test_basic_in_clear_is_said(walk: Walk, kit: SimpleNamespace) -> None:
    chosen = {"authentication": "basic", "allow_unencrypted": frozenset({"127.0.0.1"})}
    with kit.lab_host(allow_unencrypted=True) as host:
        whole = walk(kit.target_of(host), kit.options(**chosen))
    assert whole.conclusion.works
    assert "NOT ENCRYPTED" in found(whole, Step.TLS).summary


# -- name and port ---------------------------------------------------------------------------------


def test_a_name_that_nobody_has(walk: Walk, kit: SimpleNamespace) -> None:
    whole = walk(kit.target_of(5985, name="nosuch.invalid"), kit.options())
    assert end(whole) == (Step.NAME, Reason.NAME_NOT_RESOLVED)
    assert "nosuch.invalid has no address" in found(whole, Step.NAME).summary


def test_dns_that_does_not_answer(
    walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()

    def slow(*_: object, **__: object) -> list[object]:
        answered.wait(10)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    whole = walk(kit.target_of(5985, name="ex01.example"), kit.options(connect_timeout=0.2))
    answered.set()
    assert end(whole) == (Step.NAME, Reason.TIMED_OUT)
    assert whole.conclusion.advice == "Check this computer's DNS servers."


def test_a_refused_port_when_the_other_one_is_open(
    walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    shut = kit.free_port()
    with kit.lab_host(tls=kit.certificates.good) as host:
        monkeypatch.setattr(winrm, "HTTPS_PORT", host.port)
        monkeypatch.setattr(winrm, "HTTP_PORT", shut)
        whole = walk(kit.target_of(kit.free_port()), kit.options())
        assert host.log == []
    assert end(whole) == (Step.PORT, Reason.CONNECTION_REFUSED)
    assert found(whole, Step.PORT).notes == (
        f"port {shut} takes no connections either",
        f"port {winrm.HTTPS_PORT} does take connections",
    )
    assert f"psrps://127.0.0.1:{winrm.HTTPS_PORT}" in whole.conclusion.advice


def test_a_port_that_is_silent(walk: Walk, kit: SimpleNamespace, full_port: int) -> None:
    whole = walk(kit.target_of(full_port), kit.options(connect_timeout=0.3))
    assert end(whole) == (Step.PORT, Reason.TIMED_OUT)


def test_the_next_address_is_tried(
    walk: Walk, kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = socket.getaddrinfo

    def two(host: str, port: int, **options: int) -> list[Any]:
        (one,) = asked("127.0.0.1", port, **options)
        return [(*one[:4], ("127.0.0.2", port)), one] if host == "two.example" else [one]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with kit.lab_host() as host:
        whole = walk(kit.target_of(host, name="two.example"), kit.options())
        refused = f"127.0.0.2 port {host.port} refuses connections"
    port = found(whole, Step.PORT)
    assert port.mark is Mark.NOTE
    assert port.notes == (f"{refused}; the next address was tried",)
    assert found(whole, Step.NAME).details == {"addresses": ("127.0.0.2", "127.0.0.1")}


# -- TLS -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("which", "trusted", "says", "advice"),
    [
        ("expired", "ca", "expired on ", "a new certificate"),
        ("wrong_name", "ca", "is for other.example, not for the address", "one of the names"),
        ("good", "stranger_ca", "comes from a CA that is not trusted here", "--ca FILE"),
    ],
)
def test_a_certificate_that_is_refused(
    walk: Walk, kit: SimpleNamespace, which: str, trusted: str, says: str, advice: str
) -> None:
    ca_file = getattr(kit.certificates, trusted)
    with kit.lab_host(tls=getattr(kit.certificates, which)) as host:
        whole = walk(kit.target_of(host, tls=True), kit.options(ca_file=ca_file))
        assert host.log == [], "nothing is sent to a host whose certificate was refused"
        assert host.connections == 2
    assert end(whole) == (Step.TLS, Reason.TLS_REJECTED)
    tls = found(whole, Step.TLS)
    assert says in tls.summary
    assert advice in whole.conclusion.advice
    expected = {"names", "issuer", "valid_from", "valid_until", "days_left", "thumbprint"}
    assert set(tls.details) == expected
    assert tls.details["days_left"] == (-1 if which == "expired" else 1)


def test_a_certificate_that_is_signed_by_itself(
    walk: Walk, kit: SimpleNamespace, self_signed: TlsFiles
) -> None:
    with kit.lab_host(tls=self_signed) as host:
        target = kit.target_of(host, tls=True, name="localhost")
        refused = walk(target, kit.options(ca_file=kit.certificates.ca))
        trusted = walk(target, kit.options(ca_file=self_signed.certificate))
    assert end(refused) == (Step.TLS, Reason.TLS_REJECTED)
    assert "is signed by itself" in found(refused, Step.TLS).summary
    assert "the certificate itself" in refused.conclusion.advice
    assert trusted.conclusion.works
    names = found(trusted, Step.TLS).details["names"]
    assert len(names) == 21
    assert names[-1] == "and 21 more"


def test_a_plain_port_that_is_spoken_to_in_tls(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        whole = walk(kit.target_of(host, tls=True), kit.options())
        assert end(whole) == (Step.TLS, Reason.TLS_REJECTED)
        assert f"write psrp://127.0.0.1:{host.port}" in whole.conclusion.advice


def test_a_tls_port_that_is_spoken_to_plainly(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.good) as host:
        whole = walk(kit.target_of(host), kit.options())
        assert end(whole) == (Step.SERVICE, Reason.CONNECTION_LOST)
        assert f"write psrps://127.0.0.1:{host.port}" in whole.conclusion.advice


def test_a_handshake_without_an_end(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.raw_server(lambda connection: connection.recv(1) and wait(connection)) as port:
        whole = walk(kit.target_of(port, tls=True), kit.options(connect_timeout=0.3))
    assert end(whole) == (Step.TLS, Reason.TIMED_OUT)


def wait(connection: socket.socket) -> None:
    while connection.recv(65_536):
        continue


def test_a_key_file_that_cannot_be_used(walk: Walk, kit: SimpleNamespace, tmp_path: Path) -> None:
    (tmp_path / "no.key").write_text("no key")
    chosen = {
        "authentication": "certificate",
        "certificate_file": kit.certificates.client.certificate,
        "certificate_key_file": tmp_path / "no.key",
        "user": None,
    }
    with kit.lab_host(tls=kit.certificates.good) as host:
        whole = walk(kit.target_of(host, tls=True), kit.options(**chosen))
    assert end(whole) == (Step.TLS, Reason.TLS_REJECTED)
    assert "key file cannot be used" in found(whole, Step.TLS).summary


# -- service ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("response", "says"),
    [
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "there is no WinRM"),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "may be one for TLS"),
        (b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", "not WinRM"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome", "what is no XML"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n<a/>", "that is not WinRM"),
        (b"HTTP/1.1 999 Yes\r\nContent-Length: 0\r\n\r\n", "HTTP 999"),
    ],
)
def test_a_web_server(walk: Walk, kit: SimpleNamespace, response: bytes, says: str) -> None:
    with kit.raw_server(kit.http_server(response)) as port:
        whole = walk(kit.target_of(port), kit.options())
    assert end(whole) == (Step.SERVICE, Reason.PROTOCOL_ERROR)
    assert says in found(whole, Step.SERVICE).summary


@pytest.mark.parametrize(
    "greeting", [b"SSH-2.0-OpenSSH_for_Windows_9.5\r\n", b"\x15\x03\x03\x00\x02\x02\x28\r\n"]
)
def test_what_is_no_http(walk: Walk, kit: SimpleNamespace, greeting: bytes) -> None:
    with kit.raw_server(kit.http_server(greeting)) as port:
        whole = walk(kit.target_of(port), kit.options())
    assert end(whole) == (Step.SERVICE, Reason.CONNECTION_LOST)


def test_a_service_that_wants_a_logon_first(kit: SimpleNamespace) -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        while data := connection.recv(65_536):
            asked.append(data)
            connection.sendall(
                b"HTTP/1.1 401 \r\nWWW-Authenticate: Kerberos\r\n"
                b'WWW-Authenticate: Basic realm="a, b", CredSSP\r\nContent-Length: 0\r\n\r\n'
            )

    with kit.raw_server(serve) as port:
        (*_, service) = reach(kit.target_of(port), kit.options(authentication="ntlm"))
    assert service.details["offered"] == ("Kerberos", "Basic", "CredSSP")
    assert service.notes == (
        "--auth ntlm was chosen, and the host offers Kerberos, Basic, CredSSP only.",
    )
    sent = b"".join(asked)
    assert sent.count(b"POST /wsman") == 1
    assert b"WSMANIDENTIFY: unauthenticated" in sent
    assert b"Authorization" not in sent


@pytest.mark.parametrize("status", [403, 500])
def test_a_service_that_does_not_know_identify(
    walk: Walk, kit: SimpleNamespace, status: int
) -> None:
    answer = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
    with kit.raw_server(kit.http_server(answer)) as port:
        whole = walk(kit.target_of(port), kit.options(retries=0))
    service = found(whole, Step.SERVICE)
    assert service.mark is Mark.NOTE
    assert service.summary == f"HTTP {status} instead of an answer to Identify"
    assert not whole.conclusion.works


@pytest.mark.parametrize(("minutes", "way"), [(7, "ahead of"), (-90, "behind")])
def test_a_clock_that_is_wrong(walk: Walk, kit: SimpleNamespace, minutes: int, way: str) -> None:
    with kit.lab_host(clock_skew=minutes * 60.0) as host:
        whole = walk(kit.target_of(host), kit.options())
    assert whole.conclusion.works
    service = found(whole, Step.SERVICE)
    assert service.mark is Mark.NOTE
    assert abs(service.details["clock_ahead_seconds"] - minutes * 60) <= 2
    assert f"{abs(minutes)} minutes {way} this computer's" in service.notes[0]
    assert "Kerberos allows 5" in service.notes[0]


def test_a_clock_that_is_a_little_wrong_is_no_news(walk: Walk, kit: SimpleNamespace) -> None:
    with kit.lab_host(clock_skew=280.0) as host:
        assert found(walk(kit.target_of(host), kit.options()), Step.SERVICE).notes == ()
