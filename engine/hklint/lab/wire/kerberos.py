"""Kerberos acceptors, by the system's GSS-API and a keytab.

The library is optional, and has to be compiled on most systems; so it is imported by name, and only
where a lab host is given a keytab.
"""

import importlib
from pathlib import Path
from typing import Any, NamedTuple

from spnego.channel_bindings import GssChannelBindings

_MECHANISM = b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"
"""The OID of Kerberos in DER, with which its tokens begin (RFC 4121, section 4.1)."""
_LONGEST_TAG = 6
_CHANNEL_BOUND = 0x800
"""GSS_C_CHANNEL_BOUND_FLAG: the client is bound to this channel (krb5 1.19)."""
_DELEGATED = 0x1
"""GSS_C_DELEG_FLAG."""


class RefusedError(ValueError):
    """The ticket is not accepted; `token` tells the client why (KRB_ERROR)."""

    def __init__(self, token: bytes) -> None:
        super().__init__("the ticket is not accepted")
        self.token = token


class Part(NamedTuple):
    """A sealed part of a message."""

    header: bytes
    data: bytes
    padding_length: int


def is_token(token: bytes) -> bool:
    """Whether a handshake that begins so is one of Kerberos by itself, without SPNEGO."""
    return _MECHANISM in token[: _LONGEST_TAG + len(_MECHANISM)]


class Acceptor:
    """Accepts one client, who must be bound to the channel if `bindings` has any."""

    def __init__(self, keytab: Path, bindings: GssChannelBindings | None) -> None:
        gssapi: Any = importlib.import_module("gssapi")
        self._raw: Any = gssapi.raw
        bound = bindings and self._raw.ChannelBindings(application_data=bindings.application_data)
        self._strict = bindings is not None
        self._context: Any = gssapi.SecurityContext(
            creds=gssapi.Credentials(usage="accept", store={"keytab": str(keytab)}),
            usage="accept",
            channel_bindings=bound,
        )
        self.complete = False

    @property
    def client_principal(self) -> str:
        """Who it is, as `user@REALM`."""
        return str(self._context.initiator_name)

    @property
    def delegated(self) -> bool:
        """Whether the client lets the host act as the account."""
        return bool(int(self._context.actual_flags) & _DELEGATED)

    def step(self, token: bytes) -> bytes | None:
        """The answer to the client's one token.

        Raises:
            RefusedError: The ticket is not for this host, not valid now, or bound elsewhere.
        """
        try:
            answer: bytes | None = self._context.step(token)
            self.complete = bool(self._context.complete)
        except self._raw.GSSError as error:
            raise RefusedError(error.token or b"") from error
        if self._strict and not int(self._context.actual_flags) & _CHANNEL_BOUND:
            raise RefusedError(b"")
        return answer

    def wrap_winrm(self, data: bytes) -> Part:
        """Seal a part."""
        kinds = self._raw.IOVBufferType
        parts = self._raw.IOV(kinds.header, data, kinds.padding, std_layout=False)
        self._raw.wrap_iov(self._context, parts, confidential=True)
        header, sealed, padding = (part.value or b"" for part in parts)
        return Part(header, sealed + padding, len(padding))

    def unwrap_winrm(self, header: bytes, data: bytes) -> bytes:
        """Open a part. Raises RefusedError if it is not the client's."""
        kinds = self._raw.IOVBufferType
        parts = self._raw.IOV((kinds.header, False, header), data, kinds.data, std_layout=False)
        try:
            self._raw.unwrap_iov(self._context, parts)
        except self._raw.GSSError as error:
            raise RefusedError(b"") from error
        return bytes(parts[1].value)
