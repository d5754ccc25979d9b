"""The lab's end of the control channel: orders from other commands, done one by one."""

import os
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from hklint.lab import state_file
from hklint.lab.control import (
    Greeting,
    HostReport,
    LabReport,
    Order,
    Reply,
    is_permitted,
    new_secret,
    receive_line,
    send_line,
)
from hklint.lab.lab import Lab
from hklint.lab.listener import Listener
from hklint.lab.reg_file import RegFileError
from hklint.lab.state_file import State


@contextmanager
def control(lab: Lab, path: Path | None) -> Generator[Path]:
    """Take orders while the block runs; gives the state file's place.

    Raises:
        UsageError: The state file can't be written.
    """
    lock = threading.Lock()
    secret = new_secret()

    def serve(connection: socket.socket) -> None:
        send_line(connection, Greeting(secret.lab))
        try:
            order = msgspec.json.decode(receive_line(connection), type=Order)
        except msgspec.MsgspecError:
            return
        if not is_permitted(order, secret):
            send_line(connection, Reply(error="the token is not that of the running lab"))
            return
        with lock:
            reply = _obey(lab, order)
        send_line(connection, reply)

    with Listener(serve) as listener:
        state = State(secret.lab, os.getpid(), listener.port, secret.token)
        place = state_file.write(state, path)
        try:
            yield place
        finally:
            state_file.remove(state, place)


def report(lab: Lab) -> LabReport:
    """The lab as the commands show it."""
    hosts = tuple(
        HostReport(
            host.id,
            host.machine.host.about,
            host.target,
            host.tls_target,
            host.password,
            host.machine.restart_due,
        )
        for host in lab.hosts.values()
    )
    return LabReport(str(lab.ca_file), hosts)


def _obey(lab: Lab, order: Order) -> Reply:
    if order.do == "status":
        return Reply(lab=report(lab))
    host = lab.hosts.get(order.host)
    if host is None:
        return Reply(error=f"no host {order.host!r} runs in the lab; {', '.join(lab.hosts)} do")
    if order.do == "restart":
        host.restart()
        return Reply(lab=report(lab))
    try:
        steps = host.merge(order.reg_file)
    except RegFileError as error:
        return Reply(error=f"nothing was merged, because the file has mistakes:\n{error}")
    return Reply(steps=steps, lab=report(lab))
