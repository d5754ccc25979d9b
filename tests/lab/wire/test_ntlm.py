"""The one place that knows private names of pyspnego."""

from pathlib import Path

import pytest
import spnego

from hklint.lab.wire import ntlm
from hklint.lab.wire.accounts import Accounts

ACCOUNTS = Accounts({"LAB\\auditor": "canary:pässword"}, "EX01")


def handshake(client: spnego.ContextProxy, server: spnego.ContextProxy) -> spnego.ContextProxy:
    token = client.step()
    while token is not None and not (client.complete and server.complete):
        token = server.step(token)
        token = None if token is None else client.step(token)
    return server


def ntlm_client(password: str) -> spnego.ContextProxy:
    return spnego.client("LAB\\auditor", password, protocol="ntlm")


def test_an_acceptor_knows_the_accounts_it_is_given() -> None:
    with ntlm.accounts_of(ACCOUNTS):
        server = handshake(ntlm_client("canary:pässword"), ntlm.acceptor(None))
    assert server.complete
    assert server.client_principal == "LAB\\auditor"


def test_an_acceptor_refuses_a_wrong_password() -> None:
    with (
        ntlm.accounts_of(ACCOUNTS),
        pytest.raises(spnego.exceptions.SpnegoError, match="Invalid NTLM response"),
    ):
        handshake(ntlm_client("wrong"), ntlm.acceptor(None))


def test_elsewhere_acceptors_have_the_accounts_of_their_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "accounts"
    file.write_text("LAB:auditor:canary-of-the-file\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(file))
    with ntlm.accounts_of(ACCOUNTS):
        pass
    server = handshake(ntlm_client("canary-of-the-file"), ntlm.acceptor(None))
    assert server.complete


def test_elsewhere_there_are_no_acceptors_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NTLM_USER_FILE", raising=False)
    with pytest.raises(spnego.exceptions.SpnegoError):
        handshake(ntlm_client("canary:pässword"), ntlm.acceptor(None))


def test_nobody_knows_the_lan_manager_hash() -> None:
    with ntlm.accounts_of(ACCOUNTS):
        (_, _, one, _), (_, _, other, _) = (ntlm._lookup("", "LAB", "auditor") for _ in range(2))
    assert one != other
