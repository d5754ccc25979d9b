"""Shells, as pypsrp meets them: quotas, and what happens when they are gone."""

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from pypsrp.exceptions import WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from hklint.lab.wire import Machine, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]
Waiting = tuple[Machine, threading.Event]
InBackground = Callable[[RunspacePool], list[Exception]]

TWO_ACCOUNTS = {"LAB\\auditor": "canary:pässword", "LAB\\other": "canary"}
OTHER = {"username": "LAB\\other", "password": "canary"}


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 3
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def same_shell(of: RunspacePool, wsman: WSMan) -> RunspacePool:
    """A pool that asks for the shell of another one."""
    pool = RunspacePool(wsman)
    pool.shell.id = of.shell.id
    pool.shell._selector_set = of.shell._selector_set
    pool.shell.opened = True
    return pool


def test_a_user_has_so_many_shells(
    host: Host, collect: Callable[..., str], pool: Pool, machine: Callable[..., Machine]
) -> None:
    server = host(machine(accounts=TWO_ACCOUNTS), max_shells=2)
    with pool(server.port), pool(server.port):
        with pytest.raises(WSManFaultError) as caught:
            collect(server.port)
        assert caught.value.code == 2150859173
        assert collect(server.port, **OTHER) == "LAB\\other {}"
    assert collect(server.port) == "LAB\\auditor {}"


def test_there_is_one_session_configuration(host: Host, collect: Callable[..., str]) -> None:
    with pytest.raises(WSManFaultError) as caught:
        collect(host().port, configuration_name="Microsoft.Exchange")
    assert caught.value.code == 2150858811


def test_a_deleted_shell_is_gone(
    host: Host, pool: Pool, run: Run, abandon: Callable[[RunspacePool], None]
) -> None:
    server = host()
    with pool(server.port) as opened, pool(server.port) as spare:
        opened.shell.close()
        with pytest.raises(WSManFaultError) as caught:
            run(opened)
        assert caught.value.code == 2150858843
        assert not opened.is_alive()
        assert spare.is_alive()
        abandon(opened)


def test_a_shell_of_somebody_else_is_no_shell(
    host: Host, pool: Pool, connect: Callable[..., WSMan], machine: Callable[..., Machine]
) -> None:
    server = host(machine(accounts=TWO_ACCOUNTS))
    with pool(server.port) as opened:
        stranger = connect(server.port, **OTHER)
        with pytest.raises(WSManFaultError) as caught:
            same_shell(opened, stranger).shell.close()
        assert caught.value.code == 2150858843
        assert opened.is_alive()
        stranger.close()


def test_delete_ends_a_waiting_receive(
    host: Host,
    pool: Pool,
    connect: Callable[..., WSMan],
    waiting: Waiting,
    in_background: InBackground,
    abandon: Callable[[RunspacePool], None],
) -> None:
    machine, begun = waiting
    server = host(machine)
    with pool(server.port) as opened:
        met = in_background(opened)
        assert begun.wait(5)
        wsman = connect(server.port)
        same_shell(opened, wsman).shell.close()
        wsman.close()
        wait_for(lambda: met)
        # The Receive was under way, or came when the shell was gone already.
        assert met[0].code in {995, 2150858843}
        abandon(opened)


def test_a_restart_ends_shells_and_connections(
    host: Host,
    pool: Pool,
    connect: Callable[..., WSMan],
    waiting: Waiting,
    in_background: InBackground,
    abandon: Callable[[RunspacePool], None],
) -> None:
    machine, begun = waiting
    server = host(machine)
    idle = connect(server.port)
    idle.get_server_config()
    with pool(server.port) as opened:
        met = in_background(opened)
        assert begun.wait(5)
        wait_for(lambda: server.log[-1].action == "command")
        time.sleep(0.05)  # until the Receive waits
        server.restart()
        wait_for(lambda: met)
        assert met[0].code == 995
        assert server.open_shells() == ()
        # A new connection doesn't know what was sealed for the old one.
        for cut in (idle, opened.connection):
            with pytest.raises(WinRMTransportError) as caught:
                cut.get_server_config()
            assert caught.value.code == 400
        abandon(opened)
    idle.close()


def test_a_host_works_after_a_restart(host: Host, collect: Callable[..., str]) -> None:
    server = host()
    for _ in range(2):
        assert collect(server.port) == "LAB\\auditor {}"
        server.restart()
