"""hklint demo: the whole story, on a host that comes with hklint."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from hklint.cli.output import check_writable
from hklint.cli.reporting import Destination, write_reports
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.fact import Present, WebRequest
from hklint.run import HostResult, Run
from hklint.tally import tally

if TYPE_CHECKING:
    from hklint.lab.lab import LabHost
    from hklint.linking.library import Library
    from hklint.snapshot import Snapshot

POLICY = "exchange-store-addins"
HOST = "ex2016-blocked"
CHAPTERS = 5

EXAMPLES = """\b
Examples:
  hklint demo
  hklint demo --output story
"""


@click.command("demo", epilog=EXAMPLES)
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hklint-demo"),
    show_default=True,
    help="Folder for the reports and .reg files of each step.",
)
def demo_command(folder: Path) -> int:
    """See the whole story: a failing add-in, its cause, the fix, the restart, the open gate.

    The Exchange server is a stand-in inside this process, on 127.0.0.1: the PowerShell remoting
    and the TLS handshakes are real, Windows is not. Nothing on this machine is changed but FOLDER.
    """
    from hklint.lab.lab import Lab  # noqa: PLC0415 - only when the story is told
    from hklint.linking.library import load  # noqa: PLC0415 - the same

    folder.mkdir(parents=True, exist_ok=True)
    check_writable(folder / "fix.reg")
    begun = time.monotonic()
    library = load([POLICY], {})
    with Lab([HOST]) as lab:
        code = _tell(Story(library, lab.hosts[HOST], folder))
    files = ", ".join(sorted(path.name for path in folder.iterdir()))
    click.echo(f"\nThe reports of each step are in {folder}: {files}")
    click.echo(f"That took {time.monotonic() - begun:.1f} s. Next, with a server of your own:")
    click.echo(f"  hklint check psrp://DOMAIN%5Cuser@SERVER --policy {POLICY}")
    return code


class Story:
    """The host the story is about, and what is done to it."""

    def __init__(self, library: "Library", host: "LabHost", folder: Path) -> None:
        self.library = library
        self.host = host
        self.folder = folder

    def ask(self, command: str) -> "tuple[Run, Snapshot]":
        """Asks the host over PSRP and judges what it says, as `check` and `gate` do."""
        from hklint import audit  # noqa: PLC0415 - only when the story is told
        from hklint.cli.allowed_urls import allowed_urls  # noqa: PLC0415 - the same
        from hklint.credentials import Passwords  # noqa: PLC0415 - the same
        from hklint.failure import Failure  # noqa: PLC0415 - the same
        from hklint.fleet import gather  # noqa: PLC0415 - the same
        from hklint.judging.plan import facts_needed  # noqa: PLC0415 - the same
        from hklint.sources import Options  # noqa: PLC0415 - the same
        from hklint.target import WsmanTarget, parse_target  # noqa: PLC0415 - the same

        policies = list(self.library.policies.values())
        target = cast("WsmanTarget", parse_target(self.host.target))
        options = Options(
            passwords=Passwords({"HKLINT_PASSWORD": self.host.password}),
            allowed_urls=allowed_urls(),
        )
        header = audit.header(
            self.library,
            command,
            [command, self.host.target, "--policy", POLICY],
            targets=1,
            fail_on="info" if command == "check" else "medium",
            allow_unknown=False,
        )
        (gathered,) = gather([target], facts_needed(policies), options, 1)
        if isinstance(gathered.result, Failure):
            raise UsageError(f"the lab's host gave no answer: {gathered.result.detail}")
        hosts: tuple[HostResult, ...] = (audit.host_result(gathered, policies),)
        total = tally(header, hosts)
        return Run.counted(total, hosts, audit.summary(total)), gathered.result

    def report(self, run: Run, step: str) -> None:
        """Shows a run on the screen, and leaves it in the folder in every other form."""
        from hklint_reports import DEFAULTS  # noqa: PLC0415 - only here

        names = (("html", ".html"), ("jsonl", ".jsonl"), ("junit", ".xml"), ("sarif", ".sarif"))
        reports = [Destination(form, str(self.folder / f"{step}{end}")) for form, end in names]
        click.echo(f"$ hklint {' '.join(run.header.arguments)}\n")
        write_reports(run, reports, DEFAULTS._replace(folder=str(Path.cwd())), [])

    def write_fix(self, snapshot: "Snapshot") -> str:
        """Derives the fix, as `hklint fix` does, and writes its .reg files; returns its text."""
        from hklint.fixing.derive import Deriver  # noqa: PLC0415 - only here
        from hklint.fixing.forms import reg  # noqa: PLC0415 - only here

        found = Deriver(list(self.library.policies.values())).derive(snapshot)
        files = reg.files(found.fix)
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        return files["fix.reg"].decode("utf-16")


def _tell(story: Story) -> Exit:
    _chapter(1, "The add-in does not install")
    _say(
        'Exchange says "The app couldn\'t be downloaded". On the server, PowerShell shows no more:'
    )
    before, snapshot = story.ask("check")
    _show_request(snapshot)

    _chapter(2, "hklint says why")
    story.report(before, "1-before")

    _chapter(3, "The fix, derived and proved")
    fix = story.write_fix(snapshot)
    _say(
        "hklint reads the decision tables backwards, and proves the result by judging the host as "
        "it would be. It comes to the values of both .reg files in Microsoft's article, for "
        "Schannel and for .NET, so that one restart is enough. rollback.reg puts back what was "
        "there."
    )
    click.echo(f"{story.folder / 'fix.reg'}:\n")
    click.echo(_indented(fix.splitlines()))

    _chapter(4, "Merged, but not in effect")
    story.host.merge(story.folder / "fix.reg")
    _say("The file is merged on the server. The registry is right now, and still nothing works:")
    merged_run, _ = story.ask("gate")
    story.report(merged_run, "2-merged")

    _chapter(5, "Restarted")
    story.host.restart()
    _say("The server has restarted. The gate stands before the installation:")
    after, _ = story.ask("gate")
    story.report(after, "3-restarted")
    return Exit(after.summary.exit_code)


def _chapter(number: int, title: str) -> None:
    click.echo()
    click.secho(f"=== {number} of {CHAPTERS}: {title} ".ljust(80, "="), bold=True)
    click.echo()


def _say(text: str) -> None:
    click.echo(click.wrap_text(text, width=88) + "\n")


def _show_request(snapshot: "Snapshot") -> None:
    """The request of the story, as the host's PowerShell showed it."""
    for fact, seen in snapshot.observations.items():
        if isinstance(fact, WebRequest) and fact.way == "default" and isinstance(seen, Present):
            detail = cast("dict[str, Any]", seen.detail)
            click.echo(f"  PS> Invoke-WebRequest {fact.uri}")
            click.echo(f"  Invoke-WebRequest : {detail['message']}")


def _indented(lines: Sequence[str]) -> str:
    return "\n".join(f"  {line}" if line else "" for line in lines)
