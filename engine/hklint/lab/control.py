"""The control channel of a running lab: one JSON line asked, one answered, over loopback TCP.

The lab greets with its id before a client sends the token, so a stale state file never hands the
token to whatever took the port since.
"""

import hmac
import secrets
import socket
from pathlib import Path
from typing import Literal

import msgspec

from hklint.errors import UsageError
from hklint.lab import state_file
from hklint.lab.listener import LOOPBACK
from hklint.lab.state_file import State

_PATIENCE_SECONDS = 10
_LONGEST_LINE = 1 << 24


class HostReport(msgspec.Struct, frozen=True):
    """A running host as the commands show it."""

    id: str
    about: str
    target: str
    tls_target: str
    password: str
    restart_due: bool


class LabReport(msgspec.Struct, frozen=True):
    """A running lab as the commands show it."""

    ca_file: str
    hosts: tuple[HostReport, ...]


class Greeting(msgspec.Struct, frozen=True):
    """What the lab says first."""

    lab: str


class Order(msgspec.Struct, frozen=True):
    """What a client wants; `reg_file` is the content of a .reg file to merge."""

    token: str
    do: Literal["status", "merge", "restart"]
    host: str = ""
    reg_file: bytes = b""


# Prepared here, because msgspec crashes where two threads do that at once.
msgspec.json.Decoder(Order)


class Reply(msgspec.Struct, frozen=True):
    """What came of an order: the lab as it is now, the steps merged, or what went wrong."""

    error: str = ""
    steps: int = 0
    lab: LabReport | None = None


class Secret(msgspec.Struct, frozen=True):
    """What tells one lab from another: its id, and the token that opens it."""

    lab: str
    token: str


def new_secret() -> Secret:
    """An id and a token that nobody can guess."""
    return Secret(secrets.token_hex(8), secrets.token_urlsafe(32))


def is_permitted(order: Order, secret: Secret) -> bool:
    """Whether an order comes from somebody who may read the state file."""
    return hmac.compare_digest(order.token.encode(), secret.token.encode())


def is_running(path: Path | None) -> bool:
    """Whether the state file is that of a lab that still answers."""
    state = state_file.read(path)
    if state is None:
        return False
    connection = _connect(state)
    if connection is None:
        return False
    connection.close()
    return True


def ask(
    path: Path | None, do: Literal["status", "merge", "restart"], host: str, reg_file: bytes = b""
) -> Reply:
    """Give an order to the running lab.

    Raises:
        UsageError: No lab is running, or it did not do what was asked.
    """
    state = state_file.read(path)
    connection = None if state is None else _connect(state)
    if state is None or connection is None:
        raise UsageError("no lab is running: start one in another terminal with `hklint lab start`")
    order = Order(state.token, do, host, reg_file)
    try:
        with connection:
            send_line(connection, order)
            reply = msgspec.json.decode(receive_line(connection), type=Reply)
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(f"the running lab did not answer: {error}") from None
    if reply.error:
        raise UsageError(reply.error)
    return reply


def send_line(connection: socket.socket, message: msgspec.Struct) -> None:
    """Send a message as one line of JSON."""
    connection.sendall(msgspec.json.encode(message) + b"\n")


def receive_line(connection: socket.socket) -> bytes:
    """One line, at most 16 MB."""
    connection.settimeout(_PATIENCE_SECONDS)
    with connection.makefile("rb") as file:
        return file.readline(_LONGEST_LINE)


def _connect(state: State) -> socket.socket | None:
    """A connection to the lab of this state, or None when that lab is gone."""
    try:
        connection = socket.create_connection((LOOPBACK, state.port), _PATIENCE_SECONDS)
    except OSError:
        return None
    try:
        greeting = msgspec.json.decode(receive_line(connection), type=Greeting)
    except (OSError, msgspec.MsgspecError):
        connection.close()
        return None
    if greeting.lab != state.lab:
        connection.close()
        return None
    return connection
