r"""The run file: a header, a line for each host in the order given, and a summary.

Lines are JSON in pure ASCII, so no editor, terminal or diff can be led astray by what a host said,
and lone surrogates survive. `#` after `#` is written `\u0023`: build servers see no command.
"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import msgspec

from hklint.clock import utc, utc_or
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
)
from hklint.tally import Tally
from hklint_reports import DEFAULTS, Options

_HOST = msgspec.json.Decoder(HostResult)


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write a whole run."""
    del options
    write_line(run.header, stream)
    for host in run.hosts:
        write_line(host, stream)
    write_line(run.summary, stream)


def write_line(line: RunLine, stream: TextIO) -> None:
    """Write one line: the header, a host or the summary."""
    stream.write(ascii_json(line) + "\n")


def ascii_json(document: object) -> str:
    """JSON in printable ASCII, on one line, without a command of a build server."""
    try:
        encoded = msgspec.json.encode(document)
    except UnicodeEncodeError:  # a lone surrogate
        encoded = b"\xff"
    if encoded.isascii():
        text = encoded.decode("ascii").replace("\x7f", "\\u007f")
    else:
        text = json.dumps(msgspec.to_builtins(document), separators=(",", ":"))
    return text.replace("##", "#\\u0023")


def read_run(lines: Iterable[str], name: str = "run") -> Run:
    """Read a run back into memory; `name` is what messages call the file.

    A run that was cut off, even in the middle of its last line, comes back as interrupted.

    Raises:
        UsageError: A line is no line of a run, or the lines do not belong together.
    """
    reading = _Reading(name)
    encoded = (line.encode("utf-8", "surrogatepass") for line in lines)
    hosts = tuple(reading.hosts(encoded))
    return reading.run(hosts)


def open_run(path: Path) -> Run:
    """A run whose hosts stay in its file, and are read anew at each pass over them.

    All of it is read once, and checked as `read_run` does. A run from a pipe is kept in memory.

    Raises:
        UsageError: As with `read_run`; also later, when the file has changed since.
        OSError: The file can't be read.
    """
    reading = _Reading(str(path))
    with path.open("rb") as file:
        if not path.is_file():
            return reading.run(tuple(reading.hosts(file)))
        before = _state(file.fileno())
        number = sum(1 for _ in reading.hosts(file))
    return reading.run(RecordedHosts(path, number, before))


class RecordedHosts:
    """The hosts of a run file that has been checked."""

    def __init__(self, path: Path, number: int, state: tuple[int, ...]) -> None:
        self._path = path
        self._number = number
        self._state = state

    def __iter__(self) -> Iterator[HostResult]:
        """One pass over the file, which is what it was before and is so in the end."""
        with self._path.open("rb") as file:
            self._check(file)
            hosts = islice(filter(bytes.strip, file), 1, self._number + 1)
            try:
                yield from map(decode_host, hosts)
            except ValueError:
                raise self._changed() from None
            self._check(file)

    def _check(self, file: BinaryIO) -> None:
        if _state(file.fileno()) != self._state:
            raise self._changed()

    def _changed(self) -> UsageError:
        return UsageError(f"{self._path}: the file has changed while it was read")


def _state(descriptor: int) -> tuple[int, ...]:
    """What differs when a file was changed or replaced."""
    found = os.fstat(descriptor)
    return found.st_ino, found.st_size, found.st_mtime_ns


def decode_host(line: bytes) -> HostResult:
    """One host from its line.

    Raises:
        ValueError: It is no such line.
    """
    try:
        return _HOST.decode(line)
    except (msgspec.DecodeError, UnicodeError):  # lone surrogates are beyond msgspec
        return msgspec.convert(json.loads(line), HostResult)


