"""Messages from a host: fragments put together, and read as far as a session needs them."""

import re
import struct
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from hklint.sources.psrp.markup import MarkupError, parse

_FRAGMENT = struct.Struct(">QQBI")
_MESSAGE = struct.Struct("<II16s16s")
_START, _END = 1, 2
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPED = re.compile("_[xX]([0-9A-Fa-f]{4})_")
_VERSION = re.compile(r"[0-9]{1,4}\.[0-9]{1,4}")
_NOBODY = uuid.UUID(int=0)

LARGEST_MESSAGE = 32 * 1024 * 1024
"""Bytes of all messages whose end has not come: the largest answer, and room for its escapes."""
_LARGEST_RECORD = 1024 * 1024
"""Bytes of a message that is more than one string; an error record has some thousand."""
_MOST_UNFINISHED = 8
"""Messages whose end has not come: PowerShell sends the messages of each stream one by one."""


class Kind(IntEnum):
    """The messages that are looked at, [MS-PSRP] 2.2.1; a host may send others."""

    SESSION_CAPABILITY = 0x00010002
    POOL_STATE = 0x00021005
    OUTPUT = 0x00041004
    ERROR_RECORD = 0x00041005
    PIPELINE_STATE = 0x00041006
    HOST_CALL = 0x00041100


class State(IntEnum):
    """States of a pool or a pipeline that end or begin something, [MS-PSRP] 2.2.3.4 and 2.2.3.5."""

    POOL_OPENED = 2
    PIPELINE_STOPPED = 3
    PIPELINE_COMPLETED = 4
    PIPELINE_FAILED = 5


class FramingError(Exception):
    """A host sent bytes that make no message; the text says what."""


@dataclass(frozen=True, slots=True)
class Capability:
    """The version of PSRP that the host speaks."""

    protocol: str


@dataclass(frozen=True, slots=True)
class ErrorRecord:
    """What is used of an error record; `message` is in the host's language."""

    error_id: str
    category: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The state of the pool, or of the pipeline, with the error that ended it."""

    of_pool: bool
    state: int
    error: ErrorRecord | None


@dataclass(frozen=True, slots=True)
class Output:
    """One object that the pipeline wrote; None if it is no string."""

    text: str | None


@dataclass(frozen=True, slots=True)
class HostCall:
    """The host asks the user for something; there is none."""


Event = Capability | Changed | Output | ErrorRecord | HostCall


class Reader:
    """Reads what a host sends to one pool; set `pipeline` to hear of one.

    What a host sends is bounded here as well, whatever carries it: the time it takes to read grows
    no faster than its size.
    """

    def __init__(self, pool: uuid.UUID) -> None:
        self.pipeline: uuid.UUID | None = None
        self._pools = {pool, _NOBODY}  # a host that says what it can do knows of no pool yet
        self._parts: dict[int, list[bytes]] = {}
        self._unfinished = 0

    def feed(self, data: bytes) -> Iterator[Event]:
        """What the messages say that are complete with these fragments.

        Raises:
            FramingError: The fragments make no message, or too large a one, or one for another
                pool.
            MarkupError: A message that is looked at is no XML, or not as it should be.
        """
        for message in self._messages(data):
            yield from self._read(message)

    def _messages(self, data: bytes) -> Iterator[bytes]:
        offset = 0
        while offset < len(data):
            if len(data) - offset < _FRAGMENT.size:
                raise FramingError("a fragment that is cut short")
            number, index, flags, length = _FRAGMENT.unpack_from(data, offset)
            offset += _FRAGMENT.size
            part = data[offset : offset + length]
            offset += length
            parts = self._parts.setdefault(number, [])
            if len(part) != length or index != len(parts) or (index == 0) != bool(flags & _START):
                raise FramingError("fragments that do not fit together")
            parts.append(part)
            self._unfinished += length
            if self._unfinished > LARGEST_MESSAGE:
                raise FramingError("a message that is larger than any answer")
            if flags & _END:
                message = b"".join(self._parts.pop(number))
                self._unfinished -= len(message)
                yield message
            elif len(self._parts) > _MOST_UNFINISHED:
                raise FramingError("more messages at once than a session has")

    def _read(self, message: bytes) -> Iterator[Event]:
        if len(message) < _MESSAGE.size:
            raise FramingError("a message that is cut short")
        _, kind, pool, pipeline = _MESSAGE.unpack_from(message)
        if uuid.UUID(bytes_le=pool) not in self._pools:
            raise FramingError("a message of another session")
        if uuid.UUID(bytes_le=pipeline) not in (_NOBODY, self.pipeline):
            return
        match kind:
            case Kind.SESSION_CAPABILITY:
                yield _capability(_content(message))
            case Kind.POOL_STATE:
                yield _changed(_content(message), "RunspaceState", of_pool=True)
            case Kind.PIPELINE_STATE:
                yield _changed(_content(message), "PipelineState", of_pool=False)
            case Kind.ERROR_RECORD:
                yield _error_record(_content(message))
            case Kind.OUTPUT:
                yield _output(message)
            case Kind.HOST_CALL:
                yield HostCall()
            case _:
                return  # progress, warnings, data of the pool: nothing that an answer needs


def _content(message: bytes) -> ET.Element:
    data = message[_MESSAGE.size :].removeprefix(_BYTE_ORDER_MARK)
    if len(data) > _LARGEST_RECORD and not _is_one_string(data):
        raise FramingError("a record that is larger than any")
    return parse(data)


def _is_one_string(data: bytes) -> bool:
    """Whether it is one element without attributes, so that its size is that of its text."""
    return data.startswith(b"<S>") and data.count(b"<") == len(("<S>", "</S>"))


def _capability(root: ET.Element) -> Capability:
    protocol = _text(root, "MS/Version[@N='protocolversion']")
    if not _VERSION.fullmatch(protocol):
        raise MarkupError("a session capability without the version of PSRP")
    return Capability(protocol)


def _output(message: bytes) -> Output:
    if len(message) == _MESSAGE.size:
        return Output(None)  # $null
    root = _content(message)
    return Output(_decode(root.text or "") if root.tag == "S" else None)


def _changed(root: ET.Element, name: str, *, of_pool: bool) -> Changed:
    state = _number(root, f"MS/I32[@N='{name}']")
    if state is None:
        raise MarkupError(f"a message without {name}")
    record = root.find("MS/Obj[@N='ExceptionAsErrorRecord']")
    return Changed(of_pool, state, None if record is None else _error_record(record))


def _error_record(record: ET.Element) -> ErrorRecord:
    text = _text(record, "ToString") or _text(
        record, "MS/Obj[@N='Exception']/Props/S[@N='Message']"
    )
    return ErrorRecord(
        error_id=_text(record, "MS/S[@N='FullyQualifiedErrorId']") or "an error without an id",
        category=_number(record, "MS/I32[@N='ErrorCategory_Category']"),
        message=text,
    )


def _text(element: ET.Element, path: str) -> str:
    return _decode(element.findtext(path, ""))


def _number(element: ET.Element, path: str) -> int | None:
    text = element.findtext(path, "")
    return int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None


def _decode(text: str) -> str:
    """A string of CLIXML, [MS-PSRP] 2.2.5.3.2; half of a UTF-16 character stays half of one."""
    if not _ESCAPED.search(text):
        return text
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
