"""Policy tests as JUnit XML: a suite for each document, a case for each case."""

from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

from hklint.policy_tests.results import CaseResult, Results, SuiteResult
from hklint_reports.junit import Case, Suite, write_suites
from hklint_reports.policy_tests.wording import (
    case_message,
    coverage_text,
    exit_text,
    mismatch_parts,
    mismatch_text,
)
from hklint_reports.times import utc


def write(result: Results, stream: TextIO) -> None:
    """Write a suite for each document; one more tells what no case does."""
    write_suites(_suites(result), stream)


def _suites(result: Results) -> Iterator[Suite]:
    started = utc(result.started)
    about = (("hklint", result.hklint),)
    for number, suite in enumerate(result.suites):
        yield _suite(suite, number, started, about)
    number = len(result.suites)
    if not result.covered:
        case = Case(
            "hklint.test.coverage",
            f"coverage: At least {result.required:g} % is met",
            "failure",
            "hklint.test.coverage",
            coverage_text(result),
            tuple(_unmet(result)),
        )
        yield Suite("coverage", "hklint", number, started, 0, about, (case,), ())
    elif not result.cases:
        name = "run: A test was run"
        case = Case("hklint.test.run", name, "error", "hklint.test.run", exit_text(result))
        yield Suite("run", "hklint", number, started, 0, about, (case,), ())


def _suite(
    suite: SuiteResult, number: int, started: datetime, about: tuple[tuple[str, str], ...]
) -> Suite:
    package = suite.policy or "models"
    return Suite(
        name=suite.id,
        package=package,
        number=number,
        started=started,
        seconds=suite.seconds,
        properties=(*about, ("document", suite.path)),
        cases=tuple(_case(f"{package}.{suite.id.replace('.', '_')}", case) for case in suite.cases),
        output=(),
    )


def _case(classname: str, case: CaseResult) -> Case:
    if not case.mismatches:
        return Case(classname, case.name)
    message = case_message(case)
    body = tuple(_body(case))
    return Case(classname, case.name, "failure", "hklint.test.failed", message, body)


def _body(case: CaseResult) -> Iterator[str]:
    for mismatch in case.mismatches:
        yield mismatch_text(mismatch)
        yield f"--> {mismatch.span}"
        yield from (f"{label}: {text}" for label, text in mismatch_parts(mismatch))
        yield ""


def _unmet(result: Results) -> Iterator[str]:
    if result.coverage is not None:
        yield from (f"{item.span}: {item.what}" for item in result.coverage.unmet)
