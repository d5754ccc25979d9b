"""Who is let in: passwords, spellings, certificates, channel bindings, and sealed messages."""

from collections.abc import Callable

import pytest
import requests
from pypsrp.exceptions import AuthenticationError, WinRMTransportError

from hklint.lab.wire import CertificateAuthority, Machine, TlsFiles, WsmanServer

Host = Callable[..., WsmanServer]

WAYS = {
    "ntlm": {"ssl": False, "auth": "ntlm"},
    "negotiate": {"ssl": False, "auth": "negotiate"},
    "ntlm-https": {"ssl": True, "auth": "ntlm"},
    "basic": {"ssl": True, "auth": "basic"},
}

SPELLINGS = (
    "LAB\\auditor",
    "lab\\AUDITOR",
    "auditor",
    "Auditor",
    "auditor@lab.example",
    "auditor@LAB",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "wrong"},
        {"password": ""},
        {"username": "LAB\\nobody"},
        {"username": "OTHER\\auditor"},
        {"username": "auditor@other.example"},
    ],
)
def test_wrong_credentials_are_refused(
    host: Host, collect: Callable[..., str], tls: TlsFiles, way: str, wrong: dict[str, str]
) -> None:
    server = host(tls=tls if WAYS[way]["ssl"] else None)
    with pytest.raises(AuthenticationError):
        collect(server.port, **WAYS[way], **wrong)
    assert {exchange.status for exchange in server.log} == {401}


@pytest.mark.parametrize("way", ["ntlm", "negotiate", "basic"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_an_account_may_be_spelled_as_windows_allows(
    host: Host, collect: Callable[..., str], tls: TlsFiles, way: str, spelling: str
) -> None:
    server = host(tls=tls if WAYS[way]["ssl"] else None)
    answer = collect(server.port, **WAYS[way], username=spelling)
    assert answer == "LAB\\auditor {}"


def test_hosts_may_know_one_account_by_different_passwords(
    host: Host, collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    one = host(machine(accounts={"Administrator": "canary-1"}))
    two = host(machine(accounts={"Administrator": "canary-2"}))
    for server, password in ((one, "canary-1"), (two, "canary-2"), (one, "canary-1")):
        answer = collect(server.port, username="Administrator", password=password)
        assert answer == "Administrator {}"
    with pytest.raises(AuthenticationError):
        collect(one.port, username="Administrator", password="canary-2")


def test_local_accounts_may_be_named_by_the_computer(
    host: Host, collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    server = host(machine(accounts={"Administrator": "canary"}))
    for name in ("EX01\\administrator", ".\\Administrator"):
        answer = collect(server.port, username=name, password="canary")
        assert answer == "Administrator {}"


def test_unsealed_messages_over_http_are_refused(host: Host, collect: Callable[..., str]) -> None:
    server = host()
    with pytest.raises(WinRMTransportError) as caught:
        collect(server.port, encryption="never")
    assert caught.value.code == 500
    assert caught.value.response_text == ""
    assert server.open_shells() == ()


@pytest.mark.parametrize("auth", ["ntlm", "basic"])
def test_unsealed_messages_may_be_allowed(
    host: Host, collect: Callable[..., str], auth: str
) -> None:
    server = host(allow_unencrypted=True)
    assert collect(server.port, encryption="never", auth=auth) == "LAB\\auditor {}"


def test_a_scheme_that_is_not_offered_does_not_work(
    host: Host, collect: Callable[..., str], tls: TlsFiles
) -> None:
    server = host(tls=tls, authentication=("Negotiate",))
    with pytest.raises(AuthenticationError):
        collect(server.port, ssl=True, auth="basic")


def test_a_scheme_that_the_lab_lacks_may_be_offered(
    host: Host, collect: Callable[..., str]
) -> None:
    server = host(authentication=("Kerberos",))
    with pytest.raises(ValueError, match="Kerberos"):
        collect(server.port, auth="ntlm")


def test_ntlm_over_tls_must_bind_to_the_channel(
    host: Host, collect: Callable[..., str], tls: TlsFiles
) -> None:
    server = host(tls=tls)
    with pytest.raises(AuthenticationError):
        collect(server.port, ssl=True, negotiate_send_cbt=False)


def test_a_client_certificate_must_be_mapped_to_an_account(
    host: Host, collect: Callable[..., str], authority: CertificateAuthority, tls: TlsFiles
) -> None:
    stranger = authority.issue("stranger")
    server = host(
        tls=tls,
        client_ca=authority.ca_file,
        client_certificates={"audit-robot": "LAB\\auditor"},
    )
    with pytest.raises(AuthenticationError):
        collect(
            server.port,
            ssl=True,
            auth="certificate",
            certificate_pem=str(stranger.certificate),
            certificate_key_pem=str(stranger.key),
        )


@pytest.mark.parametrize("header", ["Negotiate !", "Negotiate TlRMTVNTUA==", "Basic QQ==", "?"])
def test_credentials_that_are_none_get_401(host: Host, header: str) -> None:
    server = host()
    answer = requests.post(
        f"http://127.0.0.1:{server.port}/wsman", headers={"Authorization": header}, timeout=5
    )
    answer.close()
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Negotiate, Basic realm="WSMAN"'


def test_the_same_account_twice_is_refused(host: Host, machine: Callable[..., Machine]) -> None:
    with pytest.raises(ValueError, match="twice"):
        host(machine(accounts={"LAB\\auditor": "canary-1", "lab\\Auditor": "canary-2"}))
