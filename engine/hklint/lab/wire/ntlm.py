"""NTLM acceptors that know the accounts of one host each.

pyspnego reads an acceptor's accounts from the one file that the environment variable
NTLM_USER_FILE names, so all acceptors of a process would share them. Its two private functions
that do so are replaced here, once: within `accounts_of`, and in that thread only, the accounts are
those of a lab host; everywhere else pyspnego works as before. This is the only module that knows
private names of pyspnego, and its tests fail when those change.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

import spnego
from spnego import _ntlm as pyspnego  # pyright: ignore[reportPrivateUsage] - see above
from spnego._ntlm_raw import crypto  # pyright: ignore[reportPrivateUsage] - see above
from spnego.channel_bindings import GssChannelBindings

from hklint.lab.wire.accounts import Accounts

_OPTIONS = (
    spnego.NegotiateOptions.use_negotiate
    | spnego.NegotiateOptions.use_ntlm
    | spnego.NegotiateOptions.wrapping_winrm
)

_current: ContextVar[Accounts | None] = ContextVar("accounts", default=None)
_file_of_pyspnego = pyspnego._get_credential_file  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
_lookup_of_pyspnego = pyspnego._get_credential  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]


@contextmanager
def accounts_of(accounts: Accounts) -> Generator[None]:
    """Lets the acceptors that take a step in here look up these accounts."""
    token = _current.set(accounts)
    try:
        yield
    finally:
        _current.reset(token)


def acceptor(bindings: GssChannelBindings | None) -> spnego.ContextProxy:
    """A context that accepts NTLM, inside SPNEGO or by itself.

    With `bindings` a client must send the channel binding of this TLS connection.
    """
    return spnego.server(protocol="negotiate", channel_bindings=bindings, options=_OPTIONS)


def _file() -> str | None:
    return _file_of_pyspnego() if _current.get() is None else "the accounts of a lab host"


def _lookup(
    store: str | None, domain: str | None = None, username: str | None = None
) -> tuple[str | None, str | None, bytes, bytes]:
    accounts = _current.get()
    if accounts is None:
        return _lookup_of_pyspnego(store, domain, username)
    account = accounts.find(f"{domain}\\{username}" if domain else username or "")
    if account is None:
        raise LookupError("The lab host has no such account.")
    nobody_knows = secrets.token_bytes(16)  # as LM hash: nobody logs on with LAN Manager's
    return account.domain, account.user, nobody_knows, crypto.ntowfv1(account.password)


pyspnego._get_credential_file = _file  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
pyspnego._get_credential = _lookup  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
