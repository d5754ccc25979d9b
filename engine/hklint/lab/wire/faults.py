"""Faults for tests: what a host does wrong, as data."""

from enum import StrEnum
from types import MappingProxyType

import msgspec

from hklint.lab.wire.http import Response


class Kind(StrEnum):
    """What goes wrong.

    A new fault that is a fixed response is a line here and one in `RESPONSES`; any other is a line
    here and a case in `hklint.lab.wire.server`.
    """

    REFUSE = "refuse"
    """401, whatever the credentials.

    At an action over sealed HTTP, a client that logs on again and repeats what it sealed gets 400.
    """
    FORBID = "forbid"
    """403."""
    UNAVAILABLE = "unavailable"
    """503, as HTTP.sys answers for a service that is down."""
    HANG = "hang"
    """No answer until the host stops or restarts."""
    DROP = "drop"
    """The connection is closed instead of an answer."""
    GARBAGE = "garbage"
    """200 with what is no XML."""
    HTML = "html"
    """200 with a web page, as from a proxy."""
    TRUNCATED = "truncated"
    """The connection is closed in the middle of an answer."""
    SLOW = "slow"
    """The right answer, `seconds` late."""
    ACCESS_DENIED = "access-denied"
    """The WSMan fault 5."""
    WRONG_RELATES_TO = "wrong-relates-to"
    """The right answer, as if it were to another request."""


class Fault(msgspec.Struct, frozen=True):
    """A fault; `seconds` is for `slow` alone."""

    kind: Kind
    seconds: float = 0.0


class Faults(msgspec.Struct, frozen=True):
    """What goes wrong at which action; `authenticate` is every request, before anything else.

    Raises:
        ValueError: Authentication has a fault that needs a SOAP message.
    """

    authenticate: Fault | None = None
    create: Fault | None = None
    command: Fault | None = None
    receive: Fault | None = None
    delete: Fault | None = None

    def __post_init__(self) -> None:
        if self.authenticate is not None and self.authenticate.kind in _IN_MESSAGES:
            raise ValueError(f"The fault {self.authenticate.kind} is not for authentication.")

    def of(self, action: str | None) -> Fault | None:
        """The fault of an action, by its short name; None is an action unknown to the lab."""
        match action:
            case "create":
                return self.create
            case "command":
                return self.command
            case "receive":
                return self.receive
            case "delete":
                return self.delete
            case _:
                return None


_IN_MESSAGES = frozenset({Kind.ACCESS_DENIED, Kind.WRONG_RELATES_TO})

_PAGE = (("Content-Type", "text/html; charset=us-ascii"),)
_XML = (("Content-Type", "application/soap+xml;charset=UTF-8"),)

_SERVICE_UNAVAILABLE = (
    b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n'
    b"<HTML><HEAD><TITLE>Service Unavailable</TITLE>\r\n"
    b'<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n'
    b"<BODY><h2>Service Unavailable</h2></BODY></HTML>\r\n"
)

RESPONSES = MappingProxyType(
    {
        Kind.FORBID: Response(403),
        Kind.UNAVAILABLE: Response(503, _SERVICE_UNAVAILABLE, _PAGE),
        Kind.GARBAGE: Response(200, b"\x00\xffthis is no XML", _XML),
        Kind.HTML: Response(200, b"<!DOCTYPE html><html><p>Please log in<br></html>", _PAGE),
        Kind.TRUNCATED: Response(200, b"<s:Envelope xmlns:s=", _XML, missing=4096),
    }
)
"""The faults that are a fixed response."""
