"""Blocks: what opens below a headline, ready to be drawn by the page's template or its script."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hklint.failure import Failure
from hklint.verdict import BaselineState, Diagnosis, Evidence, Verdict
from hklint_reports.excerpt import cropped, source_line
from hklint_reports.html.index import Shared
from hklint_reports.html.statuses import LOOKS, Status, cause_status
from hklint_reports.html.tables import Decision, Tables
from hklint_reports.text import visible
from hklint_reports.wording import expectation, failure_parts, parts

CODE = frozenset({"read", "fix", "seen"})
"""Labels of lines that are registry paths and values rather than sentences."""
QUOTED = 240
"""Columns of a quoted line, around what it is quoted for."""


class Said(NamedTuple):
    """Lines under one label; `code` ones keep their blanks."""

    label: str
    code: bool
    lines: tuple[str, ...]


class Quote(NamedTuple):
    """A line of a document with the piece that it is quoted for."""

    line: int
    before: str
    piece: str
    after: str


class Block(NamedTuple):
    """Everything there is to say of a verdict, a diagnosis, or a host that was not reached.

    `badge` says where it stands against the baseline, if there is one. `place` is where the
    expectation stands, `facts` what was read, each with how it is shown. `found` is a value that
    its texts may hold, which other hosts have otherwise.
    """

    status: Status
    head: str
    badge: str
    place: str
    quote: Quote | None
    said: tuple[Said, ...]
    facts: tuple[tuple[str, str], ...]
    decisions: tuple[Decision, ...]
    found: str = ""

    @property
    def key(self) -> str:
        """What its status is called in styles."""
        return LOOKS[self.status].key


BADGES: dict[BaselineState, str] = {"": "", "new": "new", "unchanged": "known", "updated": "known"}


class Blocks:
    """Makes the blocks of one run."""

    def __init__(self, documents: Mapping[str, str], tables: Tables) -> None:
        self._documents = documents
        self._tables = tables

    def verdict(self, shared: Shared[Verdict]) -> Block:
        """The block of a verdict, which is the same for all hosts that share it."""
        verdict = shared.item
        return Block(
            status=shared.status,
            head=expectation(verdict),
            badge=BADGES[verdict.baseline_state],
            place=str(verdict.span),
            quote=self._quote(verdict),
            said=tuple(_said(parts(verdict))),
            facts=tuple(_facts(verdict.evidence)),
            decisions=tuple(self._tables.decisions(verdict.rows)),
            found=verdict.found,
        )

    def diagnosis(self, diagnosis: Diagnosis) -> Block:
        """The block of a cause."""
        lines = [("means", diagnosis.sentence), ("state", diagnosis.state)]
        lines += [("then", step) for step in diagnosis.next_steps]
        return Block(
            status=cause_status(diagnosis),
            head=cause_title(diagnosis),
            badge="",
            place="",
            quote=None,
            said=tuple(_said((label, line) for label, line in lines if line)),
            facts=tuple(_facts(diagnosis.evidence)),
            decisions=tuple(self._tables.decisions(diagnosis.rows)),
        )

    def failure(self, failure: Failure) -> Block:
        """The block of a host that was not reached."""
        return Block(
            status=Status.NOT_REACHED,
            head="no verdict: the host gave no answer",
            badge="",
            place="",
            quote=None,
            said=tuple(_said(failure_parts(failure))),
            facts=(),
            decisions=(),
        )

    def _quote(self, verdict: Verdict) -> Quote | None:
        span = verdict.span
        found = source_line(self._documents.get(span.path, ""), span)
        if found is None:
            return None
        before, piece, after = (visible(part.replace("\t", " ")) for part in found)
        return Quote(span.line, *cropped(before, piece, after, QUOTED))


def cause_title(diagnosis: Diagnosis) -> str:
    """What a diagnosis is called; one that is open says so."""
    return diagnosis.title if diagnosis.state else f"not known, perhaps: {diagnosis.title}"


def _said(lines: Iterable[tuple[str, str]]) -> Iterator[Said]:
    """Labelled lines, those that follow each other under one label put together."""
    label, together = "", list[str]()
    for name, line in lines:
        if name != label and together:
            yield Said(label, label in CODE, tuple(together))
            together = []
        label = name
        together.append(line)
    if together:
        yield Said(label, label in CODE, tuple(together))


def _facts(evidence: Iterable[Evidence]) -> Iterator[tuple[str, str]]:
    yield from dict.fromkeys((str(item.fact), item.shown) for item in evidence)
