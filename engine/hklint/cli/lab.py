"""`hklint lab`: Windows hosts to try hklint on, on this machine, without a Windows."""

import signal
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hklint.errors import UsageError

if TYPE_CHECKING:
    from hklint.lab.control import LabReport

_WAKE_SECONDS = 0.5
"""How often the waiting lab looks up; on Windows a wait without end would not hear Ctrl-C."""

_STATE = click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The state file of the lab, where it is not the usual one.",
)


EXAMPLES = """\b
Examples:
  hklint lab hosts
  hklint lab start ex2016-blocked
  hklint lab merge ex2016-blocked fix.reg
  hklint lab restart ex2016-blocked
"""
START_EXAMPLES = """\b
Examples:
  hklint lab start
  hklint lab start ex2016-healthy ex2016-blocked
  hklint lab start ./my-host.yaml --json
"""
MERGE_EXAMPLES = """\b
Example:
  hklint lab merge ex2016-blocked fix.reg
"""
RESTART_EXAMPLES = """\b
Example:
  hklint lab restart ex2016-blocked
"""
STATUS_EXAMPLES = """\b
Examples:
  hklint lab status
  hklint lab status --json
"""


@click.group("lab", epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
def lab_command() -> None:
    """Try hklint on Windows hosts that run inside this machine.

    The hosts answer PowerShell remoting on 127.0.0.1, with a registry of their own; this machine's
    registry is never touched. See docs/lab.md for what the lab proves and what not.
    """


@lab_command.command(epilog=START_EXAMPLES)
@click.argument("hosts", nargs=-1, metavar="[HOST]...")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, for programs.")
@_STATE
def start(hosts: tuple[str, ...], *, as_json: bool, state: Path | None) -> None:
    """Start the lab and keep it running until Ctrl-C.

    HOST is the id of a shipped host or a host file (.yaml); without any, all shipped hosts run.
    """
    from hklint.lab import control, controlled  # noqa: PLC0415 - heavy
    from hklint.lab.lab import Lab  # noqa: PLC0415 - the same

    if control.is_running(state):
        raise UsageError(
            "a lab is running already: end it with Ctrl-C in its terminal, or name another state "
            "file with --state"
        )
    with (
        _until_told_to_end() as ended,
        Lab(list(hosts) or None) as running,
        controlled.control(running, state),
    ):
        report = controlled.report(running)
        if as_json:
            _print_json(report)
        else:
            _print_table(report)
            click.echo("\nThe lab runs until Ctrl-C.")
        sys.stdout.flush()
        while not ended.wait(_WAKE_SECONDS):
            pass


@lab_command.command()
def hosts() -> None:
    """List the hosts that ship with the lab, and what ails them."""
    from hklint.lab.host_file import shipped  # noqa: PLC0415 - reads YAML

    known = shipped()
    width = max(len(host_id) for host_id in known)
    for host_id, host in known.items():
        click.echo(f"{host_id:<{width}}  {host.about}")


@lab_command.command(epilog=MERGE_EXAMPLES)
@click.argument("host", metavar="HOST")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.reg")
@_STATE
def merge(host: str, file: Path, *, state: Path | None) -> None:
    """Merge a .reg file into the registry of a running host.

    As on Windows, what Schannel and .NET read at their start takes effect after a restart. Unlike
    Windows, the lab refuses a file with a line that it does not understand.
    """
    from hklint.lab import control  # noqa: PLC0415 - only where a lab is asked

    try:
        content = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: the file can't be read: {error.strerror}") from None
    try:
        reply = control.ask(state, "merge", host, content)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    click.echo(f"Merged {file} into {host}: {reply.steps} steps. A restart is due:")
    click.echo(f"  hklint lab restart {host}")


@lab_command.command(epilog=RESTART_EXAMPLES)
@click.argument("host", metavar="HOST")
@_STATE
def restart(host: str, *, state: Path | None) -> None:
    """Restart a running host, so that what was merged counts."""
    from hklint.lab import control  # noqa: PLC0415 - only where a lab is asked

    control.ask(state, "restart", host)
    click.echo(f"Restarted {host}.")


@lab_command.command(epilog=STATUS_EXAMPLES)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON, for programs.")
@_STATE
def status(*, as_json: bool, state: Path | None) -> None:
    """Show the running lab: hosts, targets, restarts due."""
    from hklint.lab import control  # noqa: PLC0415 - only where a lab is asked

    report = control.ask(state, "status", "").lab
    assert report is not None
    if as_json:
        _print_json(report)
    else:
        _print_table(report)


def _print_json(report: "LabReport") -> None:
    import msgspec  # noqa: PLC0415 - only where it is printed

    click.echo(msgspec.json.encode(report).decode())


def _print_table(report: "LabReport") -> None:
    """Plain lines: targets are there to be copied, and a frame would break them."""
    for host in report.hosts:
        due = "  (a restart is due)" if host.restart_due else ""
        click.echo(f"{host.id}{due}: {host.about}")
        click.echo(f"  {host.target}")
        click.echo(f"  {host.tls_target}")
    click.echo("\nThe hosts' password is public; a lab needs no secrets:")
    for password in dict.fromkeys(host.password for host in report.hosts):
        click.echo(f"  {_set_variable('HKLINT_PASSWORD', password)}")
    click.echo("The psrps:// targets need the lab's CA:")
    click.echo(f"  --ca {report.ca_file}")


def _set_variable(name: str, value: str) -> str:
    if sys.platform == "win32":
        return f"$env:{name} = '{value}'"
    return f"export {name}='{value}'"


@contextmanager
def _until_told_to_end() -> Generator[threading.Event]:
    """An event that Ctrl-C or a request to terminate sets; the handlers are put back after."""
    ended = threading.Event()

    def end(_number: int, _frame: object) -> None:
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
