"""PSRP framing: messages, and the fragments that carry them ([MS-PSRP] 2.2.1 and 2.2.4)."""

import struct
import uuid
from collections.abc import Iterator
from enum import IntEnum

import msgspec

FRAGMENT_SIZE = 32_768
"""Bytes of a fragment with its header, as Windows Server 2016 sends them."""

_LARGEST_MESSAGE = 4 * 1024 * 1024
_FRAGMENT = struct.Struct(">QQBI")
_MESSAGE = struct.Struct("<II16s16s")
_TO_CLIENT = 1
_START, _END = 1, 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class MessageType(IntEnum):
    """The messages that this lab reads or writes, [MS-PSRP] 2.2.1."""

    SESSION_CAPABILITY = 0x00010002
    INIT_RUNSPACE_POOL = 0x00010004
    RUNSPACE_POOL_STATE = 0x00021005
    CREATE_PIPELINE = 0x00021006
    APPLICATION_PRIVATE_DATA = 0x00021009
    PIPELINE_INPUT = 0x00041002
    END_OF_PIPELINE_INPUT = 0x00041003
    PIPELINE_OUTPUT = 0x00041004
    PIPELINE_STATE = 0x00041006


class FramingError(ValueError):
    """A client sent fragments that make no message."""


class Message(msgspec.Struct, frozen=True):
    """One message; `kind` stays a number, since a client may send what this lab doesn't know."""

    kind: int
    pool: uuid.UUID
    pipeline: uuid.UUID
    data: bytes


def fragments(number: int, message: Message) -> Iterator[bytes]:
    """The fragments of a message to the client; `number` counts the messages of a pool from 1."""
    body = (
        _MESSAGE.pack(_TO_CLIENT, message.kind, message.pool.bytes_le, message.pipeline.bytes_le)
        + _BYTE_ORDER_MARK
        + message.data
    )
    room = FRAGMENT_SIZE - _FRAGMENT.size
    for index, start in enumerate(range(0, len(body), room)):
        part = body[start : start + room]
        flags = (_START if start == 0 else 0) | (_END if start + room >= len(body) else 0)
        yield _FRAGMENT.pack(number, index, flags, len(part)) + part


class Defragmenter:
    """Puts a client's fragments together; fragments of one message must come in order."""

    def __init__(self) -> None:
        self._parts: dict[int, list[bytes]] = {}

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete with this data.

        Raises:
            FramingError: A fragment is cut short, out of order, too large, or no message.
        """
        complete: list[Message] = []
        offset = 0
        while offset < len(data):
            if len(data) - offset < _FRAGMENT.size:
                raise FramingError("a fragment's header is cut short")
            number, index, flags, length = _FRAGMENT.unpack_from(data, offset)
            offset += _FRAGMENT.size
            part = data[offset : offset + length]
            offset += length
            if len(part) != length:
                raise FramingError("a fragment is cut short")
            parts = self._parts.setdefault(number, [])
            if index != len(parts) or (index == 0) != bool(flags & _START):
                raise FramingError(f"fragment {index} of message {number} is out of order")
            parts.append(part)
            if sum(map(len, parts)) > _LARGEST_MESSAGE:
                raise FramingError(f"a message has more than {_LARGEST_MESSAGE} bytes")
            if flags & _END:
                complete.append(_unpack(b"".join(self._parts.pop(number))))
        return complete


def _unpack(body: bytes) -> Message:
    if len(body) < _MESSAGE.size:
        raise FramingError("a message's header is cut short")
    _, kind, pool, pipeline = _MESSAGE.unpack_from(body)
    data = body[_MESSAGE.size :].removeprefix(_BYTE_ORDER_MARK)
    return Message(kind, uuid.UUID(bytes_le=pool), uuid.UUID(bytes_le=pipeline), data)
