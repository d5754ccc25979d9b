"""WinRM message encryption: SOAP sealed by the security context, [MS-WSMV] 2.2.9.1."""

import re
import struct
from typing import Protocol

from spnego.exceptions import SpnegoError

from hklint.lab.wire import soap

_BOUNDARY = b"--Encrypted Boundary"
_PAYLOAD = b"\tContent-Type: application/octet-stream\r\n"
_LENGTH = re.compile(rb";Length=(\d+)\r\n")
_SIGNATURE_SIZE = struct.Struct("<i")
_LARGEST_OF_CREDSSP = 16 * 1024
"""Bytes of one record of TLS, which CredSSP seals with; longer messages have several parts."""


class SealingError(ValueError):
    """A message is not sealed as it should be, or with the keys of another connection."""


class Wrapped(Protocol):
    """A sealed part: what opens it, its data, and how much longer it is than the plain text."""

    @property
    def header(self) -> bytes:
        """The signature, or the beginning of a record."""
        ...

    @property
    def data(self) -> bytes:
        """The rest."""
        ...

    @property
    def padding_length(self) -> int:
        """Bytes."""
        ...


class Keys(Protocol):
    """What a logon leaves behind for sealing: a context of pyspnego, or what is like one."""

    def wrap_winrm(self, data: bytes, /) -> Wrapped:
        """Seal a part."""
        ...

    def unwrap_winrm(self, header: bytes, data: bytes, /) -> bytes:
        """Open a part."""
        ...


class Sealer:
    """Seals the messages of one connection, after a logon by `scheme` of HTTP."""

    def __init__(self, keys: Keys, scheme: str) -> None:
        kind = "SPNEGO" if scheme == "Negotiate" else scheme
        self._keys = keys
        self._protocol = f"application/HTTP-{kind}-session-encrypted"
        self._largest = _LARGEST_OF_CREDSSP if scheme == "CredSSP" else None

    def unseal(self, sealed: bytes) -> bytes:
        """What a client sealed.

        Raises:
            SealingError: It is cut short, changed, or sealed with other keys.
        """
        pieces = sealed.removesuffix(_BOUNDARY + b"--\r\n").split(_BOUNDARY + b"\r\n")
        if pieces[0] or len(pieces) == 1 or len(pieces) % 2 == 0:
            raise SealingError("not a sealed message")
        return b"".join(map(self._opened, pieces[1::2], pieces[2::2]))

    def seal(self, plain: bytes) -> tuple[str, bytes]:
        """A sealed message for the client, with its content type."""
        size = self._largest or max(1, len(plain))
        parts = [plain[start : start + size] for start in range(0, len(plain), size)]
        kind = "x-multi-encrypted" if len(parts) > 1 else "encrypted"
        content_type = f'multipart/{kind};protocol="{self._protocol}";boundary="Encrypted Boundary"'
        return content_type, b"".join(map(self._closed, parts)) + _BOUNDARY + b"--\r\n"

    def _opened(self, head: bytes, payload: bytes) -> bytes:
        length = _LENGTH.search(head)
        signed = payload.removeprefix(_PAYLOAD)
        if length is None or signed == payload or len(signed) < _SIGNATURE_SIZE.size:
            raise SealingError("not a sealed message")
        (size,) = _SIGNATURE_SIZE.unpack_from(signed)
        start = _SIGNATURE_SIZE.size
        try:
            plain = self._keys.unwrap_winrm(signed[start : start + size], signed[start + size :])
        except (SpnegoError, ValueError) as error:
            raise SealingError(str(error)) from error
        if len(plain) != int(length[1]):
            raise SealingError(f"{len(plain)} bytes instead of {int(length[1])}")
        return plain

    def _closed(self, plain: bytes) -> bytes:
        wrapped = self._keys.wrap_winrm(plain)
        length = len(plain) + wrapped.padding_length
        return b"".join(
            (
                _BOUNDARY + b"\r\n",
                f"\tContent-Type: {self._protocol}\r\n".encode(),
                f"\tOriginalContent: type={soap.CONTENT_TYPE};Length={length}\r\n".encode(),
                _BOUNDARY + b"\r\n",
                _PAYLOAD,
                _SIGNATURE_SIZE.pack(len(wrapped.header)),
                wrapped.header,
                wrapped.data,
            )
        )


def is_sealed(content_type: str) -> bool:
    """Whether a body of this type is a sealed message."""
    return content_type.startswith(("multipart/encrypted", "multipart/x-multi-encrypted"))
