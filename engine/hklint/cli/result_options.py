"""Options about what becomes of the verdicts of a run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hklint.cli.options import Command, apply_options
from hklint.cli.output import without_color
from hklint.cli.sections import SectionOption
from hklint.verdict import SEVERITIES, Severity

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

DEFAULT_JOBS = 16


def complete_formats(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """The formats of reports."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415 - only in a shell

    from hklint_reports import FORMATS  # noqa: PLC0415 - the same

    del ctx, param
    return [CompletionItem(name) for name in FORMATS if name.startswith(incomplete)]


_results = partial(click.option, cls=SectionOption, section="Results")

_FORMATS = (
    _results(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT[=PATH]",
        shell_complete=complete_formats,
        help="A report to the screen, to the file PATH, or for several files to a folder PATH/. "
        "Repeatable; `hklint report --help` has the formats.",
    ),
    _results(
        "--all-kinds",
        is_flag=True,
        help="In SARIF also what passed, does not apply, is unknown or is waived.",
    ),
    _results(
        "--checklist",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        metavar="FILE",
        help="The checklist of STIG Viewer (.cklb) that reports of the format cklb fill in.",
    ),
    _results(
        "--no-color",
        is_flag=True,
        expose_value=False,
        callback=without_color,
        help="No colours, as with the environment variable NO_COLOR; FORCE_COLOR asks for them.",
    ),
)

_RESULT = (
    *_FORMATS,
    _results(
        "--record",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Keep the run in this file, so that `hklint report` can make reports from it later.",
    ),
    _results(
        "--allow-unknown",
        is_flag=True,
        help="Unknown verdicts don't count; a host that was not reached still does.",
    ),
    _results("--quiet", "-q", is_flag=True, help="Only the tally and the exit code."),
    click.option(
        "--jobs",
        "-j",
        type=click.IntRange(min=1, max=256),
        metavar="NUMBER",
        default=DEFAULT_JOBS,
        show_default=True,
        help="Hosts asked at the same time.",
    ),
)


def format_options(command: Command) -> Command:
    """Which reports are wanted, and what is in them."""
    return apply_options(_FORMATS, command)


def result_options(fail_on: Severity) -> Callable[[Command], Command]:
    """What becomes of the verdicts; `fail_on` is the default of the option of that name."""
    threshold = _results(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        default=fail_on,
        show_default=True,
        help="The mildest severity that counts for the exit code.",
    )
    return lambda command: apply_options((threshold, *_RESULT), command)
