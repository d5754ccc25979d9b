"""Each fault does what it says, at the action it is for."""

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
    Kind.ACCESS_DENIED: WSManFaultError,
    Kind.WRONG_RELATES_TO: WinRMError,
}


def test_each_fault_is_tested() -> None:
    assert set(RAISED) | {Kind.SLOW} == set(Kind)


@pytest.mark.parametrize("action", ["create", "command", "delete"])
@pytest.mark.parametrize("kind", RAISED)
def test_a_fault_is_what_the_client_meets(
    host: Host, collect: Callable[..., str], tls: TlsFiles, kind: Kind, action: str
) -> None:
    server = host(tls=tls, faults=Faults(**{action: Fault(kind)}))
    with pytest.raises(RAISED[kind]) as caught:
        collect(server.port, ssl=True, auth="basic", read_timeout=0.3)
    assert caught.type is RAISED[kind]
    if kind is not Kind.HANG:  # which is logged when the host stops
        assert server.log[-1].action == action
    codes = {Kind.FORBID: 403, Kind.UNAVAILABLE: 503, Kind.ACCESS_DENIED: 5}
    if kind in codes:
        assert caught.value.code == codes[kind]


@pytest.mark.parametrize("kind", sorted(set(RAISED) - {Kind.HANG, Kind.REFUSE}))
def test_a_fault_of_receive_is_met_over_sealed_http(
    host: Host, collect: Callable[..., str], kind: Kind
) -> None:
    server = host(faults=Faults(receive=Fault(kind)))
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
