"""Hosts start and stop at once, leave nothing behind, and don't get in each other's way."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest
import requests
from pypsrp.powershell import RunspacePool

from hklint.lab.wire import Fault, Faults, Kind, Machine, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]

AT_ONCE = 0.5
"""Seconds, on a busy computer; what waits would wait for five seconds or more."""


def test_twenty_sessions_on_two_hosts_with_their_own_accounts(
    host: Host, collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    passwords = ("canary-1", "canary-2")
    hosts = [
        host(machine(name=f"EX0{number}", accounts={"auditor": password}))
        for number, password in enumerate(passwords)
    ]

    def session(number: int) -> str:
        port, password = hosts[number % 2].port, passwords[number % 2]
        return collect(port, str(number), username="auditor", password=password)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(session, range(20)))
    assert answers == [f"auditor {number}" for number in range(20)]
    assert [server.open_shells() for server in hosts] == [(), ()]
    assert [server.connections for server in hosts] == [10, 10]


def test_a_host_stops_at_once_although_a_receive_waits(
    pool: Pool,
    waiting: tuple[Machine, threading.Event],
    in_background: Callable[[RunspacePool], list[Exception]],
    abandon: Callable[[RunspacePool], None],
) -> None:
    before = threading.active_count()
    server = WsmanServer(waiting[0])
    starting = time.monotonic()
    server.start()
    assert time.monotonic() - starting < AT_ONCE
    with pool(server.port) as opened:
        in_background(opened)
        assert waiting[1].wait(5)
        time.sleep(0.05)  # until the Receive waits
        stopping = time.monotonic()
        server.stop()
        assert time.monotonic() - stopping < AT_ONCE
        abandon(opened)
    deadline = time.monotonic() + 3
    while threading.active_count() > before:
        assert time.monotonic() < deadline, threading.enumerate()


def test_a_host_stops_at_once_although_it_hangs(
    collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    server = WsmanServer(machine(), faults=Faults(create=Fault(Kind.HANG)))
    server.start()
    with pytest.raises(requests.ReadTimeout):
        collect(server.port, read_timeout=0.1)
    stopping = time.monotonic()
    server.stop()
    assert time.monotonic() - stopping < AT_ONCE


def test_a_host_can_start_again_on_its_port(
    collect: Callable[..., str], machine: Callable[..., Machine]
) -> None:
    with WsmanServer(machine()) as first:
        port = first.port
        collect(port)
    again = WsmanServer(machine(), port=port)
    for _ in range(2):
        with again:
            assert collect(port) == "LAB\\auditor {}"


def test_a_host_that_does_not_run_has_no_port(machine: Callable[..., Machine]) -> None:
    server = WsmanServer(machine())
    with pytest.raises(RuntimeError, match="EX01 is not running"):
        _ = server.port
    server.stop()


def test_a_host_is_not_started_twice(host: Host) -> None:
    server = host()
    with pytest.raises(RuntimeError, match="running already"):
        server.start()
