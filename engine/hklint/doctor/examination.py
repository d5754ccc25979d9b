"""What the doctor finds: a finding for each step of the way to a host, and what follows."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from hklint.failure import ADVICE, MEANING, Failure, Reason

EXAMINATION_VERSION = 1


class Step(StrEnum):
    """A step of the way to a host."""

    PROGRAM = "program"
    NAME = "name"
    PORT = "port"
    TLS = "tls"
    SERVICE = "service"
    AUTHENTICATION = "authentication"
    SESSION = "session"
    LANGUAGE_MODE = "language-mode"
    COLLECTOR = "collector"


class Mark(StrEnum):
    """What came of a step."""

    OK = "ok"
    NOTE = "note"
    """It is passed, and there is something to know."""
    FAILED = "failed"
    NOT_USED = "not-used"
    """This way to a host has no such step."""
    NOT_TRIED = "not-tried"


Value = str | int | bool | tuple[str, ...]


class Finding(msgspec.Struct, frozen=True):
    """What came of one step.

    `seconds` is None where a step has no time of its own. `details` has what was seen, by names
    that stay the same; one that ends in `_seconds` says its unit. `notes` are sentences. `failure`
    is there where the way ends, with `advice` where the step knows more than the reason alone.
    """

    step: Step
    mark: Mark
    summary: str
    seconds: float | None = None
    details: Mapping[str, Value] = msgspec.field(default_factory=dict[str, Value])
    notes: tuple[str, ...] = ()
    failure: Failure | None = None
    advice: str = ""


class Conclusion(msgspec.Struct, frozen=True):
    """Whether the host can be asked; if not, at which step the way ends, why, and what to do.

    `number` counts the steps from 1. `reason` is the word for `hklint explain`.
    """

    works: bool
    sentence: str
    number: int | None = None
    step: Step | None = None
    reason: Reason | None = None
    advice: str = ""


class Examination(msgspec.Struct, frozen=True):
    """One walk to a host, from end to end; `hklint_examination` is the version of this form."""

    hklint_examination: int
    hklint: str
    target: str
    started: str
    findings: tuple[Finding, ...]
    conclusion: Conclusion


def passed(
    step: Step,
    summary: str,
    seconds: float | None = None,
    details: Mapping[str, Value] | None = None,
    notes: Sequence[str] = (),
) -> Finding:
    """A step that was passed; with notes it is marked so."""
    mark = Mark.NOTE if notes else Mark.OK
    return Finding(step, mark, summary, seconds, details or {}, tuple(notes))


def failed(
    step: Step,
    failure: Failure,
    seconds: float | None = None,
    details: Mapping[str, Value] | None = None,
    notes: Sequence[str] = (),
    advice: str = "",
) -> Finding:
    """The step at which the way ends."""
    return Finding(
        step, Mark.FAILED, failure.detail, seconds, details or {}, tuple(notes), failure, advice
    )


def not_used(step: Step, why: str) -> Finding:
    """A step that this way does without."""
    return Finding(step, Mark.NOT_USED, why)


def not_tried(step: Step) -> Finding:
    """A step that was not come to."""
    return Finding(step, Mark.NOT_TRIED, "not tried")


def conclude(findings: Sequence[Finding]) -> Conclusion:
    """What follows from all findings, in the order of the steps."""
    for number, finding in enumerate(findings, start=1):
        if finding.failure is not None:
            reason = finding.failure.reason
            sentence = f"It ends at step {number}, {title(finding.step)}: {MEANING[reason]}."
            return Conclusion(
                works=False,
                sentence=sentence,
                number=number,
                step=finding.step,
                reason=reason,
                advice=finding.advice or ADVICE[reason],
            )
    return Conclusion(works=True, sentence="Everything works: hklint can ask this host.")


def title(step: Step) -> str:
    """A step's name for people."""
    return _TITLES[step]


_TITLES: dict[Step, str] = {
    Step.PROGRAM: "program",
    Step.NAME: "name",
    Step.PORT: "port",
    Step.TLS: "TLS",
    Step.SERVICE: "service",
    Step.AUTHENTICATION: "authentication",
    Step.SESSION: "session",
    Step.LANGUAGE_MODE: "language mode",
    Step.COLLECTOR: "collector",
}
