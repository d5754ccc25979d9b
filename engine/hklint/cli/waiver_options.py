"""Options about waivers, and what they make of a run."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.sections import SectionOption
from hklint.run import MOST_WARN_DAYS, HostResult, RunHeader
from hklint.waiver import EXPIRED_WAIVERS, WARN_DAYS, read_moment

if TYPE_CHECKING:
    from hklint.linking.library import Library

Command = Callable[..., Any]

_waivers = partial(click.option, cls=SectionOption, section="Waivers")

_FILES = _waivers(
    "--waivers",
    "waiver_paths",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="File or folder with waivers: failures that were accepted for a time. Repeatable.",
)
_WARN_DAYS = _waivers(
    "--warn-days",
    type=click.IntRange(min=0, max=MOST_WARN_DAYS),
    metavar="DAYS",
    default=WARN_DAYS,
    show_default=True,
    help="How long before its end a waiver is said to expire soon.",
)


def waiver_options(command: Command) -> Command:
    """Which waivers there are, and what becomes of those that have expired or are about to."""
    helped = "What a waiver does that has expired and is needed: warn, or end with exit code 1."
    return _FILES(_expired(helped)(_WARN_DAYS(command)))


def waivers_option(command: Command) -> Command:
    """Which waivers there are, where nothing depends on their ends but whether they hold."""
    return _FILES(command)


def end_options(command: Command) -> Command:
    """What becomes of waivers that have expired or are about to, whether or not they are needed."""
    helped = "What a waiver does that has expired: warn, or end with exit code 1."
    return _expired(helped)(_WARN_DAYS(command))


def _expired(helped: str) -> Callable[[Command], Command]:
    return _waivers(
        "--expired-waivers",
        type=click.Choice(EXPIRED_WAIVERS),
        default=EXPIRED_WAIVERS[0],
        show_default=True,
        help=helped,
    )


def with_waivers(header: RunHeader, library: "Library", given: Mapping[str, Any]) -> RunHeader:
    """The header of a run with the waivers that it was given, and with their text.

    Raises UsageError and InvalidDocumentsError, before any host is asked.
    """
    from msgspec.structs import replace  # noqa: PLC0415 - only commands that ask hosts

    from hklint.linking.waiver_files import read_waivers  # noqa: PLC0415 - the same

    found = read_waivers(given["waiver_paths"], library.rules, every_policy=False)
    return replace(
        header,
        documents={**header.documents, **found.documents},
        waivers=found.waivers,
        expired_waivers=given.get("expired_waivers", EXPIRED_WAIVERS[0]),
        warn_days=given.get("warn_days", WARN_DAYS),
    )


def waiving(header: RunHeader) -> Callable[[HostResult], HostResult]:
    """What marks a host's verdicts with the waivers that were in force when the run began."""
    from hklint.judging.waivers import scopes, waive  # noqa: PLC0415 - only commands that ask hosts

    known, moment = scopes(header.waivers), read_moment(header.started)
    return lambda result: waive(result, known, moment)
