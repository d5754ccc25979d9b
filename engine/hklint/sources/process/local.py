"""This computer, if it is a Windows: Windows PowerShell in a child process.

PowerShell starts its own background jobs this way (PowerShellProcessInstance.cs).
"""

from collections.abc import Mapping
from pathlib import PureWindowsPath

from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.answered import Held
from hklint.sources.conversation import Conversation
from hklint.sources.line import Line, Phase
from hklint.sources.options import Options
from hklint.sources.process.carrier import ProcessCarrier
from hklint.sources.process.objections import NO_WINDOWS
from hklint.sources.process.program import Program, Seen, environment
from hklint.target import LocalTarget

_POWERSHELL = ("WindowsPowerShell", "v1.0", "powershell.exe")
_ARGUMENTS = ("-Version", "5.1", "-NoLogo", "-NoProfile", "-ServerMode")
_PLACE = "this computer"
_MODULES_OF_POWERSHELL_7 = frozenset({"PSMODULEPATH"})
"""They would break Windows PowerShell, which finds its own without the variable."""


def ask(target: LocalTarget, request: str, options: Options, deadline: float) -> Held:
    """Ask this computer, once, within `deadline` seconds."""
    variables = environment(without=_MODULES_OF_POWERSHELL_7)
    argv = command(variables)
    if argv is None:
        return Held(Failure(Reason.TRANSPORT_MISSING, Phase.PREPARING, NO_WINDOWS))
    program = Program(
        argv=argv,
        environment=variables,
        place=_PLACE,
        transport="local, Windows PowerShell",
        reached=Phase.OPENING,
        judge=_judge,
    )

    def open_carrier(line: Line) -> ProcessCarrier:
        return ProcessCarrier(program, line)

    conversation = Conversation(target.host, options, deadline, open_carrier, function_first=False)
    return conversation.hold(request, "the current user")


def command(variables: Mapping[str, str]) -> tuple[str, ...] | None:
    """How to start Windows PowerShell, or None where there is no Windows.

    Windows shows 32-bit processes, which alone have PROCESSOR_ARCHITEW6432, another System32; the
    real one is Sysnative there (Microsoft: "File System Redirector").
    """
    known = {name.upper(): value for name, value in variables.items()}
    if "SYSTEMROOT" not in known:
        return None
    system = "Sysnative" if "PROCESSOR_ARCHITEW6432" in known else "System32"
    program = PureWindowsPath(known["SYSTEMROOT"], system, *_POWERSHELL)
    return str(program), *_ARGUMENTS


def _judge(seen: Seen) -> Failure:
    detail = f"powershell.exe {seen.end} before it opened a session{seen.words}"
    return Failure(Reason.PROTOCOL_ERROR, Phase.OPENING, quote(detail))
