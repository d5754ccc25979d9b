"""The way to this computer: the program that is started."""

from collections.abc import Iterator
from pathlib import Path

from hklint.doctor.examination import Finding, Step, failed, passed
from hklint.failure import Failure, Reason
from hklint.sources.line import Phase
from hklint.sources.process.local import command
from hklint.sources.process.objections import NO_WINDOWS
from hklint.sources.process.program import environment


def steps() -> Iterator[Finding]:
    """Whether Windows PowerShell is where Windows has it."""
    argv = command(environment())
    detail = NO_WINDOWS if argv is None else f"{argv[0]} is not there"
    if argv is None or not Path(argv[0]).is_file():
        yield failed(Step.PROGRAM, Failure(Reason.TRANSPORT_MISSING, Phase.PREPARING, detail))
        return
    yield passed(Step.PROGRAM, f"{argv[0]} is there", details={"path": argv[0]})
