"""The option `--since`, and what a run tells of the changes since an earlier one."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.baseline_options import recorded_run
from hklint.cli.sections import SectionOption
from hklint.clock import utc
from hklint.errors import UsageError
from hklint.run import HostResult, RunHeader, Since

if TYPE_CHECKING:
    from hklint.linking.library import Library

since_option = partial(click.option, cls=SectionOption, section="Results")(
    "--since",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="RUN",
    help="An earlier run: tell what was fixed since, and what takes effect after a restart only.",
)


def with_since(
    header: RunHeader, library: "Library", given: Mapping[str, Any]
) -> tuple[RunHeader, Callable[[HostResult], HostResult]]:
    """The header of a run that is told `--since` another one, and what marks each host.

    Without that option nothing changes. Raises UsageError, before any host is asked.
    """
    path: Path | None = given["since"]
    if path is None:
        return header, lambda result: result
    from msgspec.structs import replace  # noqa: PLC0415 - only with this option

    from hklint.comparing.since import Story  # noqa: PLC0415 - the same

    before = recorded_run(path)
    theirs = {policy.id for policy in before.header.policies}
    if theirs.isdisjoint(library.policies):
        raise UsageError(
            f"{path}: this run judged by none of the policies that are asked for, so there is "
            "nothing to tell since then; give a run of the same policies, or leave --since out"
        )
    if not given["quiet"]:
        _note(header, before.header)
    try:
        story = Story(before, library.policies.values())
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None
    started = utc(before.header.started).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = Since(str(path), started, before.summary.hosts)
    return replace(header, since=about), story.told


def _note(header: RunHeader, before: RunHeader) -> None:
    """What a reader has to know where the two runs are not in order, or judge differently."""
    from hklint.comparing.judged_by import changed_in_words  # noqa: PLC0415 - only with --since
    from hklint_reports.text import visible  # noqa: PLC0415 - the same

    if utc(before.started) > utc(header.started):
        started = visible(before.started)
        click.echo(f"Note: the run of --since is younger than this one ({started}).", err=True)
    if any(True for _ in changed_in_words(before, header)):
        command = "`hklint diff` tells how"
        click.echo(f"Note: the run of --since was judged otherwise; {command}.", err=True)
