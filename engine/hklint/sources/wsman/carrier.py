"""PSRP carried by WinRM: a shell of WS-Management, as [MS-PSRP] 3.1.5.3 has it."""

import base64
import logging
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from http import HTTPStatus

import requests
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.shell import CommandState, WinRS
from pypsrp.wsman import NAMESPACES, OptionSet, SelectorSet

from hklint.failure import Failure
from hklint.sources.line import Line, LineCutError
from hklint.sources.options import Options
from hklint.sources.psrp.carrier import IDLE_SECONDS, Closing, Received
from hklint.sources.psrp.messages import PROTOCOL_VERSION
from hklint.sources.wsman.classify import SESSION_GONE, classify
from hklint.sources.wsman.connection import Connection
from hklint.sources.wsman.logon import Logon, account_text
from hklint.target import WsmanTarget

_RESOURCE = "http://schemas.microsoft.com/powershell/"
_LARGEST_ENVELOPE = 512_000
"""Bytes; what WinRM takes since Windows 8 (MaxEnvelopeSizekb), and pypsrp since PSRP 2.2."""

_log = logging.getLogger(__name__)


class WsmanCarrier:
    """One shell on a host."""

    def __init__(self, target: WsmanTarget, logon: Logon, options: Options, line: Line) -> None:
        self.line = line
        self._target = target
        self._account = account_text(logon, options)
        self._configuration = options.configuration
        self._connection = Connection(target, logon, options, line)
        self._shell: WinRS | None = None
        self._shell_id = ""
        self._command_id: str | None = None
        self._refused = False
        self._broken = False

    @property
    def largest(self) -> int:
        """The largest fragment that the host takes, in bytes."""
        return self._connection.max_payload_size

    def open(self, pool: uuid.UUID, opening: bytes) -> None:
        """Create the shell."""
        self._shell_id = str(pool).upper()
        self._shell = WinRS(
            self._connection,
            resource_uri=_RESOURCE + self._configuration,
            id=self._shell_id,
            input_streams="stdin pr",
            output_streams="stdout",
            idle_time_out=IDLE_SECONDS,
        )
        content = ET.Element("creationXml", xmlns="http://schemas.microsoft.com/powershell")
        content.text = base64.b64encode(opening).decode()
        options = OptionSet()
        options.add_option("protocolversion", PROTOCOL_VERSION, {"MustComply": "true"})  # pyright: ignore[reportUnknownMemberType] - a bare Dict
        self._shell.open(options, content)

    def start(self, pipeline: uuid.UUID, fragments: Sequence[bytes]) -> None:
        """Send the first fragment as the command, and what is left as its input."""
        shell = self._opened()
        first, *others = fragments
        command_id = str(pipeline).upper()
        answer = shell.command("", [base64.b64encode(first).decode()], command_id=command_id)
        self._command_id = answer.findtext("rsp:CommandResponse/rsp:CommandId", None, NAMESPACES)
        for fragment in others:
            shell.send("stdin", fragment, command_id=self._command_id)

    def receive(self, pipeline: uuid.UUID | None) -> Received:
        """Wait for fragments of the pipeline, or of the pool."""
        command_id = None if pipeline is None else self._command_id
        state, _, streams = self._opened().receive("stdout", command_id=command_id)
        return Received(streams["stdout"], done=state == CommandState.DONE)

    def close(self, seconds: float, last_seconds: float) -> Closing:
        """Delete the shell; a host that refused the logon or the shell has none."""
        try:
            if (self._refused and not self._is_open) or not self.line.sent:
                return Closing.CLOSED
            if self._broken:
                cut = self.line.cut_for is not None
                return self._delete(last_seconds if cut else seconds, afresh=True)
            closing = self._delete(seconds, afresh=False)
            if closing in {Closing.LEFT_OPEN, Closing.NO_ANSWER}:
                closing = self._delete(last_seconds, afresh=True)
            return closing
        finally:
            self.line.hang_up()
            self._connection.close()

    def failure(self, error: Exception) -> Failure:
        """What an exception says about the host."""
        self._refused = isinstance(error, (AuthenticationError, WSManFaultError))
        self._broken = not self._refused
        tried = f"{self._account} by {self._connection.scheme()}"
        return classify(error, self.line, self._target, tried)

    def describe(self) -> str:
        """The transport in words, for the evidence."""
        return self._connection.describe()

    @property
    def _is_open(self) -> bool:
        """Whether the host has said that it made the shell."""
        return self._shell is not None and self._shell.opened

    def _opened(self) -> WinRS:
        assert self._shell is not None, "the shell is opened first"
        return self._shell

    def _delete(self, seconds: float, *, afresh: bool) -> Closing:
        self.line.begin_closing(seconds, afresh=afresh)
        selectors = SelectorSet()
        selectors.add_option("ShellId", self._shell_id)  # pyright: ignore[reportUnknownMemberType] - a bare Dict
        try:
            if afresh:
                self._connection.begin_anew()
            self._connection.delete(_RESOURCE + self._configuration, selector_set=selectors)
        except Exception as error:  # noqa: BLE001 - what went wrong before matters more
            _log.debug("the session could not be closed: %s", type(error).__name__)
            return self._not_closed(error)
        return Closing.CLOSED_AFRESH if afresh else Closing.CLOSED

    def _not_closed(self, error: Exception) -> Closing:
        match error:
            case WSManFaultError(code=code) if code in SESSION_GONE:
                return Closing.UNKNOWN_SESSION if self._is_open else Closing.NEVER_OPENED
            case WinRMTransportError() if self.line.status == HTTPStatus.SERVICE_UNAVAILABLE:
                return Closing.NO_SERVICE
            case requests.ConnectionError() | requests.Timeout() | LineCutError():
                return Closing.NO_ANSWER
            case _:
                return Closing.LEFT_OPEN
