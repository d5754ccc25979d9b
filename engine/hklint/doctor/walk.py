"""The walk: every step of the way to a host, in its order."""

from collections.abc import Iterator, Mapping, Sequence

from hklint import __version__
from hklint.doctor import local, ssh, winrm
from hklint.doctor.asking import ask
from hklint.doctor.examination import (
    EXAMINATION_VERSION,
    Examination,
    Finding,
    Step,
    conclude,
    not_tried,
)
from hklint.doctor.guard import Guard
from hklint.sources import Options
from hklint.target import HostTarget, LocalTarget, SshTarget, WsmanTarget

_ASKED = (Step.AUTHENTICATION, Step.SESSION, Step.LANGUAGE_MODE, Step.COLLECTOR)
_STEPS: Mapping[type[HostTarget], tuple[Step, ...]] = {
    WsmanTarget: (Step.NAME, Step.PORT, Step.TLS, Step.SERVICE, *_ASKED),
    SshTarget: (Step.PROGRAM, Step.NAME, Step.PORT, *_ASKED),
    LocalTarget: (Step.PROGRAM, *_ASKED[1:]),
}


def reach(target: HostTarget, options: Options) -> Iterator[Finding]:
    """The steps before the logon, up to where the way ends: no account is shown to the host."""
    guard = Guard(options)
    try:
        match target:
            case WsmanTarget():
                yield from winrm.steps(target, options, guard)
            case SshTarget():
                yield from ssh.steps(target, options, guard)
            case LocalTarget():
                yield from local.steps()
    finally:
        guard.close()


def session(target: HostTarget, options: Options) -> Iterator[Finding]:
    """The steps from the logon on, up to where the way ends."""
    return ask(target, options, [step for step in _STEPS[type(target)] if step in _ASKED])


def examined(target: HostTarget, started: str, findings: Sequence[Finding]) -> Examination:
    """The whole walk, with the steps that were not come to."""
    left = _STEPS[type(target)][len(findings) :]
    complete = (*findings, *map(not_tried, left))
    return Examination(
        EXAMINATION_VERSION, __version__, target.text, started, complete, conclude(complete)
    )
