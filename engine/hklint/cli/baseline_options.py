"""The option `--baseline`, and what an earlier run makes of a new one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hklint.cli.sections import SectionOption
from hklint.clock import utc
from hklint.errors import UsageError
from hklint.run import Baseline, HostResult, Run, RunHeader

if TYPE_CHECKING:
    from hklint.comparing.baseline import Known

Command = Callable[..., Any]

OLD_DAYS = 90
"""Days after which a baseline is said to be old: what it excuses should have been dealt with."""
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

baseline_option = partial(click.option, cls=SectionOption, section="Results")(
    "--baseline",
    type=_FILE,
    metavar="RUN",
    help="An earlier run: what failed or was unknown in it already does not count.",
)
report_baseline_option = click.option(
    "--baseline",
    type=_FILE,
    metavar="RUN",
    help="An earlier run: mark what is new since then. The recorded exit code stays.",
)


def with_baseline(
    header: RunHeader, given: Mapping[str, Any]
) -> tuple[RunHeader, Callable[[HostResult], HostResult]]:
    """The header of a run that is held against `--baseline`, and what marks each host.

    Without that option nothing changes. What makes the two runs hard to compare is said on standard
    error. Raises UsageError, before any host is asked.
    """
    path: Path | None = given["baseline"]
    if path is None:
        return header, lambda result: result
    return _held_against(header, path, decides=True, quiet=given["quiet"])


def compared(run: Run, path: Path | None) -> Run:
    """A recorded run with marks of what is new since a baseline; its exit code is as recorded.

    Raises:
        UsageError: The run has been held against another one when it was made.
    """
    if path is None:
        return run
    if run.header.baseline is not None:
        raise UsageError(
            f"the run was made with --baseline {run.header.baseline.path}, so its reports say what "
            "is new since then; leave --baseline out"
        )
    header, marked = _held_against(run.header, path, decides=False, quiet=False)
    return Run(header, _Marked(run.hosts, marked), run.summary)


class _Marked:
    """Hosts that are marked anew at each pass, so that they need not be kept."""

    def __init__(
        self, hosts: Iterable[HostResult], marked: Callable[[HostResult], HostResult]
    ) -> None:
        self._hosts = hosts
        self._marked = marked

    def __iter__(self) -> Iterator[HostResult]:
        return map(self._marked, self._hosts)


def _held_against(
    header: RunHeader, path: Path, *, decides: bool, quiet: bool
) -> tuple[RunHeader, Callable[[HostResult], HostResult]]:
    from msgspec.structs import replace  # noqa: PLC0415 - only with a baseline

    from hklint.comparing.baseline import compare  # noqa: PLC0415 - the same
    from hklint_reports.text import visible  # noqa: PLC0415 - the same

    baseline, known = _learned(header, path)
    for note in () if quiet else _notes(header, baseline):
        click.echo(f"Note: {visible(note)}.", err=True)
    started = utc(baseline.header.started).strftime("%Y-%m-%dT%H:%M:%SZ")
    about = Baseline(str(path), started, baseline.summary.hosts, decides)
    return replace(header, baseline=about), lambda result: compare(result, known)


def _learned(header: RunHeader, path: Path) -> "tuple[Run, Known]":
    from hklint.comparing.baseline import learn  # noqa: PLC0415 - only with a baseline

    baseline = recorded_run(path)
    theirs = {policy.id for policy in baseline.header.policies}
    if not theirs & {policy.id for policy in header.policies}:
        raise UsageError(
            f"{path}: this run judged by none of the policies that are asked for, so nothing of it "
            "can be known already; give a run of the same policies, or leave --baseline out"
        )
    return baseline, learn(baseline, header)


def recorded_run(path: Path) -> Run:
    """A run from its file. Raises UsageError where it is none."""
    from hklint_reports.json_lines import open_run  # noqa: PLC0415 - only with a recorded run

    try:
        return open_run(path)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None


def _notes(header: RunHeader, baseline: Run) -> Iterator[str]:
    """What a reader has to know of a baseline that is not quite like the run."""
    from hklint.comparing.judged_by import changed_in_words  # noqa: PLC0415 - only with a baseline

    yield from _age(header, baseline.header)
    summary = baseline.summary
    missing = summary.hosts_not_reached + max(0, baseline.header.targets - summary.hosts)
    if summary.interrupted:
        yield "the baseline was interrupted: what its missing hosts have counts as new"
    elif missing:
        yield f"the baseline did not reach {missing} of its hosts: all they have counts as new"
    yield from changed_in_words(baseline.header, header)


def _age(header: RunHeader, baseline: RunHeader) -> Iterator[str]:
    age = utc(header.started) - utc(baseline.started)
    if age < timedelta():
        yield f"the baseline of {baseline.started} is younger than the run"
    elif age > timedelta(days=OLD_DAYS):
        yield (
            f"the baseline is {age.days} days old ({baseline.started}); "
            "what it excuses should have been dealt with, or be waived"
        )
