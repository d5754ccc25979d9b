"""hklint test: run the tests of policies and models."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hklint.cli.output import SCREEN, atomic, check_writable, discard_output, report_options
from hklint.cli.reporting import Destination
from hklint.errors import UsageError
from hklint.exit_code import Exit, worst

if TYPE_CHECKING:
    from hklint.policy_tests.results import Results

EXAMPLES = """\b
Examples:
  hklint test
  hklint test my-policies/ --min-coverage 100
  hklint test contoso.tests.yaml --select "TLS 1.2" --verbose
  hklint test my-policies/ --report junit=tests.xml
"""


@click.command("test", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--select", "-k", default="", metavar="TEXT", help="Only cases with this in their name."
)
@click.option(
    "--min-coverage",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    help="Fail if tests meet less of the rows and outcomes.",
)
@click.option(
    "--report", metavar="junit[=FILE]", help="Also write JUnit XML; without FILE to the screen."
)
@click.option("--verbose", "-v", is_flag=True, help="Show what passed, and all that is not met.")
@click.option("--quiet", "-q", is_flag=True, help="Only the tally and the exit code.")
def test_command(
    paths: tuple[Path, ...],
    select: str,
    min_coverage: float | None,
    report: str | None,
    *,
    verbose: bool,
    quiet: bool,
) -> int:
    """Run the tests of policies and models: facts in, verdicts and states out.

    PATH is a file *.tests.yaml or a folder; without it the tests that come with hklint are run. A
    test that fails is explained, and what no test has met is listed with its line.
    """
    from hklint.policy_tests.load import load  # noqa: PLC0415 - only here
    from hklint.policy_tests.run import run  # noqa: PLC0415 - only here

    if select and min_coverage is not None:
        raise UsageError("--min-coverage: coverage is not measured when tests are selected")
    destination = None if report is None else _destination(report)
    loaded = load(paths)
    if loaded.warnings:
        from hklint.cli.diagnostics import render  # noqa: PLC0415 - reads files, only when needed

        for warning in loaded.warnings:
            click.echo(render(warning), err=True)
    result = run(loaded, select, min_coverage)
    complete = _report(result, destination, verbose=verbose, quiet=quiet)
    return result.exit_code if complete else worst([result.exit_code, Exit.USAGE])


def _destination(text: str) -> Destination:
    form, equals, path = text.partition("=")
    if form != "junit" or (equals and not path):
        raise UsageError(f"--report {text}: tests are reported as junit=FILE, or junit")
    if path:
        check_writable(Path(path))
    return Destination(form, path or SCREEN)


def _report(
    result: "Results", destination: Destination | None, *, verbose: bool, quiet: bool
) -> bool:
    """Writes the report that is wanted, and what people read; False if one was not written."""
    from hklint_reports import Options  # noqa: PLC0415 - only now
    from hklint_reports.policy_tests import junit, terminal  # noqa: PLC0415 - the same

    written: list[str] = []
    complete = True
    on_screen = destination is not None and destination.path == SCREEN
    if destination is not None and not on_screen:
        try:
            with atomic(Path(destination.path)) as stream:
                junit.write(result, stream)
            written.append(destination.path)
        except OSError as error:
            click.echo(f"Error: {destination.path} was not written: {error.strerror}", err=True)
            complete = False
    try:
        if on_screen:
            junit.write(result, sys.stdout)
        else:
            options = Options(verbose=verbose, quiet=quiet, written=tuple(written))
            terminal.write(result, sys.stdout, report_options(sys.stdout, options))
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
    if on_screen:
        terminal.write(result, sys.stderr, report_options(sys.stderr, Options(quiet=True)))
    return complete
