"""The hosts that fixes are derived for, with the policies that judged them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from hklint import audit
from hklint.cli.auditing import ask_for_passwords, progress, stopping
from hklint.cli.connection_options import connection
from hklint.cli.options import load_library, parse_targets
from hklint.cli.recorded_library import recorded_library
from hklint.cli.waiver_options import waiving, with_waivers
from hklint.errors import UsageError
from hklint.fleet import gather
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library
from hklint.run import HostResult, Run, RunHeader
from hklint_reports.json_lines import open_run

RUN_SUFFIX = ".jsonl"

Judged = tuple[Library, Iterator[HostResult]]
"""Hosts, and the policies that fixes are derived from."""


def judged(given: Mapping[str, Any]) -> Iterator[Judged]:
    """The hosts of recorded runs, and those that are asked now.

    Unless policies are named, runs with the same policies come together.

    Raises:
        UsageError: The sources and options don't go together, or one can't be used.
        InvalidDocumentsError: There are mistakes in a policy.
    """
    runs = [Path(text) for text in given["sources"] if text.endswith(RUN_SUFFIX)]
    targets = [text for text in given["sources"] if not text.endswith(RUN_SUFFIX)]
    if given["only"] and not runs:
        raise UsageError("--host names a host of a recorded run, and no SOURCE is one")
    if runs and not (given["policies"] or given["profiles"]):
        _check_alone(targets, given)
        yield from _by_their_own(runs, given)
    else:
        library = load_library(given)
        yield library, _by_named(library, runs, targets, given)


def _check_alone(targets: Sequence[str], given: Mapping[str, Any]) -> None:
    if targets:
        raise click.UsageError(
            f"name what to judge {targets[0]} by, with --policy or --profile: "
            "only recorded runs have their own policies"
        )
    if given["settings"]:
        raise click.UsageError(
            "--set goes with --policy or --profile: a recorded run keeps its own parameters"
        )


def _by_their_own(paths: Sequence[Path], given: Mapping[str, Any]) -> Iterator[Judged]:
    """Each run by the policies it was made with."""
    opened = [(path, _opened(path)) for path in paths]
    while opened:
        header = opened[0][1].header
        same = [item for item in opened if _same_policies(item[1].header, header)]
        opened = [item for item in opened if item not in same]
        library = recorded_library(header)
        yield library, _recorded(same, library, given)


def _by_named(
    library: Library, paths: Sequence[Path], targets: list[str], given: Mapping[str, Any]
) -> Iterator[HostResult]:
    if paths:
        yield from _recorded([(path, _opened(path)) for path in paths], library, given)
    if targets or not paths:
        yield from map(_waiving(library, given), _asked(targets, library, given))


def _same_policies(one: RunHeader, other: RunHeader) -> bool:
    return (one.policies, one.parameters, one.documents) == (
        other.policies,
        other.parameters,
        other.documents,
    )


def _waiving(library: Library, given: Mapping[str, Any]) -> Callable[[HostResult], HostResult]:
    """What marks a host's verdicts with the waivers given; a recorded run keeps its own as well."""
    if not given["waiver_paths"]:
        return lambda result: result
    header = audit.header(library, "fix", (), targets=0, fail_on="info", allow_unknown=False)
    return waiving(with_waivers(header, library, given))


def _opened(path: Path) -> Run:
    try:
        return open_run(path)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None


def _recorded(
    runs: Sequence[tuple[Path, Run]], library: Library, given: Mapping[str, Any]
) -> Iterator[HostResult]:
    only = set(given["only"])
    marked = _waiving(library, given)
    for path, run in runs:
        wanted = set(only)
        try:
            for result in run.hosts:
                if not only or result.host in only:
                    wanted.discard(result.host)
                    yield marked(result)
        except OSError as error:
            raise UsageError(f"{path}: can't be read: {error.strerror}") from None
        if wanted:
            raise UsageError(f"{path}: the run has no host {', '.join(sorted(wanted))}")


def _asked(texts: list[str], library: Library, given: Mapping[str, Any]) -> Iterator[HostResult]:
    options = connection(**given)
    targets = parse_targets(texts, options)
    policies = list(library.policies.values())
    ask_for_passwords(targets, options)
    with stopping(options), progress(len(targets)) as advance:
        for gathered in gather(targets, facts_needed(policies), options, given["jobs"]):
            yield audit.host_result(gathered, policies)
            advance()
