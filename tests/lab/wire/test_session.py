"""Sessions of the real pypsrp client: what they cost, and that nothing is lost on the way."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from hklint.lab.wire import CertificateAuthority, Machine, TlsFiles, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]

TRANSPORTS = {
    "ntlm-http": ({"ssl": False, "auth": "ntlm"}, 9),
    "negotiate-http": ({"ssl": False, "auth": "negotiate"}, 9),
    "ntlm-https": ({"ssl": True, "auth": "ntlm"}, 8),
    "negotiate-https": ({"ssl": True, "auth": "negotiate"}, 8),
    "basic-https": ({"ssl": True, "auth": "basic"}, 6),
    "sealed-https": ({"ssl": True, "auth": "ntlm", "encryption": "always"}, 9),
}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_session_costs_as_many_requests_as_with_windows(
    host: Host, collect: Callable[..., str], tls: TlsFiles, transport: str
) -> None:
    options, requests = TRANSPORTS[transport]
    server = host(tls=tls if options["ssl"] else None)
    assert collect(server.port, '{"ask": 1}', **options) == 'LAB\\auditor {"ask": 1}'
    assert len(server.log) == requests
    assert server.connections == 1
    assert server.open_shells() == ()


def test_a_client_certificate_costs_six_requests(
    host: Host, collect: Callable[..., str], authority: CertificateAuthority, tls: TlsFiles
) -> None:
    mine = authority.issue("audit-robot")
    server = host(
        tls=tls,
        client_ca=authority.ca_file,
        client_certificates={"audit-robot": "LAB\\auditor"},
        authentication=(),
    )
    answer = collect(
        server.port,
        ssl=True,
        auth="certificate",
        certificate_pem=str(mine.certificate),
        certificate_key_pem=str(mine.key),
    )
    assert answer == "LAB\\auditor {}"
    assert len(server.log) == 6


def test_the_receives_are_laid_out_as_recorded(host: Host, collect: Callable[..., str]) -> None:
    server = host()
    collect(server.port)
    assert [exchange.action for exchange in server.log] == [
        *["authenticate"] * 3,
        *["create", "receive", "receive", "command", "receive", "delete"],
    ]
    assert [exchange.status for exchange in server.log] == [401, 401, *[200] * 7]


def test_a_further_pipeline_costs_two_requests(host: Host, pool: Pool, run: Run) -> None:
    server = host()
    with pool(server.port) as opened:
        run(opened)
        before = len(server.log)
        run(opened)
        assert len(server.log) == before + 2


ODD = (
    "".join(map(chr, range(0x20))) + "\x7f\x85_x0041_ _X000D_ _x ]]> <&\"' ä€\u2028\ufeff\U0001f512"
)


def test_odd_characters_arrive_both_ways(host: Host, collect: Callable[..., str]) -> None:
    server = host()
    assert collect(server.port, ODD) == f"LAB\\auditor {ODD}"


@pytest.mark.parametrize(("kilobytes", "further_receives"), [(64, 0), (128, 1), (500, 3)])
def test_large_answers_arrive_in_four_chunks_a_receive(
    host: Host,
    collect: Callable[..., str],
    machine: Callable[..., Machine],
    kilobytes: int,
    further_receives: int,
) -> None:
    text = "0123456789abcdef" * 64 * kilobytes
    server = host(machine(run=lambda *_: text))
    assert collect(server.port) == text
    receives = [exchange for exchange in server.log if exchange.action == "receive"]
    assert len(receives) == 3 + further_receives


def test_a_large_odd_answer_arrives(
    host: Host, collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    text = (ODD * 20_000)[: 500 * 1024]
    server = host(machine(run=lambda *_: text))
    assert collect(server.port) == text


def test_a_large_request_arrives(
    host: Host, collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    text = "requ€st_x0041_" * 50_000
    server = host(machine(run=lambda request, *_: str(request == text)))
    assert collect(server.port, text) == "True"
    assert "send" in {exchange.action for exchange in server.log}


def test_the_pool_tells_version_and_owner(host: Host, pool: Pool) -> None:
    server = host()
    with pool(server.port, username="auditor@lab.example") as opened:
        versions = opened.application_private_data.data["PSVersionTable"]
        assert versions["PSVersion"] == "5.1.14393.0"
        assert versions["BuildVersion"] == "10.0.14393.0"
        assert opened.shell.owner == "LAB\\auditor"
        assert [shell.owner for shell in server.open_shells()] == ["LAB\\auditor"]


def test_a_client_may_ask_for_the_configuration(host: Host, connect: Callable[..., WSMan]) -> None:
    server = host()
    wsman = connect(server.port)
    wsman.update_max_payload_size()
    wsman.close()
    assert wsman.max_envelope_size == 500 * 1024


def test_a_slow_collector_is_waited_for(
    host: Host, pool: Pool, machine: Callable[..., Machine], collector: str
) -> None:
    go_on = threading.Event()

    def work(*_: object) -> str:
        assert go_on.wait(5)
        return "late"

    server = host(machine(run=work))
    with pool(server.port, operation_timeout=1) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        shell.begin_invoke()
        shell.poll_invoke(timeout=1)
        assert server.log[-1].fault == 2150858793
        go_on.set()
        shell.end_invoke()
        assert shell.output == ["late"]
