"""Reports of policy tests: valid JUnit XML, and no harm from what documents say."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from junitparser import JUnitXml
from lxml import etree

from hklint.policy_tests.results import (
    CaseResult,
    Coverage,
    Mismatch,
    Results,
    SuiteResult,
    Unmet,
)
from hklint.span import Span
from hklint.verdict import DecidingRow, Diagnosis, Explanation, Outcome, Verdict
from hklint_reports import Options
from hklint_reports.policy_tests import junit, terminal

SCHEMAS = ["junit-10.xsd", "ant-dialect.xsd"]
HOSTILE = "\x07\x1b[2J::error ##[x] ##vso[y] \u202e<script>&]]> \ud800"
TEXT = 'cases:\n  - {name: "Ä", expect: {every: pass}}\n'
PLACE = Span("ä.tests.yaml", 2, 34, 38)
VERDICT = Verdict(
    "contoso",
    "level-is-set",
    "view=32-bit",
    f"The level is set{HOSTILE}",
    "high",
    Outcome.FAIL,
    "1",
    "0 (REG_DWORD)",
    "",
    Span("contoso.yaml", 3, 5, 6),
    (),
    (),
    (),
    Explanation(
        read=(HOSTILE, "    Level = 0 (REG_DWORD)"), matters="Anybody gets in.", fix=("x",)
    ),
)
ROW = DecidingRow("door", "door", 1, 2, "shut", "It is shut.", Span("door.yaml", 9, 1, 2))
DIAGNOSIS = Diagnosis("contoso", "door", "shut", HOSTILE, "It is shut.", False, (ROW,), ())  # noqa: FBT003 - it does not work


def _results(required: float | None = None, *, empty: bool = False) -> Results:
    mismatches = (
        Mismatch(f"level-is-set{HOSTILE}", "pass", "fail", PLACE, VERDICT),
        Mismatch("level-is-set", "pass", "fail", PLACE, VERDICT),
        Mismatch("diagnosis", "ajar", HOSTILE, PLACE, DIAGNOSIS, ("host: build = 1",)),
        Mismatch("diagnosis", "ajar", "not_applicable", Span("nowhere.yaml", 9, 1, 2), None),
    )
    cases = (
        CaseResult("All is well", PLACE, 2, ()),
        CaseResult(f"Nothing is well {HOSTILE}", PLACE, 4, mismatches),
    )
    suite = SuiteResult("own.tests", "", "contoso", "ä.tests.yaml", 0.25, cases)
    unmet = (Unmet(Span("contoso.yaml", 3, 5, 6), f"rule level-is-set: {HOSTILE}"),)
    return Results(
        "1.0",
        "2026-11-23T10:00:00Z",
        0.5,
        () if empty else (suite,),
        Coverage(1, 1, 2, 1, unmet),
        required,
        {"ä.tests.yaml": TEXT},
    )


def _junit(results: Results) -> str:
    stream = io.StringIO()
    junit.write(results, stream)
    return stream.getvalue()


def _terminal(results: Results, **options: bool) -> str:
    stream = io.StringIO()
    terminal.write(results, stream, Options(**options))
    return stream.getvalue()


@pytest.fixture(scope="module")
def valid(schemas: Path) -> Callable[[str, str], list[str]]:
    loaded = {name: etree.XMLSchema(file=str(schemas / name)) for name in SCHEMAS}

    def check(text: str, name: str) -> list[str]:
        schema = loaded[name]
        schema.validate(etree.fromstring(text.encode()))
        return [entry.message for entry in schema.error_log]

    return check


@pytest.mark.parametrize("schema", SCHEMAS)
@pytest.mark.parametrize("results", [_results(), _results(100), _results(empty=True)])
def test_valid(valid: Callable[[str, str], list[str]], schema: str, results: Results) -> None:
    assert valid(_junit(results), schema) == []


def test_a_case_is_a_case_and_a_failure_is_explained() -> None:
    (suite,) = JUnitXml.fromstring(_junit(_results()).encode())
    assert (suite.name, suite.tests, suite.failures, suite.errors) == ("own.tests", 2, 1, 0)
    passed, failed = suite
    assert (passed.classname, passed.name, passed.result) == (
        "contoso.own_tests",
        "All is well",
        [],
    )
    (failure,) = failed.result
    assert failure.message.endswith("expected pass, got fail (and 3 more)")
    assert "verdict: expected 1, found 0 (REG_DWORD)" in failure.text
    assert "read:     Level = 0 (REG_DWORD)" in failure.text
    assert "means:     door.yaml:9 (row 1 of 2)" in failure.text
    assert "Anybody gets in" not in failure.text


@pytest.mark.parametrize(
    ("results", "red"),
    [
        (_results(), 1),
        (_results(100), 2),
        (_results(empty=True), 1),
        (_results(100, empty=True), 1),
    ],
)
def test_the_report_is_red_whenever_the_exit_code_is(results: Results, red: int) -> None:
    root = etree.fromstring(_junit(results).encode())
    assert results.exit_code
    assert red == sum(
        int(suite.get("failures")) + int(suite.get("errors")) for suite in root.iter("testsuite")
    )


def test_what_is_not_met_stands_in_the_report_that_asks_for_it() -> None:
    unmet = "contoso.yaml:3:5: rule level-is-set"
    assert unmet not in _junit(_results())
    assert unmet in _junit(_results(100))


def test_no_text_of_a_document_does_harm() -> None:
    text = _junit(_results(100))
    assert text.isascii()
    assert r"\x07\x1b[2J" in text
    for line in _terminal(_results(100), verbose=True).split("\n"):
        assert line.isprintable()
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso" not in line


def test_the_terminal_quotes_the_expectation_once_for_all_that_it_says() -> None:
    said = _terminal(_results())
    assert said.count("every: pass") == 1
    assert "^^^^ expected pass; 3 verdicts are not" in said
    assert "  --> nowhere.yaml:9:1\n  diagnosis: expected ajar, got not_applicable\n" in said


def test_quiet_says_how_many_and_why() -> None:
    assert _terminal(_results(), quiet=True).splitlines()[1:] == [
        "coverage 66.6 %: 1 of 1 row, 1 of 2 outcomes",
        "exit 1: 1 case failed.",
    ]
