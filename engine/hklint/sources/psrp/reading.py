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
    """Reads what a host sends to one pool; set `pipeline` to hear of one."""

    def __init__(self) -> None:
        self.pipeline: uuid.UUID | None = None
        self._parts: dict[int, list[bytes]] = {}

    def feed(self, data: bytes) -> Iterator[Event]:
        """What the messages say that are complete with these fragments.

        Raises:
            FramingError: The fragments make no message.
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
            if flags & _END:
                yield b"".join(self._parts.pop(number))

    def _read(self, message: bytes) -> Iterator[Event]:
        if len(message) < _MESSAGE.size:
            raise FramingError("a message that is cut short")
        _, kind, _, pipeline = _MESSAGE.unpack_from(message)
        if uuid.UUID(bytes_le=pipeline) not in {uuid.UUID(int=0), self.pipeline}:
            return
        match kind:
            case Kind.SESSION_CAPABILITY:
                yield Capability(_text(_content(message), "MS/Version[@N='protocolversion']"))
            case Kind.POOL_STATE:
                yield _changed(_content(message), "RunspaceState", of_pool=True)
            case Kind.PIPELINE_STATE:
                yield _changed(_content(message), "PipelineState", of_pool=False)
            case Kind.ERROR_RECORD:
                yield _error_record(_content(message))
            case Kind.OUTPUT if len(message) == _MESSAGE.size:
                yield Output(None)  # $null
            case Kind.OUTPUT:
                output = _content(message)
                yield Output(_decode(output.text or "") if output.tag == "S" else None)
            case Kind.HOST_CALL:
                yield HostCall()
            case _:
                return  # progress, warnings, data of the pool: nothing that an answer needs


def _content(message: bytes) -> ET.Element:
    return parse(message[_MESSAGE.size :].removeprefix(_BYTE_ORDER_MARK))


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
    units = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
