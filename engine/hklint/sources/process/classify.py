"""What an error of a conversation over a process says about the host."""

import logging

from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import Line, LineCutError, OversizeError, ended
from hklint.sources.process.packets import PacketError, ReportedError
from hklint.sources.process.program import Program, Seen
from hklint.sources.psrp.markup import MarkupError
from hklint.sources.psrp.reading import FramingError

_log = logging.getLogger(__name__)


class EndedError(Exception):
    """The process closed its output."""


class NoiseError(Exception):
    """There is no end of lines that are no packets."""


def classify(error: Exception, line: Line, program: Program, seen: Seen) -> Failure:
    """The failure that `error` stands for, with what was seen."""
    _log.debug("%s: %s: %s, %s", program.place, line.reached, type(error).__name__, seen)
    if line.cut_for is Reason.CANCELLED:
        return ended(line, program.place)
    if isinstance(error, EndedError) and not seen.spoke:
        return program.judge(seen)
    reason, detail = _judged(error, program, seen)
    return Failure(reason, line.reached, detail)


def _judged(error: Exception, program: Program, seen: Seen) -> tuple[Reason, str]:
    place = program.place
    match error:
        case LineCutError():
            return Reason.TIMED_OUT, quote(f"no answer from {place} in time{seen.words}")
        case EndedError():
            return Reason.CONNECTION_LOST, quote(f"{program.name} {seen.end}{seen.words}")
        case OversizeError():
            return Reason.COLLECTOR_FAILED, "the host sent more data than any answer has"
        case NoiseError():
            detail = f"{place} sent no packet, but text without end{seen.words}"
            return Reason.PROTOCOL_ERROR, quote(detail)
        case PacketError() | MarkupError() | FramingError():
            return Reason.PROTOCOL_ERROR, f"{place} sent {error}"
        case ReportedError():
            return Reason.COLLECTOR_FAILED, quote(f"PowerShell on {place} reports: {error}")
        case OSError():
            why = error.strerror or type(error).__name__
            return Reason.TRANSPORT_MISSING, f"{program.argv[0]} cannot be started: {why}"
        case _:
            return Reason.INTERNAL_ERROR, type(error).__name__
