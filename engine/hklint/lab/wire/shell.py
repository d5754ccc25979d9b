"""A shell: one runspace pool, its pipelines, and what waits to be received from them."""

import itertools
import threading
import time
import uuid
from collections import deque
from concurrent.futures import Executor

import msgspec

from hklint.lab.wire import clixml, psrp, soap
from hklint.lab.wire.endpoint import Endpoint
from hklint.lab.wire.machine import ErrorCategory, Machine, TerminatingError
from hklint.lab.wire.psrp import MessageType

_FULL_CHUNKS = 4
"""Full chunks that Windows Server 2016 puts into the answer of one Receive."""

_MOST_COMMANDS = 1000
_ENVELOPE_MARGIN = 2048
_CHUNK_MARGIN = 120
_NOBODY = uuid.UUID(int=0)


class Received(msgspec.Struct, frozen=True):
    """What one Receive gets: chunks, and whether the command is done with them."""

    chunks: tuple[bytes, ...]
    done: bool


class _Stream:
    """Chunks on their way to the client; None ends the answer of one Receive."""

    def __init__(self) -> None:
        self.chunks: deque[bytes | None] = deque()
        self.done = False
        self.reader: object = None
        self.stopped = threading.Event()


class Shell:
    """The pool of one client.

    Pipelines run in `executor`. What the pool itself sends and what each pipeline sends is
    received separately, by command ID; the pool's is None.
    """

    def __init__(
        self, machine: Machine, endpoint: Endpoint, executor: Executor, shell_id: str, owner: str
    ) -> None:
        self.id = shell_id
        self.owner = owner
        self._machine = machine
        self._endpoint = endpoint
        self._executor = executor
        self._changed = threading.Condition()
        self._incoming = psrp.Defragmenter()
        self._numbers = itertools.count(1)
        self._streams: dict[str | None, _Stream] = {None: _Stream()}
        self._pool = _NOBODY
        self._closed = False

    def command(self, command_id: str, data: bytes) -> None:
        """Takes a new pipeline."""
        with self._changed:
            if len(self._streams) > _MOST_COMMANDS:
                raise soap.FaultError(soap.COMMAND_QUOTA)
            if command_id in self._streams:
                raise soap.FaultError(soap.BAD_MESSAGE)
            self._streams[command_id] = _Stream()
        self.feed(data)

    def feed(self, data: bytes) -> None:
        """Takes fragments and acts on the messages that are complete.

        Raises:
            FramingError: The fragments make no message.
            MarkupError: A message is no XML.
            FaultError: The lab has no use for a message.
        """
        with self._changed:
            for message in self._incoming.feed(data):
                self._act(message)
            self._changed.notify_all()

    def receive(self, command_id: str | None, timeout: float, largest_answer: int) -> Received:
        """Waits for something to send.

        A client that lost its connection asks again while its first question still waits: the
        newest question gets the answer.

        Raises:
            FaultError: There is no such command, nothing came within `timeout` seconds, or the
                shell, the command or this question ended meanwhile.
        """
        deadline = time.monotonic() + timeout
        with self._changed:
            stream = self._streams.get(command_id)
            if stream is None:
                raise soap.FaultError(soap.NO_SUCH_SHELL)
            me = stream.reader = object()
            self._changed.notify_all()
            while True:
                if self._closed or stream.reader is not me:
                    raise soap.FaultError(soap.ABORTED)
                if stream.chunks or stream.done:
                    return _take(stream, largest_answer - _ENVELOPE_MARGIN)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise soap.FaultError(soap.TIMED_OUT)
                self._changed.wait(left)

    def signal(self, command_id: str, code: str) -> None:
        """Stops a pipeline; Terminate forgets it too."""
        with self._changed:
            stream = self._streams.get(command_id)
            if stream is None:
                return
            stream.stopped.set()
            if code.endswith("/Terminate"):
                del self._streams[command_id]
                stream.reader = None
                self._changed.notify_all()

    def close(self) -> None:
        """Ends the pipelines and whoever waits for them."""
        with self._changed:
            self._closed = True
            for stream in self._streams.values():
                stream.stopped.set()
            self._changed.notify_all()

    def _act(self, message: psrp.Message) -> None:
        match message.kind:
            case MessageType.SESSION_CAPABILITY:
                self._send(MessageType.SESSION_CAPABILITY, clixml.session_capability())
                self._pool = message.pool
            case MessageType.INIT_RUNSPACE_POOL:
                data = clixml.private_data(self._machine.powershell)
                self._send(MessageType.APPLICATION_PRIVATE_DATA, data)
                self._streams[None].chunks.append(None)
                self._send(MessageType.RUNSPACE_POOL_STATE, clixml.pool_opened())
            case MessageType.CREATE_PIPELINE:
                command_id = str(message.pipeline).upper()
                if command_id not in self._streams:
                    raise soap.FaultError(soap.NO_SUCH_SHELL)
                self._executor.submit(self._run, command_id, clixml.read_pipeline(message.data))
            case MessageType.PIPELINE_INPUT | MessageType.END_OF_PIPELINE_INPUT:
                pass  # a pipeline with input has failed already
            case _:
                raise soap.FaultError(soap.BAD_MESSAGE)

    def _run(self, command_id: str, pipeline: clixml.Pipeline) -> None:
        with self._changed:
            stream = self._streams.get(command_id)
        if stream is None:
            return
        text: str | None = None
        error: TerminatingError | None = None
        state = clixml.COMPLETED
        try:
            run, request = self._endpoint.choose(self._machine, pipeline)
            text = run(request, self.owner, stream.stopped)
        except TerminatingError as ended:
            state, error = clixml.FAILED, ended
        except Exception as bug:  # noqa: BLE001 - the client must learn of it, or it waits for ever
            state, error = clixml.FAILED, _bug(bug)
        if stream.stopped.is_set():
            state, text, error = clixml.STOPPED, None, _STOPPED
        with self._changed:
            if text is not None:
                self._send(MessageType.PIPELINE_OUTPUT, clixml.output(text), command_id)
            last = clixml.pipeline_state(state, error)
            self._send(MessageType.PIPELINE_STATE, last, command_id)
            stream.done = True
            self._changed.notify_all()

    def _send(self, kind: MessageType, data: bytes, command_id: str | None = None) -> None:
        stream = self._streams.get(command_id)
        if stream is None:
            return
        pipeline = _NOBODY if command_id is None else uuid.UUID(command_id)
        message = psrp.Message(kind, self._pool, pipeline, data)
        stream.chunks.extend(psrp.fragments(next(self._numbers), message))


_STOPPED = TerminatingError(
    "The pipeline has been stopped.",
    error_id="PipelineStopped",
    category=ErrorCategory.OPERATION_STOPPED,
    exceptions=(
        "System.Management.Automation.PipelineStoppedException",
        "System.Management.Automation.RuntimeException",
        "System.SystemException",
    ),
)


def _bug(bug: Exception) -> TerminatingError:
    return TerminatingError(f"The lab failed: {type(bug).__name__}: {bug}", error_id="LabFailed")


def _take(stream: _Stream, room: int) -> Received:
    """The next chunks that fit into `room` bytes of an answer; the first goes out in any case."""
    taken: list[bytes] = []
    full = 0
    while stream.chunks and full < _FULL_CHUNKS:
        chunk = stream.chunks[0]
        if chunk is not None:
            room -= (len(chunk) + 2) // 3 * 4 + _CHUNK_MARGIN
            if taken and room < 0:
                break
            taken.append(chunk)
            full += len(chunk) == psrp.FRAGMENT_SIZE
        stream.chunks.popleft()
        if chunk is None:
            break
    return Received(tuple(taken), done=stream.done and not stream.chunks)
