"""The WSMan service: what each action does to the shells of a host."""

import base64
import binascii
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from xml.etree import ElementTree as ET

from hklint.lab.wire import soap
from hklint.lab.wire.endpoint import Endpoint
from hklint.lab.wire.machine import Machine
from hklint.lab.wire.markup import MarkupError, element
from hklint.lab.wire.psrp import FramingError
from hklint.lab.wire.shell import Shell
from hklint.lab.wire.soap import PREFIXES, Envelope, FaultError

ACTIONS = {
    f"{PREFIXES['x']}/Create": "create",
    f"{PREFIXES['x']}/Delete": "delete",
    f"{PREFIXES['x']}/Get": "get",
    f"{PREFIXES['rsp']}/Command": "command",
    f"{PREFIXES['rsp']}/Receive": "receive",
    f"{PREFIXES['rsp']}/Send": "send",
    f"{PREFIXES['rsp']}/Signal": "signal",
}
"""Short names of the actions that the lab has, by URI."""

_CONFIGURATIONS = "http://schemas.microsoft.com/powershell/"
_SERVICE_CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
_LARGEST_ENVELOPE_KB = "500"
_KEPT_ANSWERS = 64


class Service:
    """The shells of one host, and the answers that a client may ask for again."""

    def __init__(
        self,
        machine: Machine,
        endpoints: Mapping[str, Endpoint],
        executor: Executor,
        max_shells: int,
    ) -> None:
        self._machine = machine
        self._endpoints = {
            f"{_CONFIGURATIONS}{name}".casefold(): endpoint for name, endpoint in endpoints.items()
        }
        self._executor = executor
        self._max_shells = max_shells
        self._lock = threading.Lock()
        self._shells: dict[str, Shell] = {}
        self._answers: OrderedDict[tuple[str, str], bytes] = OrderedDict()

    def shells(self) -> tuple[Shell, ...]:
        """The shells that are open, oldest first."""
        with self._lock:
            return tuple(self._shells.values())

    def close(self) -> None:
        """Every shell is gone, as after a restart of the WinRM service."""
        with self._lock:
            gone = tuple(self._shells.values())
            self._shells.clear()
            self._answers.clear()
        for shell in gone:
            shell.close()

    def answer(self, request: Envelope, user: str) -> bytes:
        """Acts on a request; the same request again gets the same answer without acting again.

        Raises:
            FaultError: The request can't be served.
        """
        key = (user, request.message_id)
        with self._lock:
            known = self._answers.get(key)
        if known is not None:
            return known
        try:
            made = soap.answer(request, self._act(request, user))
        except (MarkupError, FramingError, binascii.Error) as error:
            raise FaultError(soap.BAD_MESSAGE) from error
        with self._lock:
            self._answers[key] = made
            if len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return made

    def _act(self, request: Envelope, user: str) -> Iterable[ET.Element]:
        action = ACTIONS.get(request.action)
        if action is None:
            raise FaultError(soap.UNKNOWN_ACTION)
        if action == "create":
            return self._create(request, user)
        if action == "get" and request.resource == _SERVICE_CONFIG:
            size = element("cfg:MaxEnvelopeSizekb", _LARGEST_ENVELOPE_KB)
            return (element("cfg:Config", [size]),)
        shell = self._shell(request, user)
        if action == "delete":
            return self._delete(shell)
        return _OF_SHELL[action](shell, request)

    def _shell(self, request: Envelope, user: str) -> Shell:
        """The shell of a request; somebody else's shell doesn't exist."""
        with self._lock:
            shell = self._shells.get(request.shell_id)
        if shell is None or shell.owner != user:
            raise FaultError(soap.NO_SUCH_SHELL)
        return shell

    def _create(self, request: Envelope, user: str) -> Iterable[ET.Element]:
        endpoint = self._endpoints.get(request.resource.casefold())
        if endpoint is None:
            raise FaultError(soap.NO_SUCH_RESOURCE)
        if not endpoint.admits(user):
            raise FaultError(soap.ACCESS_DENIED)
        wanted = _part(request.body, "rsp:Shell")
        shell_id = _identifier(wanted, "ShellId")
        opening = _decoded(wanted.findtext("ps:creationXml", "", PREFIXES))
        shell = Shell(self._machine, endpoint, self._executor, shell_id, user)
        with self._lock:
            if shell_id in self._shells:
                raise FaultError(soap.SHELL_EXISTS)
            if sum(other.owner == user for other in self._shells.values()) >= self._max_shells:
                raise FaultError(soap.SHELL_QUOTA)
            shell.feed(opening)
            self._shells[shell_id] = shell
        selector = element("w:Selector", shell_id, {"Name": "ShellId"})
        reference = [
            element("w:ResourceURI", request.resource),
            element("w:SelectorSet", [selector]),
        ]
        created = [
            element("a:Address", request.to),
            element("a:ReferenceParameters", reference),
        ]
        return element("x:ResourceCreated", created), _describe(shell, request)

    def _delete(self, shell: Shell) -> Iterable[ET.Element]:
        with self._lock:
            self._shells.pop(shell.id, None)
        shell.close()
        return ()


