"""One session: a pool that is opened, and a pipeline in it that runs the collector."""

import uuid
from dataclasses import dataclass

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import Phase
from hklint.sources.psrp.carrier import Carrier
from hklint.sources.psrp.messages import Command, Writer
from hklint.sources.psrp.reading import (
    Capability,
    Changed,
    ErrorRecord,
    Event,
    HostCall,
    Output,
    Reader,
    State,
)

_NO_SUCH_COMMAND = "CommandNotFoundException"
_NO_SCRIPTS = "ScriptsNotAllowed"
_CONSTRAINED = "ConstrainedLanguage"
_ENDS = frozenset({State.PIPELINE_STOPPED, State.PIPELINE_COMPLETED, State.PIPELINE_FAILED})


@dataclass(frozen=True, slots=True)
class Said:
    """The collector's one string, and whether a function of the endpoint wrote it."""

    text: str
    by_function: bool


class Session:
    """A session over a carrier, which is closed by whoever made it."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._pool = uuid.uuid4()
        self._reader = Reader(self._pool)
        self._protocol = "2.2"

    def ask(self, request: str, *, function_first: bool) -> Said | Failure:
        """Run the collector, once.

        `function_first` tries the function that `hklint jea` installs, and the script only where
        the host has no such function.

        Raises:
            Exception: Whatever the carrier raises, and errors of reading; `carrier.failure` knows.
        """
        failure = self._open()
        if failure is not None:
            return failure
        if function_first:
            function = Command(collector.FUNCTION, request, is_script=False)
            outcome = self._run(function)
            if not (isinstance(outcome, ErrorRecord) and _NO_SUCH_COMMAND in outcome.error_id):
                return _judged(outcome, by_function=True)
        script = Command(collector.script(), request, is_script=True)
        said = _judged(self._run(script), by_function=False)
        if function_first and isinstance(said, Failure) and said.reason is Reason.LANGUAGE_MODE:
            detail = f"no scripts may run there, and there is no {collector.FUNCTION}"
            return Failure(Reason.COLLECTOR_MISSING, Phase.RUNNING, detail)
        return said

    def _open(self) -> Failure | None:
        self._writer = Writer(self._pool, self._carrier.largest)
        self._carrier.open(self._pool, self._writer.opening())
        changed: Changed | None = None
        while changed is None:
            received = self._carrier.receive(None)
            for event in self._reader.feed(received.fragments):
                match event:
                    case Capability():
                        self._protocol = event.protocol
                    case Changed(of_pool=True):
                        changed = changed or event
                    case _:
                        continue
            if changed is None and received.done:
                return _not_opened(None)
        return None if changed.state == State.POOL_OPENED else _not_opened(changed)

    def _run(self, command: Command) -> str | ErrorRecord | Failure:
        pipeline = self._reader.pipeline = uuid.uuid4()
        fragments = self._writer.pipeline(pipeline, command, self._protocol)
        self._carrier.line.reached = Phase.RUNNING
        self._carrier.start(pipeline, fragments)
        heard = _Heard()
        while True:
            received = self._carrier.receive(pipeline)
            for event in self._reader.feed(received.fragments):
                heard.take(event)
            if heard.ended or received.done:
                return heard.outcome()


class _Heard:
    """What a pipeline said so far."""

    def __init__(self) -> None:
        self.ended = False
        self._state: int | None = None
        self._pool_ended = False
        self._outputs: list[str | None] = []
        self._error: ErrorRecord | None = None
        self._asked_user = False

    def take(self, event: Event) -> None:
        match event:
            case Output():
                self._outputs.append(event.text)
            case ErrorRecord():
                self._error = self._error or event
            case HostCall():
                self._asked_user = True
            case Changed(of_pool=True):
                self._pool_ended = event.state != State.POOL_OPENED
                self._error = self._error or event.error
            case Changed():
                self._state = event.state
                self._error = self._error or event.error
            case Capability():
                return
        too_much = len(self._outputs) > 1 or self._asked_user
        self.ended = self._state in _ENDS or self._pool_ended or too_much

    def outcome(self) -> str | ErrorRecord | Failure:
        if self._error is not None:
            return self._error
        if self._asked_user:
            return _no_answer("it asks the user for something, and there is none")
        if self._pool_ended and self._state not in _ENDS:
            detail = "the host ended the session before the command"
            return Failure(Reason.CONNECTION_LOST, Phase.READING, detail)
        if self._state is None and len(self._outputs) <= 1:
            detail = "the host ended the command without saying how it ended"
            return Failure(Reason.PROTOCOL_ERROR, Phase.READING, detail)
        if len(self._outputs) != 1 or self._outputs[0] is None:
            return _no_answer(f"it wrote {_described(self._outputs)} instead of one string")
        if self._state != State.PIPELINE_COMPLETED:
            return _no_answer("the host stopped the script before its end")
        return self._outputs[0]


def _judged(outcome: str | ErrorRecord | Failure, *, by_function: bool) -> Said | Failure:
    if isinstance(outcome, str):
        return Said(outcome, by_function)
    if isinstance(outcome, Failure):
        return outcome
    error_id = outcome.error_id
    if error_id.startswith(_NO_SCRIPTS) or _CONSTRAINED in error_id:
        reason = Reason.LANGUAGE_MODE
    else:
        reason = Reason.COLLECTOR_FAILED
    detail = f"{error_id}, category {outcome.category}: {outcome.message}"
    return Failure(reason, Phase.RUNNING, quote(detail))


def _not_opened(event: Changed | None) -> Failure:
    if event is None or event.error is None:
        detail = "the host did not open the session"
        return Failure(Reason.PROTOCOL_ERROR, Phase.OPENING, detail)
    detail = f"the host broke the session off: {event.error.error_id}: {event.error.message}"
    return Failure(Reason.COLLECTOR_FAILED, Phase.OPENING, quote(detail))


def _no_answer(detail: str) -> Failure:
    return Failure(Reason.COLLECTOR_FAILED, Phase.READING, detail)


def _described(outputs: list[str | None]) -> str:
    if len(outputs) == 1:
        return "something else"
    return "more than one object" if outputs else "nothing"
