"""Several documents instead of a large one, each within the limits of readers.

GitLab takes 30 MB a file and 100 MB a job (docs.gitlab.com, Unit test reports), 500,000 cases a
file, and in version 17.6 took 250,000 elements. Most readers keep a document whole in memory.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from hklint_reports.junit.document import Case, Suite, suite_text

MOST_CASES = 20_000
MOST_BYTES = 20_000_000
"""Of the cases of a document, which are ASCII; what is around them comes on top."""


def documents(suites: Iterable[Suite]) -> Iterator[tuple[int, Iterator[str]]]:
    """The suites of each document, counted from 1; ids of suites are unique over all of them."""
    parts = (part for suite in suites for part in _parts(suite))
    drawn = ((len(part.cases), suite_text(part, number)) for number, part in enumerate(parts))
    filling = _Filling()
    for number, group in groupby(drawn, lambda part: filling.document(part[0], len(part[1]))):
        yield number, (text for _, text in group)


def _parts(suite: Suite) -> Iterator[Suite]:
    """A suite, or several of its name where it does not fit into one document."""
    filling = _Filling()

    def part_of(case: Case) -> int:
        return filling.document(1, len(case.text))

    for _, cases in groupby(suite.cases, part_of):
        yield replace(suite, cases=tuple(cases))


class _Filling:
    """Says into which document things go, in their order."""

    def __init__(self) -> None:
        self._number = 1
        self._cases = 0
        self._bytes = 0

    def document(self, cases: int, size: int) -> int:
        """The number of the document for something of so many cases and bytes."""
        full = self._cases + cases > MOST_CASES or self._bytes + size > MOST_BYTES
        if full and self._bytes:
            self._number += 1
            self._cases = self._bytes = 0
        self._cases += cases
        self._bytes += size
        return self._number
