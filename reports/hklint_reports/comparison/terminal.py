"""A comparison for people: what got worse first, with the facts that differ."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TextIO

from hklint.comparison import Change, Compared, Comparison, Kind
from hklint_reports import DEFAULTS, Options
from hklint_reports.comparison.wording import (
    HOST_WORDS,
    WORDS,
    answer,
    cause_text,
    exit_reason,
    facts_text,
    hosts_changed,
    judged_otherwise,
    reason,
    side_text,
    tally,
    warnings,
)
from hklint_reports.terminal.page import Line, Style, hanging, labelled, plain, print_lines, wrapped
from hklint_reports.text import counted, visible

INDENT = 5
HOSTS_SHOWN = 8
BLOCKS_SHOWN = 40
"""Changes of one kind that are shown; the JSON has all."""
EXPLAINED = (
    *(Kind.NEWLY_FAILING, Kind.WAIVER_ENDED, Kind.NEWLY_UNKNOWN),
    *(Kind.APPLIES_NO_MORE, Kind.NEWLY_WAIVED, Kind.FIXED),
)
"""Kinds that are told in blocks; others take a line for each rule."""
LISTED = (Kind.STILL_FAILING, Kind.STILL_UNKNOWN, Kind.STILL_WAIVED, Kind.GONE, Kind.NEWLY_PASSING)
_STYLES: dict[Kind, Style] = {
    Kind.NEWLY_FAILING: "fail",
    Kind.WAIVER_ENDED: "fail",
    Kind.NEWLY_UNKNOWN: "unknown",
    Kind.STILL_FAILING: "fail",
    Kind.STILL_UNKNOWN: "unknown",
    Kind.FIXED: "pass",
    Kind.NEWLY_PASSING: "pass",
}


def write(found: Comparison, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write what people read, in their terminal's characters and width."""
    lines = _ending(found, options) if options.quiet else _lines(found, options)
    print_lines(lines, stream, color=options.color)


def _lines(found: Comparison, options: Options) -> Iterator[Line]:
    for block in _blocks(found, options):
        lines = list(block)
        yield from lines
        if lines:
            yield ()
    yield from _ending(found, options)


def _blocks(found: Comparison, options: Options) -> Iterator[Iterable[Line]]:
    style = _answer_style(found)
    yield hanging(((answer(found), style), (": ", "strong")), reason(found), options.width)
    yield _about(found)
    yield from ([plain(note, "unknown")] for note in warnings(found))
    yield _judged_otherwise(found, options)
    for kind in EXPLAINED[:3]:
        yield from _explained(found, kind, options)
    yield _hosts(found, options)
    for kind in LISTED[:3]:
        yield _listed(found, kind, options)
    for kind in EXPLAINED[3:]:
        yield from _explained(found, kind, options)
    for kind in LISTED[3:]:
        yield _listed(found, kind, options)


def _answer_style(found: Comparison) -> Style:
    return {0: "pass", 1: "fail"}.get(found.exit_code, "unknown")  # type: ignore[return-value]


def _about(found: Comparison) -> Iterator[Line]:
    yield plain(f"before  {_run_text(found.before)}")
    yield plain(f"after   {_run_text(found.after)}")


def _run_text(run: Compared) -> str:
    missing = f", {run.not_reached} not reached" if run.not_reached else ""
    return f"{run.started}  {counted(run.hosts, 'host')}{missing}  {run.path}"


def _judged_otherwise(found: Comparison, options: Options) -> Iterator[Line]:
    lines = list(judged_otherwise(found))
    if lines:
        yield plain("Judged by something else than before", "strong")
        yield from labelled(options.width, 2, lines)


def _explained(found: Comparison, kind: Kind, options: Options) -> Iterator[Iterable[Line]]:
    changes = [change for change in found.changes if change.kind is kind]
    for change in changes[:BLOCKS_SHOWN]:
        yield _block(change, found, options)
    if (more := len(changes) - BLOCKS_SHOWN) > 0:
        yield [plain(f"{WORDS[kind]}: {more} more; `--format json` has them")]


def _block(change: Change, found: Comparison, options: Options) -> Iterator[Line]:
    style = _STYLES.get(change.kind, "beside")
    head = f"{WORDS[change.kind].upper()}[{visible(change.rule)}]"
    title = f"{_title(change)}  ({change.severity})"
    yield from hanging(((head, style), (": ", "strong")), title, options.width)
    yield from _indented(_hosts_text(change, found), options)
    texts = [("now", side_text(change.now)), ("before", side_text(change.was))]
    texts += [("because", text) for text in facts_text(change)]
    if by := cause_text(change, found):
        texts.append(("turned by", by))
    yield from labelled(options.width, INDENT, texts)


def _title(change: Change) -> str:
    """The title, with the instance if the title does not name its values already."""
    values = [pair.partition("=")[2] for pair in change.instance.split(",")]
    named = all(value in change.title for value in values)
    return change.title if named else f"{change.title} [{change.instance}]"


def _indented(text: str, options: Options) -> Iterator[Line]:
    for line in wrapped(text, options.width - 2):
        yield ((f"  {line}", ""),)


def _hosts_text(change: Change, found: Comparison) -> str:
    more = len(change.hosts) - HOSTS_SHOWN
    names = ", ".join(map(visible, change.hosts[:HOSTS_SHOWN]))
    of = counted(found.after.hosts, "host")
    return f"on {len(change.hosts)} of {of}: {names}{f' and {more} more' if more > 0 else ''}"


def _hosts(found: Comparison, options: Options) -> Iterator[Line]:
    """The hosts that only one of the runs judged, a line each."""
    hosts = list(hosts_changed(found))
    if not hosts:
        return
    yield plain("Hosts that only one of the runs judged", "strong")
    width = max(len(HOST_WORDS[state]) for state, _, _ in hosts[:BLOCKS_SHOWN])
    for state, host, text in islice(hosts, BLOCKS_SHOWN):
        style: Style = "unknown" if state in ("lost", "silent") or host.reason else "beside"
        head: Line = ((f"  {HOST_WORDS[state]:<{width}}  ", style), (visible(host.host), ""))
        yield from hanging((*head, (": ", "")), text, options.width)
    if (more := len(hosts) - BLOCKS_SHOWN) > 0:
        yield plain(f"  and {more} more; `--format json` has them")


def _listed(found: Comparison, kind: Kind, options: Options) -> Iterator[Line]:
    """The rules of a kind, a line each."""
    changes = [change for change in found.changes if change.kind is kind]
    if not changes:
        return
    yield plain(f"{WORDS[kind].capitalize()}: {counted(found.counts[kind], 'verdict')}", "strong")
    for change in changes[:BLOCKS_SHOWN]:
        was = f"; {side_text(change.was)}" if kind is Kind.GONE else ""
        text = f"{change.name} ({change.severity}) {_hosts_text(change, found)}{was}"
        yield from hanging((("  ", ""),), text, options.width)
    if (more := len(changes) - BLOCKS_SHOWN) > 0:
        yield plain(f"  and {more} more; `--format json` has them")


def _ending(found: Comparison, options: Options) -> Iterator[Line]:
    """The last two lines: the tally, and the exit code with the file that was written."""
    yield from (plain(line) for line in wrapped(tally(found), options.width))
    written = ", ".join(map(visible, options.written))
    files = f"  Written: {written}" if written else ""
    head: Line = ((f"exit {found.exit_code}", _answer_style(found)),)
    why = f": {reason(found)}" if options.quiet else ""
    yield (*head, (f": {exit_reason(found)}{why}.{files}", ""))