def _get(shell: Shell, request: Envelope) -> Iterable[ET.Element]:
    return (_describe(shell, request),)


def _describe(shell: Shell, request: Envelope) -> ET.Element:
    fields = {
        "ShellId": shell.id,
        "ResourceUri": request.resource,
        "Owner": shell.owner,
        "ClientIP": "127.0.0.1",
        "ProcessId": "4242",
        "IdleTimeOut": "PT7200.000S",
        "InputStreams": "stdin pr",
        "OutputStreams": "stdout",
        "Locale": "en-US",
        "DataLocale": "en-US",
        "State": "Connected",
    }
    return element("rsp:Shell", [element(f"rsp:{name}", text) for name, text in fields.items()])


def _command(shell: Shell, request: Envelope) -> Iterable[ET.Element]:
    line = _part(request.body, "rsp:CommandLine")
    command_id = _identifier(line, "CommandId")
    shell.command(command_id, _decoded(line.findtext("rsp:Arguments", "", PREFIXES)))
    return (element("rsp:CommandResponse", [element("rsp:CommandId", command_id)]),)


def _receive(shell: Shell, request: Envelope) -> Iterable[ET.Element]:
    wanted = _part(request.body, "rsp:Receive/rsp:DesiredStream")
    command_id = wanted.get("CommandId", "").upper() or None
    received = shell.receive(command_id, request.timeout, request.largest_answer)
    of_command = {} if command_id is None else {"CommandId": command_id}
    content = [
        element("rsp:Stream", base64.b64encode(chunk).decode(), {"Name": "stdout", **of_command})
        for chunk in received.chunks
    ]
    if received.done:
        state = {**of_command, "State": f"{PREFIXES['rsp']}/CommandState/Done"}
        content.append(element("rsp:CommandState", [element("rsp:ExitCode", "0")], state))
    return (element("rsp:ReceiveResponse", content),)


def _send(shell: Shell, request: Envelope) -> Iterable[ET.Element]:
    for stream in request.body.findall("rsp:Send/rsp:Stream", PREFIXES):
        shell.feed(_decoded(stream.text or ""))
    return (element("rsp:SendResponse"),)


def _signal(shell: Shell, request: Envelope) -> Iterable[ET.Element]:
    signal = _part(request.body, "rsp:Signal")
    code = signal.findtext("rsp:Code", "", PREFIXES)
    shell.signal(signal.get("CommandId", "").upper(), code)
    return (element("rsp:SignalResponse"),)


_OF_SHELL = {
    "get": _get,
    "command": _command,
    "receive": _receive,
    "send": _send,
    "signal": _signal,
}


def _part(body: ET.Element, path: str) -> ET.Element:
    found = body.find(path, PREFIXES)
    if found is None:
        raise MarkupError(f"{path} is missing")
    return found


def _identifier(wanted: ET.Element, name: str) -> str:
    """The ID that the client chose, or a new one; in capitals, as Windows writes it."""
    try:
        return str(uuid.UUID(wanted.get(name) or str(uuid.uuid4()))).upper()
    except ValueError:
        raise MarkupError(f"{name} is no GUID") from None


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
