"""Policy tests as JUnit XML: a suite for each document, a case for each case."""

from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

from hklint.clock import utc
from hklint.policy_tests.results import CaseResult, Results, SuiteResult
from hklint_reports.junit.document import (
    Case,
    Escaped,
    Suite,
    escaped,
    passed,
    suite_text,
    told,
    write_document,
)
from hklint_reports.policy_tests.wording import (
    case_message,
    coverage_text,
    exit_text,
    mismatch_parts,
    mismatch_text,
)


def write(result: Results, stream: TextIO) -> None:
    """Write a suite for each document; one more tells what no case does."""
    texts = (suite_text(suite, number) for number, suite in enumerate(_suites(result)))
    write_document(texts, stream)


def _suites(result: Results) -> Iterator[Suite]:
    started = utc(result.started)
    about = (("hklint", result.hklint),)
    for suite in result.suites:
        yield _suite(suite, started, about)
    if not result.covered:
        kind = "hklint.test.coverage"
        name = escaped(f"coverage: At least {result.required:g} % is met")
        case = told(
            escaped(kind), name, "failure", coverage_text(result), _unmet(result), kind=kind
        )
        yield Suite("coverage", "hklint", started, 0, about, (case,))
    elif not result.cases:
        kind = "hklint.test.run"
        name = escaped("run: A test was run")
        case = told(escaped(kind), name, "error", exit_text(result), kind=kind)
        yield Suite("run", "hklint", started, 0, about, (case,))


def _suite(suite: SuiteResult, started: datetime, about: tuple[tuple[str, str], ...]) -> Suite:
    package = suite.policy or "models"
    classname = escaped(f"{package}.{suite.id.replace('.', '_')}")
    return Suite(
        name=suite.id,
        package=package,
        started=started,
        seconds=suite.seconds,
        properties=(*about, ("document", suite.path)),
        cases=tuple(_case(classname, case) for case in suite.cases),
    )


def _case(classname: Escaped, case: CaseResult) -> Case:
    name = escaped(case.name)
    if not case.mismatches:
        return passed(classname, name)
    kind = "hklint.test.failed"
    return told(classname, name, "failure", case_message(case), _body(case), kind)


def _body(case: CaseResult) -> Iterator[str]:
    for mismatch in case.mismatches:
        yield mismatch_text(mismatch)
        yield f"--> {mismatch.span}"
        yield from (f"{label}: {text}" for label, text in mismatch_parts(mismatch))
        yield ""


def _unmet(result: Results) -> Iterator[str]:
    if result.coverage is not None:
        yield from (f"{item.span}: {item.what}" for item in result.coverage.unmet)
