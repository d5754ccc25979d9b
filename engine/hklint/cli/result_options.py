"""Options about what becomes of the verdicts of a run."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from hklint.cli.options import Command, apply_options
from hklint.cli.sections import SectionOption
from hklint.verdict import SEVERITIES, Severity

DEFAULT_JOBS = 16

_results = partial(click.option, cls=SectionOption, section="Results")

_RESULT = (
    _results(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT[=PATH]",
        help="terminal, html, jsonl, junit or sarif; to the screen, or to PATH. Repeatable.",
    ),
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
