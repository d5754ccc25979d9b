"""WS-Management envelopes ([MS-WSMV] and DSP0226): requests read, answers and faults written."""

import re
import uuid
from collections.abc import Iterable
from xml.etree import ElementTree as ET

import msgspec

from hklint.lab.wire.markup import MarkupError, element, parse, to_bytes

CONTENT_TYPE = "application/soap+xml;charset=UTF-8"

PREFIXES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": "http://schemas.xmlsoap.org/ws/2004/09/transfer",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": "http://schemas.microsoft.com/wbem/wsman/1/windows/shell",
    "f": "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault",
    "cfg": "http://schemas.microsoft.com/wbem/wsman/1/config",
    "ps": "http://schemas.microsoft.com/powershell",
}
"""The prefixes of every element that is written, and of every path that is looked for."""

_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_FAULT_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_DURATION = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")
_DEFAULT_TIMEOUT = 60.0
_DEFAULT_ENVELOPE = 153_600


class Problem(msgspec.Struct, frozen=True):
    """What a fault says.

    `code` is what clients look at; without one, the fault has no WSManFault element. `text` is the
    lab's own: real hosts answer in their own language.
    """

    code: int | None
    role: str
    subcode: str
    text: str


TIMED_OUT = Problem(
    2150858793, "Receiver", "w:TimedOut", "There was nothing to send within OperationTimeout."
)
NO_SUCH_SHELL = Problem(
    2150858843, "Sender", "w:InvalidSelectors", "There is no such shell or command."
)
NO_SUCH_RESOURCE = Problem(
    2150858811, "Sender", "w:DestinationUnreachable", "There is no such session configuration."
)
SHELL_QUOTA = Problem(
    2150859173, "Receiver", "w:QuotaLimit", "The user has as many shells as allowed."
)
COMMAND_QUOTA = Problem(
    None, "Receiver", "w:InternalError", "The shell has as many commands as allowed."
)
ABORTED = Problem(995, "Receiver", "w:InternalError", "The I/O operation has been aborted.")
ACCESS_DENIED = Problem(5, "Sender", "w:AccessDenied", "Access is denied.")
SHELL_EXISTS = Problem(None, "Sender", "w:AlreadyExists", "There is a shell of this name already.")
UNKNOWN_ACTION = Problem(None, "Sender", "a:ActionNotSupported", "The lab has no such action.")
BAD_MESSAGE = Problem(
    None, "Sender", "w:SchemaValidationError", "The lab can't read what is in this message."
)


class FaultError(Exception):
    """Ends an action with a fault."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.text)


class Envelope(msgspec.Struct, frozen=True):
    """A client's request; `timeout` in seconds and `largest_answer` in bytes are its wishes."""

    action: str
    message_id: str
    to: str
    resource: str
    shell_id: str
    timeout: float
    largest_answer: int
    body: ET.Element


def read(data: bytes) -> Envelope:
    """Reads a request.

    Raises:
        MarkupError: It is no SOAP envelope.
    """
    root = parse(data)
    head, body = root.find("s:Header", PREFIXES), root.find("s:Body", PREFIXES)
    if head is None or body is None:
        raise MarkupError("not a SOAP envelope")
    size = head.findtext("w:MaxEnvelopeSize", "", PREFIXES)
    return Envelope(
        action=head.findtext("a:Action", "", PREFIXES),
        message_id=head.findtext("a:MessageID", "", PREFIXES),
        to=head.findtext("a:To", "", PREFIXES),
        resource=head.findtext("w:ResourceURI", "", PREFIXES),
        shell_id=head.findtext("w:SelectorSet/w:Selector[@Name='ShellId']", "", PREFIXES).upper(),
        timeout=_seconds(head.findtext("w:OperationTimeout", "", PREFIXES)),
        largest_answer=int(size) if size.isdecimal() else _DEFAULT_ENVELOPE,
        body=body,
    )


def _seconds(duration: str) -> float:
    match = _DURATION.fullmatch(duration)
    if match is None:
        return _DEFAULT_TIMEOUT
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return hours * 3600 + minutes * 60 + seconds


def answer(request: Envelope, body: Iterable[ET.Element]) -> bytes:
    """The answer to a request."""
    return _write(f"{request.action}Response", request.message_id, body)


def fault(request: Envelope, problem: Problem) -> bytes:
    """The answer to a request that can't be served."""
    detail = []
    if problem.code is not None:
        explained = element(
            "f:WSManFault",
            [element("f:Message", problem.text)],
            {"Code": str(problem.code), "Machine": "127.0.0.1"},
        )
        detail = [element("s:Detail", [explained])]
    subcode = element("s:Subcode", [element("s:Value", problem.subcode)])
    content = [
        element("s:Code", [element("s:Value", f"s:{problem.role}"), subcode]),
        element("s:Reason", [element("s:Text", problem.text, {"xml:lang": "en-US"})]),
        *detail,
    ]
    return _write(_FAULT_ACTION, request.message_id, [element("s:Fault", content)])


def _write(action: str, relates_to: str, body: Iterable[ET.Element]) -> bytes:
    head = [
        element("a:Action", action),
        element("a:MessageID", f"uuid:{str(uuid.uuid4()).upper()}"),
        element("a:To", _ANONYMOUS),
        element("a:RelatesTo", relates_to),
    ]
    declarations = {f"xmlns:{prefix}": uri for prefix, uri in PREFIXES.items()}
    return to_bytes(
        element("s:Envelope", [element("s:Header", head), element("s:Body", body)], declarations)
    )
