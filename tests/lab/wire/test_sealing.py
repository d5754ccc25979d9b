"""Sealed messages, with pypsrp's own reader and writer of them as the other side."""

from collections.abc import Callable

import pytest
import spnego
from pypsrp.encryption import WinRMEncryption

from hklint.lab.wire import ntlm, sealing
from hklint.lab.wire.accounts import Accounts
from hklint.lab.wire.sealing import Sealer, SealingError

Sides = tuple[WinRMEncryption, Sealer]

MESSAGE = "<a>--Encrypted Boundary\r\nä€</a>".encode()


@pytest.fixture
def sides() -> Sides:
    """A client that seals as pypsrp does, and what the host seals with."""
    client = spnego.client("LAB\\auditor", "canary", protocol="ntlm")
    server = ntlm.acceptor(None)
    with ntlm.accounts_of(Accounts({"LAB\\auditor": "canary"}, "EX01")):
        server.step(client.step(server.step(client.step())))
    return WinRMEncryption(client, WinRMEncryption.SPNEGO), Sealer(server, "Negotiate")


def test_the_host_unseals_what_pypsrp_seals(sides: Sides) -> None:
    client, server = sides
    for _ in range(2):
        content_type, sealed = client.wrap_message(MESSAGE)
        assert sealing.is_sealed(content_type)
        assert MESSAGE not in sealed
        assert server.unseal(sealed) == MESSAGE


def test_pypsrp_unseals_what_the_host_seals(sides: Sides) -> None:
    client, server = sides
    for _ in range(2):
        content_type, sealed = server.seal(b"<a>\xc3\xa4</a>")
        assert 'encrypted;protocol="application/HTTP-SPNEGO-session-encrypted"' in content_type
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
        server.unseal(DAMAGE[damage](sealed))


def test_a_message_can_not_be_played_again(sides: Sides) -> None:
    client, server = sides
    _, sealed = client.wrap_message(MESSAGE)
    server.unseal(sealed)
    with pytest.raises(SealingError):
        server.unseal(sealed)


@pytest.mark.parametrize(("size", "parts"), [(10, 1), (16_384, 1), (16_385, 2), (50_000, 4)])
def test_long_messages_of_credssp_have_several_parts(size: int, parts: int) -> None:
    """A record of TLS has no room for more."""
    context = Reversing()
    client, server = WinRMEncryption(context, WinRMEncryption.CREDSSP), Sealer(context, "CredSSP")
    message = bytes(index % 251 for index in range(size))

    kind, sealed = client.wrap_message(message)
    assert sealed.count(b"OriginalContent") == parts
    assert sealing.is_sealed(kind)
    assert server.unseal(sealed) == message

    content_type, sealed = server.seal(message)
    assert content_type.startswith(kind)
    assert "application/HTTP-CredSSP-session-encrypted" in content_type
    assert client.unwrap_message(sealed, "Encrypted Boundary") == message


class Reversing:
    """Keys that keep nothing secret."""

    def wrap_winrm(self, data: bytes) -> spnego.WinRMWrapResult:
        return spnego.WinRMWrapResult(b"head", data[::-1], 0)

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        assert header == b"head"
        return data[::-1]
