"""Tests that are run, and what is said of them.

A case is a document in `cases/results`, with the terminal report in NAME.expected.
`pytest tests/engine/policy_tests --update` accepts what has changed; review the diff.
"""

import io
import re
from pathlib import Path

import pytest

from hklint.exit_code import Exit
from hklint.policy_tests.load import load
from hklint.policy_tests.results import Results
from hklint.policy_tests.run import run
from hklint_reports.policy_tests import terminal

CASES = Path(__file__).parent / "cases" / "results"
SUFFIX = ".tests.yaml"
NAMES = sorted(path.name.removesuffix(SUFFIX) for path in CASES.glob(f"*{SUFFIX}"))


pytestmark = pytest.mark.usefixtures("nothing_shipped")


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)


def _run(name: str, selected: str = "", required: float | None = None) -> Results:
    return run(load([Path(f"{name}{SUFFIX}")]), selected, required)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    stream = io.StringIO()
    terminal.write(_run(name), stream)
    said = re.sub(r"\d+\.\d s\)", "0.0 s)", stream.getvalue())
    expected = Path(f"{name}.expected")
    if updating:
        expected.write_text(said, encoding="utf-8", newline="\n")
    assert said == expected.read_text(encoding="utf-8")


def test_short_forms_and_expectations_of_every_kind_come_true() -> None:
    result = _run("passing", required=100)
    assert (result.failed, result.exit_code) == (0, Exit.PASSED)


def test_a_failed_case_says_where_and_why() -> None:
    result = _run("failing")
    assert result.exit_code == Exit.FAILED
    (first, *_), *_ = (case.mismatches for suite in result.suites for case in suite.cases)
    assert str(first.span) == "failing.tests.yaml:15:14"
    assert (first.about, first.expected, first.got) == ("level-is-set[view=64-bit]", "pass", "fail")


@pytest.mark.parametrize(
    ("selected", "names"),
    [
        ("OLD WINDOWS", ["An old Windows is judged"]),
        ("this one", ["This one passes"]),
        ("failing", None),
        ("nothing like that", []),
    ],
)
def test_cases_are_selected_by_their_name_or_their_document(
    selected: str, names: list[str] | None
) -> None:
    result = _run("failing", selected)
    found = [case.name for suite in result.suites for case in suite.cases]
    assert found == names if names is not None else len(found) == 4
    assert result.coverage is None


def test_where_nothing_was_tested_nothing_has_passed() -> None:
    assert _run("passing", "nothing like that").exit_code == Exit.UNDETERMINED


@pytest.mark.parametrize(("required", "code"), [(20, Exit.FAILED), (100, Exit.FAILED)])
def test_enough_coverage_does_not_make_up_for_a_failure(required: float, code: Exit) -> None:
    assert _run("failing", required=required).exit_code == code
