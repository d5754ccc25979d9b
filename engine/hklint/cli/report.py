"""hklint report: make reports from a recorded run."""

import textwrap
from functools import partial
from pathlib import Path
from typing import Any

import click

from hklint.cli.baseline_options import compared, report_baseline_option
from hklint.cli.output import SCREEN
from hklint.cli.reporting import asked_for, check_checklist, parse_reports, write_reports
from hklint.cli.result_options import complete_formats, format_options
from hklint.cli.sections import SectionCommand, SectionOption
from hklint.errors import UsageError
from hklint_reports import FORMATS

_COLUMNS = 78
_WIDTH = max(map(len, FORMATS))
FORMAT_LIST = "\n".join(
    textwrap.fill(
        f"{name:{_WIDTH}}  {form.description}",
        _COLUMNS,
        initial_indent="  ",
        subsequent_indent=" " * (_WIDTH + 4),
    )
    for name, form in FORMATS.items()
)
EXAMPLES = f"""\b
Formats:
{FORMAT_LIST}

\b
Examples:
  hklint report run.jsonl
  hklint report run.jsonl --format sarif -o hklint.sarif
  hklint report run.jsonl --report html=hklint.html --report junit=results/
"""

_results = partial(click.option, cls=SectionOption, section="Results")


@click.command("report", cls=SectionCommand, epilog=EXAMPLES)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="RUN")
@format_options
@report_baseline_option
@_results(
    "--format",
    "-f",
    "form",
    metavar="FORMAT",
    shell_complete=complete_formats,
    help="One report, in this format. Default: terminal.",
)
@_results(
    "--output",
    "-o",
    metavar="PATH",
    help="Where that report goes; the screen then has the tally only. Default: standard output.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show what passed as well.")
@click.option("--quiet", "-q", is_flag=True, help="Only the tally and the exit code.")
def report_command(file: Path, **given: Any) -> int:  # noqa: ANN401 - click's options
    """Make reports from a recorded run, without the hosts.

    The exit code says whether the reports were made; the run's own verdict stands in them.
    """
    from hklint_reports.json_lines import open_run  # noqa: PLC0415 - only here

    single = given["form"] is not None or given["output"] is not None
    if single and given["reports"]:
        raise UsageError(
            "--report names format and place; --format and --output are for one report"
        )
    form, output = given["form"] or "terminal", given["output"] or SCREEN
    wanted = parse_reports(given["reports"] or [f"{form}={output}"])
    given["quiet"] = given["quiet"] or all(item.path != SCREEN for item in wanted)
    shown = asked_for(given)
    try:
        run = compared(open_run(file), given["baseline"])
        check_checklist(run.header, wanted, given, shown)
        return write_reports(run, wanted, shown, [])
    except OSError as error:
        raise UsageError(f"{file}: can't be read: {error.strerror}") from None
