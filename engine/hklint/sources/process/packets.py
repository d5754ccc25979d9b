"""How PowerShell speaks over a process's input and output: one XML element a line.

Each packet is about a pipeline, or about the pool, which is the zero GUID. What is sent is answered
by an acknowledgement of its kind, and the next packet waits for that, because the host works on
packets side by side (OutOfProcTransportManager.cs and OutOfProcServerMediator.cs in
PowerShell/PowerShell; the protocol has no specification of its own).
"""

import base64
import re
import uuid
from dataclasses import dataclass
from enum import StrEnum

from hklint.sources.psrp.markup import MarkupError, parse

POOL = uuid.UUID(int=0)
LARGEST_FRAGMENT = 32_768
"""Bytes; what PowerShell itself sends (BaseTransportManager.DefaultFragmentSize)."""

_STREAM = "default"
_ERROR_PREFIX = b"__NamedPipeError__:"
_FIRST = re.compile(rb"(?:<Data(?:Ack)? [^<>]*>|__NamedPipeError__:).*", re.DOTALL)


class Kind(StrEnum):
    """What a packet is for; the values are the names of the elements."""

    DATA = "Data"
    DATA_ACK = "DataAck"
    COMMAND = "Command"
    COMMAND_ACK = "CommandAck"
    CLOSE = "Close"
    CLOSE_ACK = "CloseAck"
    SIGNAL = "Signal"
    SIGNAL_ACK = "SignalAck"


_ACKNOWLEDGED = {
    Kind.DATA: Kind.DATA_ACK,
    Kind.COMMAND: Kind.COMMAND_ACK,
    Kind.CLOSE: Kind.CLOSE_ACK,
}


class PacketError(Exception):
    """A host sent a line that is no packet, or not the one that is due; the text says what."""


class ReportedError(Exception):
    """The host's PowerShell reports an error of its own instead of a packet; the text is its."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet; `data` are fragments, and only packets of the kind DATA have any."""

    kind: Kind
    about: uuid.UUID
    data: bytes = b""

    @property
    def acknowledgement(self) -> "Packet":
        """What the host answers when it has taken this packet."""
        return Packet(_ACKNOWLEDGED[self.kind], self.about)

    def line(self) -> bytes:
        """The packet as it is sent."""
        if self.kind is not Kind.DATA:
            return f"<{self.kind} PSGuid='{self.about}' />\n".encode()
        text = base64.b64encode(self.data).decode()
        return f"<Data Stream='Default' PSGuid='{self.about}'>{text}</Data>\n".encode()


def read(line: bytes) -> Packet:
    """The packet in a line.

    Raises:
        ReportedError: It is an error message, as PowerShell's SSH server mode writes them.
        PacketError: It is anything else.
    """
    if line.startswith(_ERROR_PREFIX):
        raise ReportedError(as_text(line.removeprefix(_ERROR_PREFIX)))
    try:
        element = parse(line.strip())
    except MarkupError:
        raise PacketError("a line that is no packet") from None
    expected = {"PSGuid", "Stream"} if element.tag == Kind.DATA else {"PSGuid"}
    if element.tag not in set(Kind) or set(element.attrib) != expected or len(element):
        raise PacketError("an element that is no packet")
    if element.get("Stream", _STREAM).casefold() != _STREAM:
        raise PacketError("data of a stream that nobody asked for")
    text = element.text or ""
    try:
        about = uuid.UUID(element.attrib["PSGuid"])
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise PacketError("a packet with a GUID or data that cannot be read") from None
    if bool(data) != (element.tag == Kind.DATA):
        raise PacketError("a packet with too much or too little in it")
    return Packet(Kind(element.tag), about, data)


def first(line: bytes) -> Packet | None:
    """The first packet, if this line ends with it; what stands before it is noise.

    A banner or a profile may have written, with or without an end of line, before PowerShell spoke.

    Raises:
        ReportedError: It is an error message instead.
    """
    found = _FIRST.search(line)
    if found is None:
        return None
    try:
        return read(found[0])
    except PacketError:
        return None


def as_text(line: bytes) -> str:
    """A line that is no packet, for a message; the zeros of UTF-16 are left out."""
    return line.replace(b"\0", b"").decode(errors="replace").strip()
