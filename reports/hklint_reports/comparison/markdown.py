"""A comparison as a comment on a pull request.

GitHub takes 65,536 characters in a comment. What does not fit is counted, the mildest first, and
stands in the JSON. Text of hosts is in code spans, where it is no markup, link or mention.
"""

import re
from collections.abc import Iterable, Sequence
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
from hklint_reports.text import counted, markdown, visible

LIMIT = 65_000
"""Characters of a comment, somewhat below what GitHub takes."""
ROWS_SHOWN = 100
HOSTS_SHOWN = 10
FACTS_SHOWN = 5
TEXT_SHOWN = 300
_MORE_ROOM = 200
"""Characters kept for the end of a section and the line that counts what is left out."""
_OPEN = (Kind.NEWLY_FAILING, Kind.WAIVER_ENDED, Kind.NEWLY_UNKNOWN)
_FOLDED = (
    *(Kind.STILL_FAILING, Kind.STILL_UNKNOWN, Kind.NEWLY_WAIVED, Kind.STILL_WAIVED),
    *(Kind.APPLIES_NO_MORE, Kind.GONE, Kind.FIXED, Kind.NEWLY_PASSING),
)
_LINKED = re.compile(r"[@#]|://|www\.|GH-", re.IGNORECASE)
"""What GitHub makes a mention, a reference or a link of, wherever it stands in a paragraph."""


def write(found: Comparison, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write the comment; `quiet` leaves the answer alone."""
    paper = _Paper(LIMIT)
    paper.add(f"## hklint diff: {answer(found).lower()}\n\n**{_words(reason(found))}**\n")
    ending = f"\n{tally(found)}. exit {found.exit_code}: {exit_reason(found)}.\n"
    paper.keep(len(ending))
    if not options.quiet:
        _body(found, paper)
    stream.writelines((*paper.pieces, ending))


class _Paper:
    """Pieces of text that together stay within a number of characters."""

    def __init__(self, room: int) -> None:
        self.pieces: list[str] = []
        self._room = room

    def keep(self, characters: int) -> None:
        """Leave room for what comes in the end."""
        self._room -= characters

    def add(self, text: str) -> bool:
        """Add a text if there is room for it."""
        if len(text) > self._room:
            return False
        self._room -= len(text)
        self.pieces.append(text)
        return True

    def section(self, opening: str, rows: Sequence[str], closing: str = "") -> None:
        """A heading with its rows, as many as there is room for; the others are counted."""
        if not rows:
            return
        self.keep(_MORE_ROOM)
        shown = 0
        if self.add(opening):
            for row in rows[:ROWS_SHOWN]:
                if not self.add(row):
                    break
                shown += 1
            left = f"\nand {len(rows) - shown} more, in the JSON\n" if shown < len(rows) else ""
            self.pieces.append(f"{left}{closing}")
        self.keep(-_MORE_ROOM)


def _body(found: Comparison, paper: _Paper) -> None:
    runs = (_run_row("before", found.before), _run_row("after", found.after))
    paper.section("\n| run | began | hosts | file |\n|---|---|---|---|\n", runs)
    paper.section("", [f"\n> {_words(note)}\n" for note in warnings(found)])
    otherwise = [f"- {label}: {_code(text)}\n" for label, text in judged_otherwise(found)]
    paper.section("\n### Judged by something else than before\n\n", otherwise)
    for kind in _OPEN:
        table = "| rule | severity | hosts | why |\n|---|---|---|---|\n"
        rows = [_row(change, _why(change, found)) for change in _of(found, kind)]
        paper.section(f"\n### {_heading(found, kind)}\n\n{table}", rows)
    hosts = [
        f"| {_code(host.host)} | {HOST_WORDS[state]} | {_words(text)} |\n"
        for state, host, text in hosts_changed(found)
    ]
    table = "| host | | |\n|---|---|---|\n"
    paper.section(f"\n### Hosts that only one of the runs judged\n\n{table}", hosts)
    for kind in _FOLDED:
        opening = f"\n<details><summary>{_heading(found, kind)}</summary>\n\n"
        table = "| rule | severity | hosts | why |\n|---|---|---|---|\n"
        rows = [_row(change, _why(change, found)) for change in _of(found, kind)]
        paper.section(opening + table, rows, "\n</details>\n")


def _run_row(label: str, run: Compared) -> str:
    missing = f", {run.not_reached} not reached" if run.not_reached else ""
    hosts = f"{run.hosts}{missing}"
    return f"| {label} | {_code(run.started)} | {hosts} | {_code(run.path)} |\n"


def _of(found: Comparison, kind: Kind) -> list[Change]:
    return [change for change in found.changes if change.kind is kind]


def _heading(found: Comparison, kind: Kind) -> str:
    return f"{WORDS[kind].capitalize()}: {counted(found.counts[kind], 'verdict')}"


def _row(change: Change, why: Iterable[str]) -> str:
    more = len(change.hosts) - HOSTS_SHOWN
    names = ", ".join(map(_code, change.hosts[:HOSTS_SHOWN]))
    hosts = f"{len(change.hosts)}: {names}{f' and {more} more' if more > 0 else ''}"
    rule = f"{_code(change.name)}<br>{_words(change.title)}"
    return f"| {rule} | {change.severity} | {hosts} | {'<br>'.join(why)} |\n"


def _why(change: Change, found: Comparison) -> list[str]:
    """What is, what was, and what made it so."""
    texts = [f"now {_code(side_text(change.now))}"]
    if change.was != change.now:
        texts.append(f"before {_code(side_text(change.was))}")
    facts = list(facts_text(change))
    texts += map(_code, facts[:FACTS_SHOWN])
    if len(facts) > FACTS_SHOWN:
        texts.append(f"and {len(facts) - FACTS_SHOWN} more facts")
    if by := cause_text(change, found):
        texts.append(_words(by))
    return texts


def _code(text: str) -> str:
    """Text of any origin in a code span of a table's cell, where only these two have a meaning."""
    shown = visible(text, TEXT_SHOWN).replace("`", r"\x60").replace("|", r"\x7c")
    return f"`{shown}`" if shown.strip() else ""


def _words(text: str) -> str:
    """Words of ours or of a policy; with anything that GitHub would link they are code."""
    return _code(text) if _LINKED.search(text) else markdown(text)
