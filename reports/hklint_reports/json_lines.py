r"""The run file: a header, a line for each host in the order given, and a summary.

Lines are JSON in pure ASCII, so no editor, terminal or diff can be led astray by what a host said,
and lone surrogates survive. `#` after `#` is written `\u0023`: build servers see no command.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, TextIO

import msgspec

from hklint.errors import UsageError
from hklint.exit_code import Exit, worst
from hklint.gate import exit_code
from hklint.judging.waivers import statuses
from hklint.run import (
    OLDEST_RUN_VERSION,
    RUN_VERSION,
    HostResult,
    Run,
    RunHeader,
    RunLine,
    Summary,
    count_outcomes,
    count_waived,
)
from hklint_reports import DEFAULTS, Options
from hklint_reports.times import utc, utc_or


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write a whole run."""
    del options
    write_line(run.header, stream)
    for host in run.hosts:
        write_line(host, stream)
    write_line(run.summary, stream)


def write_line(line: RunLine, stream: TextIO) -> None:
    """Write one line: the header, a host or the summary."""
    document = json.dumps(msgspec.to_builtins(line), separators=(",", ":"))
    stream.write(document.replace("##", "#\\u0023") + "\n")


def read_run(lines: Iterable[str], name: str = "run") -> Run:
    """Read a run back; `name` is what messages call the file.

    A run that was cut off, even in the middle of its last line, comes back as interrupted.

    Raises:
        UsageError: A line is no line of a run, or the lines do not belong together.
    """
    header: RunHeader | None = None
    hosts: list[HostResult] = []
    summary: Summary | None = None
    rules: set[tuple[str, str]] = set()
    waivers: set[str] = set()
    for place, line in _parsed(lines, name):
        if summary is not None:
            raise UsageError(f"{place}: a line behind the summary; a run file holds one run")
        if isinstance(line, RunHeader):
            if header is not None:
                raise UsageError(f"{place}: a second header; a run file holds one run")
            header = line
            rules = {(policy.id, rule.id) for policy in line.policies for rule in policy.rules}
            waivers = {waiver.id for waiver in line.waivers}
        elif header is None:
            raise UsageError(f"{place}: a run begins with its header, this is something else")
        elif isinstance(line, HostResult):
            _check_rules(line, rules, place)
            _check_waivers(line, waivers, place)
            hosts.append(line)
        else:
            _check_counts(header, line, hosts, place)
            summary = line
    if header is None:
        raise UsageError(f"{name}: there is no run in it; give a file made with --record")
    return Run(header, tuple(hosts), summary or _rebuilt_summary(header, hosts))


def _parsed(lines: Iterable[str], name: str) -> Iterator[tuple[str, RunLine]]:
    """Each line with its place. A last line that lacks its end was never finished."""
    numbered = enumerate(lines, 1)
    for number, text in numbered:
        if not text.strip():
            continue
        place = f"{name}:{number}"
        try:
            document: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            if number > 1 and not text.endswith("\n") and next(numbered, None) is None:
                return
            raise UsageError(f"{place}: this is no JSON; give a file made with --record") from error
        try:
            _check_version(document, place)
            line = msgspec.convert(document, RunHeader | HostResult | Summary)
            _check_times(line)
        except ValueError as error:
            raise UsageError(f"{place}: this is no line of a run: {error}") from error
        yield place, line


class _Stamp(msgspec.Struct):
    """What every version of the format has in its header."""

    kind: str
    version: int = RUN_VERSION
    hklint: str = "(version not given)"


def _check_version(document: object, place: str) -> None:
    stamp = msgspec.convert(document, _Stamp)
    if stamp.kind == "run" and not OLDEST_RUN_VERSION <= stamp.version <= RUN_VERSION:
        raise UsageError(
            f"{place}: the run is recorded in version {stamp.version} of the format, and this "
            f"hklint reads versions {OLDEST_RUN_VERSION} to {RUN_VERSION}: use hklint "
            f"{stamp.hklint}, which recorded it"
        )


def _check_times(line: RunLine) -> None:
    match line:
        case RunHeader(started=text) | Summary(ended=text):
            utc(text)
        case HostResult():
            pass


def _check_rules(host: HostResult, rules: set[tuple[str, str]], place: str) -> None:
    for verdict in host.verdicts:
        if (verdict.policy, verdict.rule) not in rules:
            raise UsageError(
                f"{place}: rule {verdict.rule!r} of policy {verdict.policy!r} is not in the header"
            )


def _check_waivers(host: HostResult, waivers: set[str], place: str) -> None:
    named = [use.id for use in host.waivers]
    named += [verdict.waiver.id for verdict in host.verdicts if verdict.waiver is not None]
    for waiver in named:
        if waiver not in waivers:
            raise UsageError(f"{place}: waiver {waiver!r} is not in the header")


def _check_counts(header: RunHeader, summary: Summary, hosts: list[HostResult], place: str) -> None:
    expected = _counted(header, hosts)
    if any(getattr(summary, name) != value for name, value in expected.items()):
        raise UsageError(
            f"{place}: the summary counts other hosts or verdicts than the lines above have; "
            "the file was changed after it was recorded"
        )


def _counted(header: RunHeader, hosts: list[HostResult]) -> dict[str, Any]:
    """The fields of a summary that follow from the lines above it."""
    return {
        "hosts": len(hosts),
        "hosts_not_reached": sum(host.failure is not None for host in hosts),
        "counts": count_outcomes(hosts),
        "waived": count_waived(hosts),
        "waivers": statuses(header, hosts),
    }


def _rebuilt_summary(header: RunHeader, hosts: list[HostResult]) -> Summary:
    """The summary of a run that never got to write its own: it is undetermined at best."""
    started = utc(header.started)
    ended = max(
        (utc_or(host.started, started) + timedelta(seconds=host.seconds) for host in hosts),
        default=started,
    )
    return Summary(
        ended=ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        interrupted=True,
        exit_code=worst([exit_code(header, hosts), Exit.UNDETERMINED]),
        **_counted(header, hosts),
    )
