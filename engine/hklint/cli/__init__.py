"""The command line: commands are imported when they are called, so that `hklint` starts fast."""

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from hklint import __version__
from hklint.errors import HklintError, InvalidDocumentsError, places
from hklint.exit_code import MEANING, Exit

COMMANDS: Mapping[str, str] = {
    "check": "Judge hosts by policies, and explain every verdict.",
    "gate": "Say go or no-go before something is installed on a host.",
    "snapshot": "Read a host's facts into a file, to be judged later.",
    "doctor": "Walk the way to a host step by step, and say where it ends and why.",
    "report": "Make a report from a recorded run.",
    "fix": "Write the change that puts hosts right, and the way back. Nothing is applied.",
    "what-if": "Say what would turn if registry values of a host were others.",
    "diff": "Say what turned between two recorded runs, and whether it got worse.",
    "lint": "Find what is wrong with policies, models, profiles, waivers and tests.",
    "test": "Run the tests of policies and models.",
    "waivers": "List waivers: what is accepted, by whom, and for how much longer.",
    "explain": "Explain a policy, profile, rule, model, operator, code, or word in a report.",
    "jea": "Write a least-privilege endpoint (JEA) for hosts, from policies.",
    "observe": "Write a policy draft from what a host has.",
    "new": "Write a start of a policy, model, profile, of tests or waivers.",
    "schema": "Print the JSON Schema of a kind of document, for editors.",
    "demo": "See the whole story on hosts that come with hklint.",
    "lab": "Run Windows stand-ins on this machine to try hklint on.",
    "completion": "Print the script that completes commands in a shell.",
}
"""Every command with its help line; the command stands in the module of its name."""

_EXIT_CODES = "\n".join(f"  {code.value}  {text}" for code, text in MEANING.items())


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command = getattr(import_module(f"hklint.cli.{name}"), f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - what a command returns
        """Runs the command; when the reader of its output goes away, it ends without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            from hklint.cli.output import discard_output  # noqa: PLC0415 - only now

            discard_output()
            return Exit.UNDETERMINED

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table of commands, without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "\b\nTry it without a Windows host:\n  hklint demo\n\n"
        "\b\nJudge a server, with the password asked for:\n"
        "  hklint check psrp://LAB%5Caudit@ex01 --policy exchange-store-addins\n\n"
        "\b\nFind out why a server does not answer:\n"
        "  hklint doctor psrp://LAB%5Caudit@ex01\n\n"
        f"\b\nExit codes:\n{_EXIT_CODES}"
    ),
)
@click.version_option(__version__, prog_name="hklint")
def cli() -> None:
    """Check Windows hosts against policies: registry values, what they mean, and why it matters.

    hklint only reads: it never changes anything on a host.
    """


def main() -> None:
    """The entry point: runs the command and turns what ended it into an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("Stopped.", err=True)
        code = Exit.UNDETERMINED
    except click.ClickException as error:
        error.show()
        code = Exit.USAGE
    except InvalidDocumentsError as error:
        show_diagnostics(error)
        code = Exit.INVALID
    except HklintError as error:
        click.echo(f"Error: {error}", err=True)
        code = Exit.USAGE
    except Exception as error:  # noqa: BLE001 - the last resort: a bug is told, not shown raw
        _show_bug(error)
        code = Exit.BUG
    sys.exit(int(code or 0))


def show_diagnostics(error: InvalidDocumentsError) -> None:
    """Prints mistakes in documents to stderr, one block each."""
    from hklint.cli.diagnostics import render  # noqa: PLC0415 - reads files, only when needed

    for diagnostic in error.diagnostics:
        click.echo(render(diagnostic), err=True)
    number = len(error.diagnostics)
    click.echo(f"{number} mistake{'s' if number > 1 else ''} in documents.", err=True)


def _show_bug(error: Exception) -> None:
    """Where a bug is, without values: those could hold secrets or text from hosts."""
    click.echo(
        f"hklint has a bug: {type(error).__name__} at {places(error)[-1]}. "
        "Please report it with this line and the command.",
        err=True,
    )
