"""hklint report: make a report from a recorded run."""

from pathlib import Path

import click

from hklint.cli.output import SCREEN, parse_reports, write_reports
from hklint.errors import UsageError
from hklint.exit_code import Exit

EXAMPLES = """\b
Examples:
  hklint report run.jsonl
  hklint report run.jsonl --format sarif -o hklint.sarif
"""


@click.command("report", epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RUN")
@click.option("--format", "-f", "form", default="terminal", show_default=True, metavar="FORMAT")
@click.option(
    "--output",
    "-o",
    default=SCREEN,
    metavar="FILE",
    help="Where the report goes; the screen then has the tally only. Default: standard output.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show what passed as well.")
@click.option("--quiet", "-q", is_flag=True, help="Only the tally and the exit code.")
def report_command(file: Path, form: str, output: str, *, verbose: bool, quiet: bool) -> int:
    """Make a report from a recorded run, without the hosts.

    FORMAT is terminal, html, jsonl, junit or sarif. The exit code says whether the report was
    made; the run's own verdict stands in it.
    """
    from hklint_reports.json_lines import read_run  # noqa: PLC0415 - only here

    (wanted,) = parse_reports([f"{form}={output}"])
    try:
        with file.open(encoding="utf-8") as lines:
            run = read_run(lines, str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: this is no run: {error}") from None
    quiet = quiet or wanted.path != SCREEN
    complete = write_reports(run, [wanted], verbose=verbose, quiet=quiet)
    return Exit.PASSED if complete else Exit.USAGE
