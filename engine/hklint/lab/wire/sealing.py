"""WinRM message encryption: SOAP sealed by the security context, [MS-WSMV] 2.2.9.1."""

import re
import struct

import spnego
from spnego.exceptions import SpnegoError

from hklint.lab.wire import soap

CONTENT_TYPE = (
    'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";'
    'boundary="Encrypted Boundary"'
)

_BOUNDARY = b"--Encrypted Boundary"
_PAYLOAD = b"\tContent-Type: application/octet-stream\r\n"
_LENGTH = re.compile(rb";Length=(\d+)\r\n")
_SIGNATURE_SIZE = struct.Struct("<i")


class SealingError(ValueError):
    """A message is not sealed as it should be, or with the keys of another connection."""


def is_sealed(content_type: str) -> bool:
    """Whether a body of this type is a sealed message."""
    return content_type.startswith("multipart/encrypted")


def unseal(context: spnego.ContextProxy, sealed: bytes) -> bytes:
    """What a client sealed.

    Raises:
        SealingError: It is cut short, changed, or sealed with other keys.
    """
    head, _, payload = sealed.partition(_PAYLOAD)
    length = _LENGTH.search(head)
    payload = payload.removesuffix(_BOUNDARY + b"--\r\n")
    if length is None or len(payload) < _SIGNATURE_SIZE.size:
        raise SealingError("not a sealed message")
    (size,) = _SIGNATURE_SIZE.unpack_from(payload)
    start = _SIGNATURE_SIZE.size
    try:
        plain = context.unwrap_winrm(payload[start : start + size], payload[start + size :])
    except SpnegoError as error:
        raise SealingError(str(error)) from error
    if len(plain) != int(length[1]):
        raise SealingError(f"{len(plain)} bytes instead of {int(length[1])}")
    return plain


def seal(context: spnego.ContextProxy, plain: bytes) -> bytes:
    """A sealed message for the client."""
    wrapped = context.wrap_winrm(plain)
    length = len(plain) + wrapped.padding_length
    return b"".join(
        (
            _BOUNDARY + b"\r\n",
            b"\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n",
            f"\tOriginalContent: type={soap.CONTENT_TYPE};Length={length}\r\n".encode(),
            _BOUNDARY + b"\r\n",
            _PAYLOAD,
            _SIGNATURE_SIZE.pack(len(wrapped.header)),
            wrapped.header,
            wrapped.data,
            _BOUNDARY + b"--\r\n",
        )
    )
