"""Blocks of the terminal report: a headline, the policy's line with a caret, then the reasons."""

from collections.abc import Iterator

from rich.cells import cell_len

from hklint.failure import MEANING, Failure
from hklint.verdict import Diagnosis, Outcome, Verdict
from hklint_reports.digest import Missed
from hklint_reports.digest.groups import Group, Hosts
from hklint_reports.digest.rules import in_baseline
from hklint_reports.digest.stories import Story, told_together
from hklint_reports.since import mark
from hklint_reports.terminal.page import (
    GOES_ON,
    Line,
    Page,
    Style,
    hosts_text,
    labelled,
    wrapped,
)
from hklint_reports.terminal.quote import quote
from hklint_reports.text import visible
from hklint_reports.wording import expectation, failure_parts, row_place

WORDS: dict[Outcome, tuple[str, Style]] = {
    Outcome.PASS: ("PASS", "pass"),
    Outcome.FAIL: ("FAIL", "fail"),
    Outcome.UNKNOWN: ("UNKNOWN", "unknown"),
    Outcome.NOT_APPLICABLE: ("NOT APPLICABLE", "beside"),
}
INDENT = 5
"""Columns before `=` where a block quotes no line."""


def diagnosis_block(page: Page, group: Group[Diagnosis]) -> list[Line]:
    """The cause behind the verdicts, the row that decided it, and what to do."""
    found = group.item
    own = [row for row in found.rows if row.model == found.model]
    rows = found.rows if page.options.verbose or not own else own
    style: Style = "pass" if found.works else "fail"
    texts = [("state", found.state)] if found.state else []
    texts += [("by", row_place(row)) for row in rows]
    texts += [("then", step) for step in found.next_steps]
    if page.options.verbose:
        texts += [("evidence", f"{e.fact}: {e.shown}") for e in found.evidence]
    known = visible(found.title) if found.state else f"not known, perhaps: {visible(found.title)}"
    return [
        *_headline(page, (("DIAGNOSIS", style),), known),
        *_where(page, "", group.hosts),
        *(((f"  {line}", ""),) for line in wrapped(found.sentence, page.options.width - 2)),
        *labelled(page.options.width, INDENT, texts),
    ]


def verdict_block(page: Page, story: Story) -> list[Line]:
    """One rule's verdict, explained; further instances of the rule in the same block."""
    verdict, *others = story.verdicts
    word, style = WORDS[verdict.outcome]
    if verdict.effect:
        style = "unknown"
    elif verdict.waiver is not None or in_baseline(verdict):
        style = "beside"
    head: Line = (
        (word, WORDS[verdict.outcome][1]),
        (f"[{visible(verdict.rule)}]", WORDS[verdict.outcome][1]),
        (state_of(verdict), style),
    )
    title = f"{visible(_title(verdict))}  ({verdict.severity})"
    texts = [("also", f"{_title(other)}: {expectation(other)}") for other in others]
    texts += told_together(story.verdicts)
    if page.options.verbose:
        texts += [
            ("evidence", f"{e.fact}: {e.shown}") for each in story.verdicts for e in each.evidence
        ]
    quoted = list(_quote(page, verdict, style))
    gutter = len(str(verdict.span.line)) + 3 if quoted else INDENT
    if not quoted:
        texts.insert(0, ("verdict", expectation(verdict)))
    return [
        *_headline(page, head, title),
        *_where(page, f"--> {visible(str(verdict.span))}", story.hosts),
        *quoted,
        *labelled(page.options.width, gutter, texts),
    ]


def state_of(verdict: Verdict) -> str:
    """What a reader has to know of a verdict beside its outcome: new, known already, waived."""
    known = {"new": "new", "unchanged": "known", "updated": "known, but changed", "": ""}
    waived = verdict.waiver is not None
    said = ("waived" if waived else known[verdict.baseline_state], mark(verdict))
    return "".join(f", {text}" for text in dict.fromkeys(filter(None, said)))


def _title(verdict: Verdict) -> str:
    """The title, with the instance if the title does not name its values already."""
    values = [pair.partition("=")[2] for pair in verdict.instance.split(",")]
    if all(value in verdict.title for value in values):
        return verdict.title
    return f"{verdict.title} [{verdict.instance}]"


def missed_block(page: Page, missed: Missed) -> list[Line]:
    """Hosts that were not reached, and why; what was seen is told with its host if it differs."""
    details = list(missed.details.items())
    seen = [detail if len(details) == 1 else f"{host}: {detail}" for detail, host in details]
    reason, *others = failure_parts(Failure(missed.reason, missed.phase, ""))
    texts = [reason, *(("seen", detail) for detail in seen), *others]
    return [
        *_headline(page, (("NOT REACHED", "unknown"),), MEANING[missed.reason]),
        *_where(page, "", missed.hosts),
        *labelled(page.options.width, INDENT, texts),
    ]


def _headline(page: Page, word: Line, title: str) -> Iterator[Line]:
    """What a block is about; a long title goes on, indented, on the next line."""
    start = f"{''.join(text for text, _ in word)}: "
    whole = start + title
    fits = cell_len(whole) <= page.options.width
    first, *more = [whole] if fits else wrapped(whole, page.options.width - len(GOES_ON))
    yield (*word, (first[len(start) - 2 :], "strong"))
    for line in more:
        yield ((f"{GOES_ON}{line}", "strong"),)


def _where(page: Page, place: str, hosts: Hosts) -> Iterator[Line]:
    """The place in the policy and the hosts, on one line if there is room."""
    who = "" if page.single else hosts_text(page, hosts)
    room = page.options.width - 2
    together = "  ".join(text for text in (place, who) if text)
    lines = [together] if cell_len(together) <= room else [place, *wrapped(who, room)]
    for line in lines:
        if line:
            yield ((f"  {line}", ""),)


def _quote(page: Page, verdict: Verdict, style: Style) -> Iterator[Line]:
    """The policy's line with a caret below; nothing if the run does not have that line."""
    text = page.run.header.documents.get(verdict.span.path, "")
    width = page.options.width
    return quote(text, verdict.span, expectation(verdict), style, page.signs, width)
