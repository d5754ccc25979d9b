"""The steps from the logon to the answer: asked as every command asks, with nothing to read.

A failure says how far the conversation came, and so which step it belongs to.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from hklint.collector import FUNCTION
from hklint.doctor.examination import Finding, Step, Value, failed, passed
from hklint.doctor.guard import since
from hklint.facts import to_request
from hklint.failure import Failure, Reason
from hklint.sources import Answered, Options, collect
from hklint.sources.answer import quote
from hklint.sources.line import Phase
from hklint.target import HostTarget, LocalTarget, SshTarget, WsmanTarget

_OF_PHASE: Mapping[str, Step] = {
    Phase.PREPARING: Step.AUTHENTICATION,
    Phase.CONNECTING: Step.AUTHENTICATION,
    Phase.LOGGING_ON: Step.AUTHENTICATION,
    Phase.OPENING: Step.SESSION,
    Phase.RUNNING: Step.COLLECTOR,
    Phase.READING: Step.COLLECTOR,
}
_OF_REASON: Mapping[Reason, Step] = {
    Reason.LANGUAGE_MODE: Step.LANGUAGE_MODE,
    Reason.COLLECTOR_MISSING: Step.LANGUAGE_MODE,
}
_PASSED_BY: Mapping[Step, str] = {
    Step.AUTHENTICATION: "the host did not refuse the logon",
    Step.SESSION: "the host opened one",
    Step.LANGUAGE_MODE: "the host did not refuse to run the collector",
}


def ask(target: HostTarget, options: Options, steps: Sequence[Step]) -> Iterator[Finding]:
    """A finding for each of these steps, up to the one where the way ends.

    They are one conversation, whose time stands with the last of them.
    """
    started = time.monotonic()
    outcome = collect(target, to_request(()), options)
    seconds = since(started)
    if isinstance(outcome, Answered):
        found = _answered(target, outcome, options, seconds)
        yield from (found[step] for step in steps)
        return
    last = _step(outcome, steps)
    for step in steps[: steps.index(last)]:
        yield passed(step, _PASSED_BY[step])
    yield failed(last, outcome, seconds)


def _step(failure: Failure, steps: Sequence[Step]) -> Step:
    """The step that a failure belongs to."""
    by_phase = _OF_PHASE.get(failure.phase, Step.AUTHENTICATION)
    step = _OF_REASON.get(failure.reason, by_phase)
    return step if step in steps else steps[0]


def _answered(
    target: HostTarget, answered: Answered, options: Options, seconds: float
) -> dict[Step, Finding]:
    source = answered.source
    transport = {"account": source.account, "transport": source.transport}
    endpoint, opened = _session(target, options)
    by_function = not source.collector_sha256
    runs = "the collector's script may run there"
    if by_function:
        runs = f"{FUNCTION} answers there: no script is needed"
    process = cast("Mapping[str, str | int | bool]", answered.answer["collector"])
    details: dict[str, Value] = {name: _bounded(value) for name, value in process.items()}
    summary = "PowerShell {powershell} ({edition}), {bits}-bit, answers as {user}".format(**details)
    return {
        Step.AUTHENTICATION: passed(
            Step.AUTHENTICATION, f"the host let {source.account} in", details=transport
        ),
        Step.SESSION: passed(Step.SESSION, opened, details={"endpoint": endpoint}),
        Step.LANGUAGE_MODE: passed(Step.LANGUAGE_MODE, runs, details={"by_function": by_function}),
        Step.COLLECTOR: passed(Step.COLLECTOR, summary, seconds, details),
    }


def _session(target: HostTarget, options: Options) -> tuple[str, str]:
    """What opened a session, and that it did."""
    match target:
        case WsmanTarget():
            return options.configuration, f"the endpoint {options.configuration} opened one"
        case SshTarget():
            return options.ssh_subsystem, f"the subsystem {options.ssh_subsystem} opened one"
        case LocalTarget():
            return "powershell.exe", "PowerShell opened one in a process of its own"


def _bounded(value: str | int | bool) -> Value:  # noqa: FBT001 - what a JSON answer holds
    return quote(value) if isinstance(value, str) else value
