"""Hosts asked over SSH: PowerShell as a subsystem of the host's sshd, by the system's `ssh`.

So keys, agents, known hosts, jump hosts and the user's configuration work as they do in a terminal.
"""

import math
import os
import shutil
from collections.abc import Mapping

from hklint.failure import Failure, Reason
from hklint.sources.answered import Held
from hklint.sources.conversation import Conversation
from hklint.sources.line import Line, Phase
from hklint.sources.options import DEFAULT_SUBSYSTEM, Options
from hklint.sources.process.carrier import ProcessCarrier
from hklint.sources.process.program import Program, environment
from hklint.sources.process.ssh_messages import judge
from hklint.target import SshTarget

_PROGRAM = "ssh.exe" if os.name == "nt" else "ssh"


def ask(target: SshTarget, request: str, options: Options, deadline: float) -> Held:
    """Ask one host over SSH, once, within `deadline` seconds."""
    variables = environment()
    ssh = find_ssh(variables)
    if ssh is None:
        detail = "ssh is not in PATH: install the OpenSSH client"
        return Held(Failure(Reason.TRANSPORT_MISSING, Phase.PREPARING, detail))
    program = Program(
        argv=(ssh, *arguments(target, options)),
        environment=variables,
        place=target.host,
        transport=f"ssh, subsystem {options.ssh_subsystem}",
        reached=Phase.CONNECTING,
        judge=lambda seen: judge(seen, target.host, options.ssh_subsystem),
    )

    def open_carrier(line: Line) -> ProcessCarrier:
        return ProcessCarrier(program, line)

    conversation = Conversation(
        target.host,
        options,
        deadline,
        open_carrier,
        function_first=options.ssh_subsystem != DEFAULT_SUBSYSTEM,
    )
    return conversation.hold(request, target.user or options.user or "as ssh is configured")


def arguments(target: SshTarget, options: Options) -> list[str]:
    """What `ssh` is told, whatever the user's configuration says.

    It asks nobody, and gives the host nothing but the session: no terminal, no agent, no Kerberos
    ticket, no display and no forwarded port. It opens no connection for others to share. A host
    is asked only if its key is known.
    """
    given = {
        "BatchMode": "yes",
        "ClearAllForwardings": "yes",
        "ConnectTimeout": str(max(1, math.ceil(options.connect_timeout))),
        "ControlMaster": "no",
        "LogLevel": "INFO",
        "RemoteCommand": "none",
        "StrictHostKeyChecking": "yes",
    }
    user = target.user or options.user
    return [
        *("-T", "-a", "-k", "-x"),
        *(word for name, value in given.items() for word in ("-o", f"{name}={value}")),
        *([] if options.ssh_config is None else ["-F", str(options.ssh_config)]),
        *([] if target.port is None else ["-p", str(target.port)]),
        *([] if user is None else ["-l", user]),
        *("-s", "--", target.host, options.ssh_subsystem),
    ]


def find_ssh(variables: Mapping[str, str]) -> str | None:
    """Where `ssh` is; never in the current folder, where anybody may have put one."""
    for folder in variables.get("PATH", "").split(os.pathsep):
        found = shutil.which(os.path.join(folder, _PROGRAM)) if os.path.isabs(folder) else None  # noqa: PTH117, PTH118 - which takes a string
        if found is not None:
            return found
    return None
