"""Sentences on policy tests that the reports share."""

from collections.abc import Iterator, Sequence

from hklint.exit_code import Exit
from hklint.policy_tests.results import CaseResult, Mismatch, Results
from hklint.verdict import Diagnosis, Verdict
from hklint_reports.text import counted
from hklint_reports.wording import expectation, parts, row_place

_SHOWN = frozenset({"read", "means", "missing"})
"""What of a verdict's explanation tells why a test failed; what to do on a host does not."""


def mismatch_text(mismatch: Mismatch) -> str:
    """What was expected and what came, in a line."""
    return f"{mismatch.about}: expected {mismatch.expected}, got {mismatch.got}"


def mismatch_parts(mismatch: Mismatch) -> Iterator[tuple[str, str]]:
    """Why it came, as labelled lines: what was read and what it means."""
    match mismatch.basis:
        case Verdict() as verdict:
            yield "rule", verdict.title
            yield "rule", f"    {verdict.span}"
            yield "verdict", expectation(verdict)
            yield from ((label, line) for label, line in parts(verdict) if label in _SHOWN)
        case Diagnosis() as diagnosis:
            yield "state", diagnosis.title
            yield from (("read", line) for line in mismatch.read)
            yield from _table_parts(diagnosis)
        case None:
            yield "verdict", "no diagnosis is made on a host that the policy is not about"


def group_text(mismatches: Sequence[Mismatch]) -> str:
    """What was expected at one place and what came, in a line."""
    if len(mismatches) == 1:
        return mismatch_text(mismatches[0])
    return f"expected {mismatches[0].expected}; {len(mismatches)} verdicts are not"


def _table_parts(diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    for row in diagnosis.rows:
        known = diagnosis.state or row.model != diagnosis.model
        yield "means", row.because if known else f"{row.state}, if: {row.because}"
        yield "means", f"    {row_place(row)}"
    if not diagnosis.state and diagnosis.sentence:
        yield "missing", diagnosis.sentence


def case_message(case: CaseResult) -> str:
    """The first thing that is wrong with a case, and how many more there are."""
    more = len(case.mismatches) - 1
    first = mismatch_text(case.mismatches[0])
    return f"{first} (and {more} more)" if more else first


def coverage_text(result: Results) -> str:
    """How much was met, in a line."""
    found = result.coverage
    if found is None:
        return "coverage is not measured when tests are selected"
    if not found.total:
        return "coverage: there is nothing to be met"
    of_each = (
        (found.rows_met, found.rows, "row"),
        (found.outcomes_met, found.outcomes, "outcome"),
    )
    said = [f"{met} of {counted(number, noun)}" for met, number, noun in of_each if number]
    return f"coverage {found.percent:.1f} %: {', '.join(said)}"


def exit_text(result: Results) -> str:
    """Why the command ends with its exit code."""
    match result.exit_code:
        case Exit.UNDETERMINED:
            return "nothing was tested"
        case Exit.FAILED if result.failed:
            below = "" if result.covered else f", and coverage is below {result.required:g} %"
            return f"{counted(result.failed, 'case')} failed{below}"
        case Exit.FAILED:
            return f"coverage is below {result.required:g} %"
        case _:
            return "every test passed"
