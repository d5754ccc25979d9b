"""The waivers of a run that need attention: expired, soon to expire, not needed, for every host."""

from collections.abc import Iterator

from hklint.waiver import Waiver, WaiverState, moment_text
from hklint_reports.terminal.page import Line, Page, Style, plain, wrapped
from hklint_reports.text import counted
from hklint_reports.waiving import WORDS, about, waiver_notes, whose

WORD_WIDTH = max(map(len, WORDS))


def waiver_lines(page: Page) -> Iterator[Line]:
    """How many are in force, and those to be told of; nothing in a run without waivers.

    With `verbose` those in force are listed as well.
    """
    run = page.run
    if not run.header.waivers:
        return
    in_force = [
        waiver
        for waiver, status in zip(run.header.waivers, run.summary.waivers, strict=True)
        if status.state in (WaiverState.ACTIVE, WaiverState.EXPIRING)
    ]
    number = counted(len(run.header.waivers), "waiver")
    yield plain(f"Waivers: {len(in_force)} of {number} in force", "strong")
    for note in waiver_notes(run):
        style: Style = "fail" if note.urgent else "unknown"
        yield from _entry(page, (note.word, style), note.waiver, note.text)
    for waiver in in_force if page.options.verbose else ():
        yield from _entry(
            page, ("in force", "beside"), waiver, f"until {moment_text(waiver.until)}"
        )


def _entry(page: Page, word: tuple[str, Style], waiver: Waiver, text: str) -> Iterator[Line]:
    label, style = word
    for part in (f"{about(waiver)} {text}", whose(waiver)):
        for line in wrapped(part, page.options.width - WORD_WIDTH - 4):
            yield ((f"  {label:<{WORD_WIDTH}}  ", style), (line, ""))
            label = ""
