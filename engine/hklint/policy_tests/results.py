"""What came of policy tests: the nouns that reports are made from."""

from collections.abc import Mapping

import msgspec

from hklint.exit_code import Exit
from hklint.span import Span
from hklint.verdict import Diagnosis, Verdict


class Mismatch(msgspec.Struct, frozen=True):
    """An expectation that was not met.

    `about` is what it is an expectation of: the name of a verdict, a use of a model, or the
    diagnosis. `span` is where the test says what it expects, `basis` what came instead, with its
    explanation; None when no diagnosis is made, because the policy is not about this host. `read`
    is what was read, each a line of plain text, where the basis does not say it so.
    """

    about: str
    expected: str
    got: str
    span: Span
    basis: Verdict | Diagnosis | None
    read: tuple[str, ...] = ()


class CaseResult(msgspec.Struct, frozen=True):
    """One case; it passed if nothing was a mismatch. `span` is its name in the document."""

    name: str
    span: Span
    expectations: int
    mismatches: tuple[Mismatch, ...]


class SuiteResult(msgspec.Struct, frozen=True):
    """The cases of one document, in its order; `policy` is "" if it tests models only."""

    id: str
    title: str
    policy: str
    path: str
    seconds: float
    cases: tuple[CaseResult, ...]


class Unmet(msgspec.Struct, frozen=True):
    """A row or an outcome that no test has met, and where it stands."""

    span: Span
    what: str


class Coverage(msgspec.Struct, frozen=True):
    """How much of the policies and models the tests have met; `unmet` is by place."""

    rows: int
    rows_met: int
    outcomes: int
    outcomes_met: int
    unmet: tuple[Unmet, ...]

    @property
    def total(self) -> int:
        """Everything there is to be met."""
        return self.rows + self.outcomes

    @property
    def percent(self) -> float:
        """Of all there is to be met, cut to one digit, so that only all is 100; 0 of nothing."""
        met = self.rows_met + self.outcomes_met
        return met * 1000 // self.total / 10 if self.total else 0.0


class Results(msgspec.Struct, frozen=True):
    """A whole run of tests.

    `started` is UTC in ISO 8601. `coverage` is None when it was not measured, because only some
    cases were run, and `required` is the percentage that was asked for, if any. `documents` has
    the text of every document by the path that spans name.
    """

    hklint: str
    started: str
    seconds: float
    suites: tuple[SuiteResult, ...]
    coverage: Coverage | None
    required: float | None
    documents: Mapping[str, str]

    @property
    def cases(self) -> int:
        """How many cases were run."""
        return sum(len(suite.cases) for suite in self.suites)

    @property
    def failed(self) -> int:
        """How many cases came out otherwise than expected."""
        return sum(bool(case.mismatches) for suite in self.suites for case in suite.cases)

    @property
    def covered(self) -> bool:
        """Whether as much was met as was asked for; of nothing, nothing is met."""
        if self.required is None:
            return True
        found = self.coverage
        if found is None or not found.total:
            return False
        return (found.rows_met + found.outcomes_met) * 100 >= self.required * found.total

    @property
    def exit_code(self) -> Exit:
        """What the run means for the command that made it."""
        if not self.cases:
            return Exit.UNDETERMINED
        return Exit.FAILED if self.failed or not self.covered else Exit.PASSED
