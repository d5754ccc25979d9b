"""Sealed messages, with pypsrp's own reader and writer of them as the other side."""

from collections.abc import Callable

import pytest
import spnego
from pypsrp.encryption import WinRMEncryption

from hklint.lab.wire import ntlm, sealing
from hklint.lab.wire.accounts import Accounts
from hklint.lab.wire.sealing import SealingError

Sides = tuple[WinRMEncryption, spnego.ContextProxy]

MESSAGE = "<a>--Encrypted Boundary\r\nä€</a>".encode()


@pytest.fixture
def sides() -> Sides:
    """A client that seals as pypsrp does, and the host's security context."""
    client = spnego.client("LAB\\auditor", "canary", protocol="ntlm")
    server = ntlm.acceptor(None)
    with ntlm.accounts_of(Accounts({"LAB\\auditor": "canary"}, "EX01")):
        server.step(client.step(server.step(client.step())))
    return WinRMEncryption(client, WinRMEncryption.SPNEGO), server


def test_the_host_unseals_what_pypsrp_seals(sides: Sides) -> None:
    client, server = sides
    for _ in range(2):
        content_type, sealed = client.wrap_message(MESSAGE)
        assert sealing.is_sealed(content_type)
        assert MESSAGE not in sealed
        assert sealing.unseal(server, sealed) == MESSAGE


def test_pypsrp_unseals_what_the_host_seals(sides: Sides) -> None:
    client, server = sides
    for _ in range(2):
        sealed = sealing.seal(server, b"<a>\xc3\xa4</a>")
        assert client.unwrap_message(sealed, "Encrypted Boundary") == b"<a>\xc3\xa4</a>"


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "nothing there": lambda _: b"",
    "plain": lambda _: MESSAGE,
    "cut short": lambda sealed: sealed[:-40],
    "no payload": lambda sealed: sealed.partition(b"octet-stream\r\n")[0] + b"octet-stream\r\n",
    "one bit changed": lambda sealed: sealed[:-30] + bytes([sealed[-30] ^ 1]) + sealed[-29:],
    "another length": lambda sealed: sealed.replace(b";Length=", b";Length=1"),
    "no length": lambda sealed: sealed.replace(b";Length=", b";Width="),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_message_is_refused(sides: Sides, damage: str) -> None:
    client, server = sides
    _, sealed = client.wrap_message(MESSAGE)
    with pytest.raises(SealingError):
        sealing.unseal(server, DAMAGE[damage](sealed))


def test_a_message_can_not_be_played_again(sides: Sides) -> None:
    client, server = sides
    _, sealed = client.wrap_message(MESSAGE)
    sealing.unseal(server, sealed)
    with pytest.raises(SealingError):
        sealing.unseal(server, sealed)
