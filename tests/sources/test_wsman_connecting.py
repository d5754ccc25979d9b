"""The way to the host: name, route, port and TLS. No shell stays behind."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from hklint.failure import Reason


def test_refused_port(kit: SimpleNamespace) -> None:
    outcome = kit.failure(kit.target_of(kit.free_port()))
    assert (outcome.reason, outcome.phase) == (Reason.CONNECTION_REFUSED, "connecting")


def test_unknown_name(kit: SimpleNamespace) -> None:
    outcome = kit.failure(kit.target_of(5985, name="no-such-host.invalid"))
    assert (outcome.reason, outcome.phase) == (Reason.NAME_NOT_RESOLVED, "connecting")
    assert "no-such-host.invalid" in outcome.detail


def test_no_route(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_args: object, **_options: object) -> None:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("urllib3.util.connection.create_connection", unreachable)
    assert kit.failure(kit.target_of(5985)).reason is Reason.NO_ROUTE


def test_port_that_greets_and_closes(kit: SimpleNamespace) -> None:
    with kit.raw_server(lambda connection: connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")) as port:
        assert kit.failure(kit.target_of(port)).reason in {
            Reason.CONNECTION_LOST,
            Reason.PROTOCOL_ERROR,
        }


@pytest.mark.parametrize(
    ("certificate", "ca", "detail"),
    [
        ("good", "stranger_ca", "comes from a CA that is not trusted here: CN=hklint lab CA"),
        ("wrong_name", "ca", "is for other.example, not for the address 127.0.0.1"),
        ("expired", "ca", "expired on 20"),
    ],
)
def test_certificate_that_is_not_trusted(
    kit: SimpleNamespace, certificate: str, ca: str, detail: str
) -> None:
    certificates = kit.certificates
    with kit.lab_host(tls=getattr(certificates, certificate)) as host:
        outcome = kit.failure(
            kit.target_of(host, tls=True),
            ca_file=getattr(certificates, ca),
        )
        assert host.log == []
    assert (outcome.reason, outcome.phase) == (Reason.TLS_REJECTED, "connecting")
    assert detail in outcome.detail


def test_the_systems_authorities_are_asked_when_no_ca_is_named(kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.good) as host:
        outcome = kit.failure(kit.target_of(host, tls=True))
        assert host.log == []
    assert outcome.reason is Reason.TLS_REJECTED


def test_name_of_another_host(kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.wrong_name) as host:
        target = kit.target_of(host, tls=True, name="localhost")
        outcome = kit.failure(target, ca_file=kit.certificates.ca)
    assert outcome.reason is Reason.TLS_REJECTED
    assert "is for other.example, not for localhost" in outcome.detail


def test_tls_to_a_port_without_it(kit: SimpleNamespace) -> None:
    with kit.lab_host() as host:
        outcome = kit.failure(kit.target_of(host, tls=True))
    assert outcome.reason is Reason.TLS_REJECTED
    assert "psrp://" in outcome.detail


def test_tls_to_a_port_that_answers_in_plain_text(kit: SimpleNamespace) -> None:
    """As HTTP.sys does."""
    response = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
    with kit.raw_server(kit.http_server(response)) as port:
        outcome = kit.failure(kit.target_of(port, tls=True))
    assert outcome.reason is Reason.TLS_REJECTED
    assert "does not speak TLS" in outcome.detail


def test_no_tls_to_a_port_with_it(kit: SimpleNamespace) -> None:
    with kit.lab_host(tls=kit.certificates.good) as host:
        outcome = kit.failure(kit.target_of(host))
    assert outcome.reason is Reason.CONNECTION_LOST
    assert "psrps://" in outcome.detail


def test_host_that_hangs_up_in_the_handshake(kit: SimpleNamespace) -> None:
    with kit.raw_server(lambda connection: connection.recv(100)) as port:
        assert kit.failure(kit.target_of(port, tls=True)).reason is Reason.TLS_REJECTED


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_ca_file_that_is_none(kit: SimpleNamespace, tmp_path: Path, text: str) -> None:
    file = tmp_path / "ca.pem"
    if text is not None:
        file.write_text(text)
    outcome = kit.failure(kit.target_of(kit.free_port(), tls=True), ca_file=file)
    assert (outcome.reason, outcome.phase) == (Reason.TLS_REJECTED, "before connecting")
    assert "file cannot be used" in outcome.detail