class _Reading:
    """What has been read of a run so far, checked line by line."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tally: Tally | None = None
        self._summary: Summary | None = None
        self._ended = datetime.min.replace(tzinfo=UTC)
        self._rules: set[tuple[str, str]] = set()
        self._waivers: set[str] = set()

    def hosts(self, lines: Iterable[bytes]) -> Iterator[HostResult]:
        """The hosts of the run, each as it has been checked."""
        for place, line in _parsed(lines, self._name):
            if self._summary is not None:
                raise UsageError(f"{place}: a line behind the summary; a run file holds one run")
            if isinstance(line, RunHeader):
                self._begin(line, place)
            elif self._tally is None:
                raise UsageError(f"{place}: a run begins with its header, this is something else")
            elif isinstance(line, HostResult):
                self._check_names(line, place)
                self._tally.add(line)
                self._ended = max(self._ended, _end(line, self._ended))
                yield line
            else:
                _check_counts(self._tally, line, place)
                self._summary = line

    def _begin(self, header: RunHeader, place: str) -> None:
        if self._tally is not None:
            raise UsageError(f"{place}: a second header; a run file holds one run")
        self._tally = Tally(header)
        self._ended = utc(header.started)
        self._rules = {(policy.id, rule.id) for policy in header.policies for rule in policy.rules}
        self._waivers = {waiver.id for waiver in header.waivers}

    def _check_names(self, host: HostResult, place: str) -> None:
        """Raises UsageError where a host names a rule or a waiver that the header has not."""
        named = [use.id for use in host.waivers]
        for verdict in host.verdicts:
            if (verdict.policy, verdict.rule) not in self._rules:
                where = f"policy {verdict.policy!r} is not in the header"
                raise UsageError(f"{place}: rule {verdict.rule!r} of {where}")
            if verdict.waiver is not None:
                named.append(verdict.waiver.id)
        for waiver in named:
            if waiver not in self._waivers:
                raise UsageError(f"{place}: waiver {waiver!r} is not in the header")

    def run(self, hosts: Iterable[HostResult]) -> Run:
        """The run with these hosts, which are those that have been read."""
        if self._tally is None:
            raise UsageError(f"{self._name}: there is no run in it; give a file made with --record")
        summary = self._summary or _rebuilt_summary(self._tally, self._ended)
        return Run.counted(self._tally, hosts, summary)


def _parsed(lines: Iterable[bytes], name: str) -> Iterator[tuple[str, RunLine]]:
    """Each line with its place. A last line that lacks its end was never finished."""
    numbered = enumerate(lines, 1)
    for number, text in numbered:
        if not text.strip():
            continue
        place = f"{name}:{number}"
        try:
            yield place, _line(text, place)
        except json.JSONDecodeError as error:
            if number > 1 and not text.endswith(b"\n") and next(numbered, None) is None:
                return
            raise UsageError(f"{place}: this is no JSON; give a file made with --record") from error
        except ValueError as error:
            raise UsageError(f"{place}: this is no line of a run: {error}") from error


def _line(text: bytes, place: str) -> RunLine:
    """A line of a run. Raises JSONDecodeError if it is none of JSON, and ValueError."""
    try:
        return _HOST.decode(text)
    except (msgspec.DecodeError, UnicodeError):  # no host, or lone surrogates
        document = _json(text)
    _check_version(document, place)
    line: RunLine = msgspec.convert(document, RunHeader | HostResult | Summary)
    match line:
        case RunHeader(started=moment) | Summary(ended=moment):
            utc(moment)
        case HostResult():
            pass
    return line


def _json(text: bytes) -> object:
    try:
        document: object = json.loads(text)
    except (RecursionError, UnicodeDecodeError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from error
    return document


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


def _check_counts(tally: Tally, summary: Summary, place: str) -> None:
    if any(getattr(summary, name) != value for name, value in _counted(tally).items()):
        raise UsageError(
            f"{place}: the summary counts other hosts or verdicts than the lines above have; "
            "the file was changed after it was recorded"
        )
    code = _exit_code(tally, interrupted=summary.interrupted)
    if summary.exit_code != code:
        raise UsageError(
            f"{place}: the summary has exit code {summary.exit_code}, and the lines above give "
            f"{code:d}; the file was changed after it was recorded"
        )


def _exit_code(tally: Tally, *, interrupted: bool) -> Exit:
    """An interrupted run is undetermined at best."""
    return worst([exit_code(tally), Exit.UNDETERMINED if interrupted else Exit.PASSED])


def _counted(tally: Tally) -> dict[str, Any]:
    """The fields of a summary that follow from the lines above it."""
    return {
        "hosts": tally.hosts,
        "hosts_not_reached": tally.not_reached,
        "counts": tally.counts,
        "waived": dict(tally.waived),
        "waivers": statuses(tally),
    }


def _end(host: HostResult, otherwise: datetime) -> datetime:
    """When a host had been asked; `otherwise` where that is not known."""
    return utc_or(host.started, otherwise) + timedelta(seconds=host.seconds)


def _rebuilt_summary(tally: Tally, ended: datetime) -> Summary:
    """The summary of a run that never got to write its own."""
    return Summary(
        ended=ended.strftime("%Y-%m-%dT%H:%M:%SZ"),
        interrupted=True,
        exit_code=_exit_code(tally, interrupted=True),
        **_counted(tally),
    )
