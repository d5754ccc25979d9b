"""PowerShell's server mode: a machine's shell behind the input and output of a process.

Packets are one XML element a line, as OutOfProcServerMediator.cs of PowerShell/PowerShell reads and
writes them: each is acknowledged when it has been worked on, a pool is closed after its pipelines,
and a line that is no packet ends the process.
"""

import base64
import binascii
import threading
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import IO
from xml.etree import ElementTree as ET

from hklint.lab.wire.endpoint import Endpoint
from hklint.lab.wire.machine import Machine
from hklint.lab.wire.markup import MarkupError, element, parse, to_bytes
from hklint.lab.wire.psrp import FramingError
from hklint.lab.wire.shell import Shell
from hklint.lab.wire.soap import FaultError

ENDED = 4000
"""The exit status of a PowerShell whose input has ended: it knows no other end."""

_POOL = uuid.UUID(int=0)
_FOR_EVER = 24 * 3600.0
_LARGEST_ANSWER = 512_000


def serve(
    machine: Machine,
    user: str,
    packets: Iterable[bytes],
    output: IO[bytes],
    endpoint: Endpoint | None = None,
) -> int:
    """Speak for a machine until `packets` end; gives the exit status of the process.

    `packets` are lines. The session is the user's, who needs no password. Without an `endpoint`
    the collector runs as a script.
    """
    endpoint = endpoint or Endpoint(script=machine.collect)
    with ThreadPoolExecutor(thread_name_prefix="pipeline") as pipelines:
        shell_id = str(uuid.uuid4()).upper()
        session = _Session(Shell(machine, endpoint, pipelines, shell_id, user), output)
        try:
            for line in packets:
                session.take(line)
        except (MarkupError, FramingError, FaultError, LookupError, ValueError):
            pass  # a real PowerShell complains on its standard error
        finally:
            session.end()
    return ENDED


class _Session:
    """One shell, and a thread for each stream that it sends."""

    def __init__(self, shell: Shell, output: IO[bytes]) -> None:
        self._shell = shell
        self._output = output
        self._writing = threading.Lock()
        self._senders: list[threading.Thread] = []
        self._begin_sending(_POOL)

    def take(self, line: bytes) -> None:
        packet = parse(line)
        about = uuid.UUID(packet.attrib["PSGuid"])
        match packet.tag:
            case "Data":
                self._shell.feed(_data(packet))
            case "Command":
                self._shell.command(_name(about), b"")
                self._begin_sending(about)
            case "Close" if about == _POOL:
                self._shell.close()
            case "Close" | "Signal":
                self._shell.signal(_name(about), "powershell/signal/Terminate")
            case _:
                raise ValueError(packet.tag)
        self._write(f"{packet.tag}Ack", about)

    def end(self) -> None:
        self._shell.close()
        for sender in self._senders:
            sender.join()

    def _begin_sending(self, about: uuid.UUID) -> None:
        self._senders.append(threading.Thread(target=self._send, args=(about,)))
        self._senders[-1].start()

    def _send(self, about: uuid.UUID) -> None:
        """Send what the pool or a pipeline has to say, until that is closed."""
        command_id = None if about == _POOL else _name(about)
        done = False
        while not done:
            try:
                received = self._shell.receive(command_id, _FOR_EVER, _LARGEST_ANSWER)
            except FaultError:
                return
            for chunk in received.chunks:
                self._write("Data", about, base64.b64encode(chunk).decode())
            done = received.done

    def _write(self, tag: str, about: uuid.UUID, text: str = "") -> None:
        attributes = {"PSGuid": str(about)}
        if tag == "Data":
            attributes = {"Stream": "Default", **attributes}
        line = to_bytes(element(tag, text, attributes)) + b"\r\n"
        with self._writing:
            try:
                self._output.write(line)
                self._output.flush()
            except OSError:  # the client is gone, and its input ends as well
                return


def _data(packet: ET.Element) -> bytes:
    try:
        return base64.b64decode(packet.text or "", validate=True)
    except binascii.Error as error:
        raise ValueError(packet.tag) from error


def _name(pipeline: uuid.UUID) -> str:
    return str(pipeline).upper()
