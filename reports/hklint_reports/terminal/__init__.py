"""The terminal report: the cause first, then every rule that did not pass, with its explanation.

It is bounded however many hosts there are: what they share is told once, of what differs the worst
is explained, and the worst hosts are listed. One pass over the hosts.
"""

from collections.abc import Iterator
from typing import TextIO

from hklint.run import Run
from hklint_reports import DEFAULTS, Options
from hklint_reports.digest import Digest
from hklint_reports.since import since_line
from hklint_reports.terminal.blocks import diagnosis_block, missed_block
from hklint_reports.terminal.ending import ending, gate_line
from hklint_reports.terminal.fleet import host_lines, hosts_listed
from hklint_reports.terminal.page import Line, Page, hanging, plain, print_lines, signs_for
from hklint_reports.terminal.skipped import heading, recorded_lines, skipped_lines
from hklint_reports.terminal.verdicts import verdict_blocks
from hklint_reports.terminal.waivers import waiver_lines
from hklint_reports.text import counted, visible
from hklint_reports.wording import not_asked

CAUSES_SHOWN = 5
MISSES_SHOWN = 8
"""Where there are many hosts, unless all are asked for."""


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write what people read, in their terminal's characters and width."""
    page = Page(run, options, signs_for(stream))
    lines = _quiet_lines(page) if options.quiet else _lines(page)
    print_lines(lines, stream, color=options.color)


def _quiet_lines(page: Page) -> Iterator[Line]:
    """Of a gate also its own line: it names what is waived, known, or judged by older facts."""
    if page.run.header.command == "gate":
        yield gate_line(page.run)
    yield from ending(page)


def _lines(page: Page) -> Iterator[Line]:
    for block in _blocks(page):
        if block:
            yield from block
            yield ()
    yield from ending(page)


def _blocks(page: Page) -> Iterator[list[Line]]:
    run, verbose = page.run, page.options.verbose
    digest = Digest(run, worst_hosts=hosts_listed(page), passes=verbose, evidence=verbose)
    if run.header.command == "gate":
        yield [gate_line(run)]
    yield [*_since(page, digest)]
    yield [*_heading(page, digest)]
    causes = [diagnosis_block(page, cause) for cause in digest.causes]
    yield from _shortened(page, causes, CAUSES_SHOWN, "diagnoses")
    yield from verdict_blocks(page, digest)
    misses = [missed_block(page, missed) for missed in digest.missed]
    yield from _shortened(page, misses, MISSES_SHOWN, "reasons why hosts were not reached")
    yield [*skipped_lines(page, digest), *recorded_lines(page, digest)]
    yield [*waiver_lines(page)]
    yield [*host_lines(page, digest.worst_hosts)]
    if run.summary.interrupted:
        yield [plain(not_asked(run), "unknown")]


def _heading(page: Page, digest: Digest) -> Iterator[Line]:
    """What was looked at: the one host by name, and on request where the judgement comes from."""
    if page.single and digest.first is not None:
        yield from heading(digest.first)
    if page.options.verbose:
        header = page.run.header
        for policy in header.policies:
            about = f"policy {policy.id} {policy.version}  {policy.path}  sha256 {policy.sha256}"
            yield plain(about)
        yield plain(f"hklint {header.hklint}, {header.started} to {page.run.summary.ended}")


def _since(page: Page, digest: Digest) -> Iterator[Line]:
    """What the change did, and where there are several hosts, on which of them."""
    said, width = since_line(page.run), page.options.width
    if not said:
        return
    yield from hanging((), said, width)
    if not page.single:
        for host, text in digest.since:
            yield from hanging((("  ", ""), (f"{visible(host)}: ", "strong")), text, width)
        if more := digest.since_hosts - len(digest.since):
            yield plain(f"  ... and {counted(more, 'more host')}")


def _shortened(page: Page, blocks: list[list[Line]], limit: int, what: str) -> Iterator[list[Line]]:
    shown = blocks[:limit] if page.shortened else blocks
    yield from shown
    if more := len(blocks) - len(shown):
        yield [plain(f"... and {more} more {what}; --verbose explains them")]
