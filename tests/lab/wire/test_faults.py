"""Each fault does what it says, at the action it is for."""

import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from xml.etree.ElementTree import ParseError

import pytest
import requests
from pypsrp.exceptions import (
    AuthenticationError,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from pypsrp.powershell import PowerShell, RunspacePool

from hklint.lab.wire import Fault, Faults, Kind, TlsFiles, WsmanServer
from hklint.lab.wire.spoiled import ANSWERS, FRAGMENTS, MARKUP

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]

RAISED = {
    Kind.REFUSE: AuthenticationError,
    Kind.FORBID: WinRMTransportError,
    Kind.UNAVAILABLE: WinRMTransportError,
    Kind.HANG: requests.ReadTimeout,
    Kind.DROP: requests.ConnectionError,
    Kind.GARBAGE: ParseError,
    Kind.HTML: ParseError,
    Kind.TRUNCATED: requests.exceptions.ChunkedEncodingError,
    Kind.RESTART: requests.ConnectionError,
    Kind.STATUS: WinRMTransportError,
    Kind.ENDLESS_HEAD: requests.ConnectionError,
    Kind.ENDLESS_CHUNK: requests.exceptions.ChunkedEncodingError,
    Kind.ACCESS_DENIED: WSManFaultError,
    Kind.FAULT: WSManFaultError,
    Kind.BARE_FAULT: WSManFaultError,
    Kind.WRONG_RELATES_TO: WinRMError,
}
CODES = {
    Kind.FORBID: 403,
    Kind.UNAVAILABLE: 503,
    Kind.STATUS: 429,
    Kind.ACCESS_DENIED: 5,
    Kind.FAULT: 429,
    Kind.BARE_FAULT: "w:InternalError",
}
ENDLESS = {Kind.ENDLESS_CONTINUE, Kind.ENDLESS_BODY, Kind.ENDLESS_CHUNKS}
TESTED_BELOW = {Kind.SLOW, Kind.TRICKLE, Kind.UNSEALED}
SPOILED = {*ANSWERS, *FRAGMENTS, *MARKUP, Kind.SCRAMBLED}
"""Tested beside this file."""


def test_each_fault_is_tested() -> None:
    assert set(RAISED) | ENDLESS | TESTED_BELOW | SPOILED == set(Kind)


@pytest.mark.parametrize("action", ["create", "command", "delete"])
@pytest.mark.parametrize("kind", RAISED)
def test_a_fault_is_what_the_client_meets(
    host: Host, collect: Callable[..., str], tls: TlsFiles, kind: Kind, action: str
) -> None:
    server = host(tls=tls, faults=Faults(**{action: Fault(kind, code=429)}))
    with pytest.raises(RAISED[kind]) as caught:
        collect(server.port, ssl=True, auth="basic", read_timeout=0.3)
    assert caught.type is RAISED[kind]
    if kind is not Kind.HANG:  # which is logged when the host stops
        assert server.log[-1].action == action
    if kind in CODES:
        assert caught.value.code == CODES[kind]


@pytest.mark.parametrize("kind", sorted(set(RAISED) - {Kind.HANG, Kind.REFUSE}))
def test_a_fault_of_receive_is_met_over_sealed_http(
    host: Host, collect: Callable[..., str], kind: Kind
) -> None:
    server = host(faults=Faults(receive=Fault(kind, code=429)))
    with pytest.raises(RAISED[kind]):
        collect(server.port)
    assert server.log[-1].action == "receive"


@pytest.mark.parametrize("kind", [Kind.REFUSE, Kind.FORBID, Kind.UNAVAILABLE, Kind.DROP])
def test_a_fault_of_authentication_comes_first(
    host: Host, collect: Callable[..., str], tls: TlsFiles, kind: Kind
) -> None:
    server = host(tls=tls, faults=Faults(authenticate=Fault(kind)))
    with pytest.raises(RAISED[kind]):
        collect(server.port, ssl=True, auth="basic")
    assert {exchange.action for exchange in server.log} == {"authenticate"}
    assert server.open_shells() == ()


@pytest.mark.parametrize("kind", [Kind.ACCESS_DENIED, Kind.WRONG_RELATES_TO])
def test_authentication_has_no_faults_of_messages(kind: Kind) -> None:
    with pytest.raises(ValueError, match=kind):
        Faults(authenticate=Fault(kind))


def test_a_slow_host_answers_in_the_end(host: Host, collect: Callable[..., str]) -> None:
    server = host(faults=Faults(command=Fault(Kind.SLOW, seconds=0.2)))
    started = time.monotonic()
    assert collect(server.port) == "LAB\\auditor {}"
    assert time.monotonic() - started >= 0.2


def test_a_trickle_is_as_slow_as_it_says(host: Host) -> None:
    server = host(faults=Faults(authenticate=Fault(Kind.TRICKLE, seconds=0.001)))
    started = time.monotonic()
    answer = requests.post(f"http://127.0.0.1:{server.port}/wsman", timeout=5)
    assert answer.status_code == 401
    assert time.monotonic() - started >= 0.001 * len(str(answer.headers))


def test_an_answer_may_come_unsealed(
    host: Host, collect: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds: list[str] = []
    send = requests.Session.send

    def noting(*args: object, **options: object) -> requests.Response:
        response = send(*args, **options)
        kinds.append(response.headers.get("Content-Type", "").partition(";")[0])
        return response

    monkeypatch.setattr(requests.Session, "send", noting)
    collect(host(faults=Faults(create=Fault(Kind.UNSEALED))).port)
    assert kinds[:3] == ["", "application/soap+xml", "multipart/encrypted"]


@pytest.mark.parametrize("kind", sorted(ENDLESS))
def test_some_answers_have_no_end(host: Host, kind: Kind) -> None:
    """Until the client hangs up, that is."""
    server = host(faults=Faults(authenticate=Fault(kind)))
    with socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(b"POST /wsman HTTP/1.1\r\n\r\n")
        with client.makefile("rb") as answer:
            assert len(answer.read(5_000_000)) == 5_000_000


def test_a_fault_can_hit_a_later_call(host: Host, collect: Callable[..., str]) -> None:
    server = host(faults=Faults(receive=Fault(Kind.DROP, first=3)))
    with pytest.raises(requests.ConnectionError):
        collect(server.port)
    statuses = [each.status for each in server.log if each.action == "receive"]
    assert statuses == [200, 200, None]


def test_calls_are_counted_anew_for_new_faults(host: Host, collect: Callable[..., str]) -> None:
    server = host()
    for _ in range(2):
        server.faults = Faults(create=Fault(Kind.DROP, first=2))
        assert collect(server.port) == "LAB\\auditor {}"


def test_latency_is_paid_for_each_request(host: Host, collect: Callable[..., str]) -> None:
    server = host(latency=0.02)
    started = time.monotonic()
    collect(server.port)
    assert time.monotonic() - started >= 9 * 0.02


def test_faults_can_come_and_go(host: Host, pool: Pool, run: Run) -> None:
    server = host()
    with pool(server.port) as opened:
        server.faults = Faults(receive=Fault(Kind.ACCESS_DENIED))
        with pytest.raises(WSManFaultError):
            run(opened)
        server.faults = Faults()
        assert run(opened).output == ["LAB\\auditor {}"]
