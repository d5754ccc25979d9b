"""PSRP carried by the input and output of a process."""

import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Sequence

from hklint.failure import Failure
from hklint.sources.answer import quote
from hklint.sources.line import Line, LineCutError, Phase
from hklint.sources.process import packets
from hklint.sources.process.child import Child
from hklint.sources.process.classify import EndedError, NoiseError, classify
from hklint.sources.process.packets import LARGEST_FRAGMENT, POOL, Kind, Packet, PacketError
from hklint.sources.process.program import Program, Seen
from hklint.sources.psrp.carrier import Closing, Received

MOST_NOISE_LINES = 1000
MOST_NOISE_BYTES = 256 * 1024
"""A banner, and whatever a profile has to say."""
_SHOWN_NOISE = 5
_SHARE_OF_GOODBYE = 0.4
_LAST_WORDS_SECONDS = 0.3

_log = logging.getLogger(__name__)


class ProcessCarrier:
    """One session with a PowerShell at the other end of a process's pipes."""

    largest = LARGEST_FRAGMENT

    def __init__(self, program: Program, line: Line) -> None:
        self.line = line
        self._program = program
        self._child: Child | None = None
        self._spoke = False
        self._failed = False
        self._broken = False
        self._noise: list[str] = []
        self._noise_lines = 0
        self._noise_bytes = 0
        self._pipelines: list[uuid.UUID] = []
        self._data: defaultdict[uuid.UUID, list[bytes]] = defaultdict(list)

    def open(self, pool: uuid.UUID, opening: bytes) -> None:
        """Start the process and send it the first messages; `pool` is in them."""
        del pool
        self.line.timeouts()
        self._child = Child(self._program.argv, self._program.environment)
        self.line.watch(self._child)
        self.line.sending()
        self.line.reached = self._program.reached
        self._send(Packet(Kind.DATA, POOL, opening))

    def start(self, pipeline: uuid.UUID, fragments: Sequence[bytes]) -> None:
        """Announce the pipeline, then send what it runs."""
        self._pipelines.append(pipeline)
        self._send(Packet(Kind.COMMAND, pipeline))
        for fragment in fragments:
            self._send(Packet(Kind.DATA, pipeline, fragment))

    def receive(self, pipeline: uuid.UUID | None) -> Received:
        """Wait for fragments of the pipeline, however long it is silent, or of the pool."""
        about = pipeline or POOL
        while about not in self._data:
            patience = self._patience() if pipeline is None else self.line.left()
            self._keep(self._next(patience))
        return Received(b"".join(self._data.pop(about)), done=False)

    def close(self, seconds: float, last_seconds: float) -> Closing:
        """Close pipelines and pool, and end the process; what is left of a session ends with it.

        PowerShell closes its session at the end of its input (OutOfProcServerMediator.cs).
        """
        if self._child is None:
            return Closing.CLOSED
        seconds = last_seconds if self._failed else seconds
        until = time.monotonic() + seconds
        cut = self.line.cut_for is not None
        self.line.begin_closing(seconds * _SHARE_OF_GOODBYE, afresh=cut)
        try:
            if self._spoke and not self._broken:
                self._say_goodbye()
        except Exception as error:  # noqa: BLE001 - what went wrong before matters more
            _log.debug("the session could not be closed: %s", type(error).__name__)
        finally:
            self._child.end(until - time.monotonic())
            self.line.hang_up()
        return Closing.CLOSED

    def failure(self, error: Exception) -> Failure:
        """What an exception says about the host."""
        self._failed = True
        self._broken = not isinstance(error, LineCutError)
        ended = isinstance(error, EndedError)
        seen = self._seen(_LAST_WORDS_SECONDS if ended else 0.0)
        return classify(error, self.line, self._program, seen)

    def describe(self) -> str:
        """The transport in words, for the evidence."""
        return self._program.transport

    def _send(self, packet: Packet) -> None:
        child = self._running()
        child.write(packet.line())
        while (answer := self._next(self._patience())) != packet.acknowledgement:
            self._keep(answer)

    def _say_goodbye(self) -> None:
        """The host closes a pool only when its pipelines are closed."""
        child = self._running()
        for about in (*self._pipelines, POOL):
            packet = Packet(Kind.CLOSE, about)
            child.write(packet.line())
            while self._next(self.line.left()) != packet.acknowledgement:
                continue

    def _keep(self, packet: Packet) -> None:
        if packet.kind is not Kind.DATA or packet.about not in {POOL, *self._pipelines}:
            raise PacketError(f"a packet {packet.kind} that is not due")
        self._data[packet.about].append(packet.data)

    def _patience(self) -> float:
        """Seconds for an answer; the first one takes a connection, too."""
        connecting, reading = self.line.timeouts()
        return reading if self._spoke else connecting + reading

    def _next(self, seconds: float) -> Packet:
        until = time.monotonic() + seconds
        while True:
            line = self._line(until)
            packet = self._read(line) if self._spoke else self._read_first(line)
            if packet is not None:
                return packet

    def _read(self, line: bytes) -> Packet | None:
        if not line.endswith(b"\n"):
            raise EndedError
        return None if line.isspace() else packets.read(line)

    def _read_first(self, line: bytes) -> Packet | None:
        self.line.reached = Phase.OPENING
        packet = packets.first(line)
        self._spoke = packet is not None
        if packet is None:
            self._hear_noise(line)
        return packet

    def _line(self, until: float) -> bytes:
        while True:
            self.line.timeouts()
            left = min(until - time.monotonic(), self.line.left())
            if left <= 0:
                raise LineCutError
            line = self._running().next_line(left)
            if line:
                self.line.meter(len(line))
                return line
            if line is not None:
                raise EndedError

    def _hear_noise(self, line: bytes) -> None:
        self._noise_lines += 1
        self._noise_bytes += len(line)
        text = quote(packets.as_text(line))
        if text and len(self._noise) < _SHOWN_NOISE:
            self._noise.append(text)
        if self._noise_lines > MOST_NOISE_LINES or self._noise_bytes > MOST_NOISE_BYTES:
            raise NoiseError

    def _seen(self, seconds: float) -> Seen:
        child = self._child
        if child is None:
            return Seen(self._spoke, None, (), ())
        status = child.status(seconds)
        messages = (quote(packets.as_text(line)) for line in child.messages())
        return Seen(self._spoke, status, tuple(filter(None, messages)), tuple(self._noise))

    def _running(self) -> Child:
        assert self._child is not None, "the process is started first"
        return self._child
