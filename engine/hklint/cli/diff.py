"""hklint diff: what turned between two recorded runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hklint.cli.baseline_options import recorded_run
from hklint.cli.output import SCREEN, atomic, check_writable, discard_output, report_options
from hklint.exit_code import Exit
from hklint.verdict import SEVERITIES, Severity

if TYPE_CHECKING:
    from hklint.comparison import Comparison

FORMATS = ("text", "json", "markdown")
"""The formats of `hklint_reports.comparison`, which is imported when one is written."""
EXAMPLES = """\b
Examples:
  hklint diff monday.jsonl tuesday.jsonl
  hklint diff before.jsonl after.jsonl --fail-on high
  hklint diff before.jsonl after.jsonl --format markdown -o comment.md

\b
Exit codes:
  0  not worse: nothing newly fails or is newly unknown, and no host was lost
  1  worse: a rule newly fails, or fails now that its waiver has ended
  2  the command line is wrong, or a file is no run
  4  not known: a rule is newly unknown, a host is not reached any more,
     or nothing is in both runs
"""
_RUN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("diff", epilog=EXAMPLES)
@click.argument("before", type=_RUN)
@click.argument("after", type=_RUN)
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(FORMATS),
    default=FORMATS[0],
    show_default=True,
    help="For people, for scripts, or for a comment on a pull request.",
)
@click.option(
    "--output",
    "-o",
    default=SCREEN,
    metavar="FILE",
    help="Where it goes; the screen then has the tally only. Default: standard output.",
)
@click.option(
    "--fail-on",
    type=click.Choice(SEVERITIES),
    help="The mildest severity that counts for the exit code. Default: that of the run AFTER.",
)
@click.option("--quiet", "-q", is_flag=True, help="Only the tally and the exit code.")
def diff_command(
    before: Path, after: Path, form: str, output: str, fail_on: Severity | None, *, quiet: bool
) -> int:
    """Say what turned between two recorded runs, why, and whether the later one is worse.

    BEFORE and AFTER are files made with --record. What fails in both, or is gone, does not make a
    run worse; a host that is not reached any more is never called fixed.
    """
    from hklint.comparing.runs import compare_runs  # noqa: PLC0415 - only here

    if output != SCREEN:
        check_writable(Path(output))
    first, second = recorded_run(before), recorded_run(after)
    found = compare_runs((str(before), first), (str(after), second), fail_on)
    written = output == SCREEN or _written(found, form, Path(output))
    files = (output,) if written and output != SCREEN else ()
    try:
        _show(found, form if output == SCREEN else "text", files, quiet=quiet or output != SCREEN)
    except BrokenPipeError:
        discard_output()
    return found.exit_code if written else Exit.USAGE


def _written(found: "Comparison", form: str, path: Path) -> bool:
    from hklint_reports.comparison import write  # noqa: PLC0415 - only here

    try:
        with atomic(path) as stream:
            write(found, form, stream)
    except OSError as error:
        click.echo(f"Error: {path} was not written: {error.strerror}", err=True)
        return False
    return True


def _show(found: "Comparison", form: str, files: tuple[str, ...], *, quiet: bool) -> None:
    """The screen has the format asked for, and below another one than text its last lines."""
    from hklint_reports import Options  # noqa: PLC0415 - only here
    from hklint_reports.comparison import write  # noqa: PLC0415 - only here

    options = Options(quiet=quiet, written=files)
    write(found, form, sys.stdout, report_options(sys.stdout, options))
    sys.stdout.flush()
    if form != "text":
        ending = options._replace(quiet=True)
        write(found, "text", sys.stderr, report_options(sys.stderr, ending))
