"""Session configurations: what runs in a session, and who may open one."""

import threading
from collections.abc import Callable, Mapping

import msgspec

from hklint.lab.wire.clixml import Command, Pipeline
from hklint.lab.wire.machine import ErrorCategory, Machine, TerminatingError

DEFAULT = "Microsoft.PowerShell"

Run = Callable[[str, str, threading.Event], str]
"""Takes a request, a user and the event that stops it, and returns one string, as
`Machine.collect` does."""


class Endpoint(msgspec.Struct, frozen=True):
    """A session configuration.

    `script` is what the collector's script does there; without it no script runs, as in NoLanguage
    mode. `functions` are the commands that a client sees, by name; each takes one parameter
    Request. `users` may open a session; None lets everybody who has logged on.
    """

    script: Run | None = None
    functions: Mapping[str, Run] = {}
    users: frozenset[str] | None = None

    def admits(self, user: str) -> bool:
        """Whether a user may open a session; accounts compare without regard to case."""
        return self.users is None or user.casefold() in {known.casefold() for known in self.users}

    def choose(self, machine: Machine, pipeline: Pipeline) -> tuple[Run, str]:
        """What a pipeline runs, and its request.

        Raises:
            TerminatingError: It is nothing that runs here.
        """
        for command in pipeline.commands:
            if command.is_script and self.script is None:
                raise _no_scripts(command.text)
            if not command.is_script and self._function(command) is None:
                raise _not_found(command.text)
        if len(pipeline.commands) == 1 and not (pipeline.has_input or pipeline.has_more_statements):
            (command,) = pipeline.commands
            known = not command.is_script or machine.is_collector(command.text)
            run = self.script if command.is_script else self._function(command)
            match command.parameters:
                case ((str(name), str(request)),) if (
                    known and run is not None and name.casefold() == "request"
                ):
                    return run, request
                case _:
                    pass
        raise TerminatingError(
            "The lab runs only the collector, with one parameter Request and no input.",
            error_id="LabRunsOnlyTheCollector",
            category=ErrorCategory.NOT_IMPLEMENTED,
            exceptions=("System.NotSupportedException", "System.SystemException"),
        )

    def _function(self, command: Command) -> Run | None:
        found = {name.casefold(): run for name, run in self.functions.items()}
        return found.get(command.text.casefold())


def _no_scripts(text: str) -> TerminatingError:
    return TerminatingError(
        "A script can't run here: this endpoint is in NoLanguage mode.",
        error_id="ScriptsNotAllowed",
        category=ErrorCategory.PARSER_ERROR,
        exceptions=(
            "System.Management.Automation.ParseException",
            "System.Management.Automation.RuntimeException",
            "System.SystemException",
        ),
        target=text,
    )


def _not_found(name: str) -> TerminatingError:
    return TerminatingError(
        f"There is no command {name} here.",
        error_id="CommandNotFoundException",
        category=ErrorCategory.OBJECT_NOT_FOUND,
        exceptions=(
            "System.Management.Automation.CommandNotFoundException",
            "System.Management.Automation.RuntimeException",
            "System.SystemException",
        ),
        target=name,
    )
