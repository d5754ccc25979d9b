"""`hklint test` as it is called."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.cli import cli
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.exit_code import Exit
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.load import load
from hklint.policy_tests.stated import Stated
from hklint.sources.recorded import write_snapshot

CASES = Path(__file__).parent / "cases"


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES / "results")


def _test(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["test", *arguments], standalone_mode=False)


@pytest.mark.usefixtures("nothing_shipped")
@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (("passing.tests.yaml",), Exit.PASSED, "every test passed"),
        (("passing.tests.yaml", "--min-coverage", "100"), Exit.PASSED, "every test passed"),
        (("failing.tests.yaml",), Exit.FAILED, "3 cases failed"),
        (
            ("failing.tests.yaml", "--min-coverage", "90"),
            Exit.FAILED,
            "3 cases failed, and coverage is below 90 %",
        ),
        (("failing.tests.yaml", "-k", "passes"), Exit.FAILED, "1 case failed"),
        (("failing.tests.yaml", "-k", "this one"), Exit.PASSED, "every test passed"),
        (("passing.tests.yaml", "-k", "no such case"), Exit.UNDETERMINED, "nothing was tested"),
    ],
)
def test_the_exit_code_and_its_reason(arguments: tuple[str, ...], code: Exit, reason: str) -> None:
    result = _test(*arguments)
    assert result.return_value == code, result.output
    assert f"exit {code.value}: {reason}." in result.output


@pytest.mark.usefixtures("nothing_shipped")
def test_too_little_coverage_alone_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("contoso.yaml", "models/door.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(Path(name).read_text("utf-8"), "utf-8")
    (tmp_path / "own.tests.yaml").write_text(
        "kind: tests\nid: own\npolicy: contoso\n"
        "cases: [{name: Old, host: {build: 1}, expect: {every: not_applicable}}]\n",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    assert _test(".").return_value == Exit.PASSED
    result = _test(".", "--min-coverage", "0.1")
    assert result.return_value == Exit.FAILED
    assert "exit 1: coverage is below 0.1 %." in result.output
    assert (
        "contoso.yaml:12:9  rule level-is-set[view=32-bit]: no test expects fail" in result.output
    )


@pytest.mark.usefixtures("nothing_shipped")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.tests.yaml",), "none.tests.yaml: there is no such file or folder"),
        (("contoso.yaml",), "contoso.yaml: no tests"),
        (("models",), "no tests (*.tests.yaml) in: models"),
        (("passing.tests.yaml", "-k", "x", "--min-coverage", "1"), "coverage is not measured"),
        (("passing.tests.yaml", "--report", "sarif=x"), "tests are reported as junit=FILE"),
        (("passing.tests.yaml", "--report", "junit="), "tests are reported as junit=FILE"),
        (("passing.tests.yaml", "--report", "junit=nowhere/x.xml"), "can't be written"),
    ],
)
def test_what_can_not_be_meant(arguments: tuple[str, ...], message: str) -> None:
    result = _test(*arguments)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)


@pytest.mark.usefixtures("nothing_shipped")
def test_the_tests_of_a_policy_are_named_when_they_lie_beside_it() -> None:
    assert "did you mean" not in str(_test("contoso.yaml").exception)
    found = str(_test("../invalid/broken-policy.yaml").exception)
    assert "did you mean ../invalid/broken-policy.tests.yaml?" in found


@pytest.mark.usefixtures("nothing_shipped")
def test_documents_with_mistakes_are_not_run() -> None:
    result = _test(str(CASES / "invalid" / "names.tests.yaml"))
    assert isinstance(result.exception, InvalidDocumentsError)


@pytest.mark.usefixtures("nothing_shipped")
def test_junit_goes_to_a_file_or_to_the_screen(tmp_path: Path) -> None:
    file = tmp_path / "tests.xml"
    result = _test("passing.tests.yaml", "--report", f"junit={file}")
    assert f"Written: {file}" in result.output
    assert 'tests="5" failures="0"' in file.read_text("utf-8")
    result = _test("failing.tests.yaml", "--report", "junit")
    assert result.return_value == Exit.FAILED
    assert result.stdout.startswith("<?xml")
    assert 'tests="4" failures="3"' in result.stdout
    assert "exit 1: 3 cases failed." in result.stderr


@pytest.mark.usefixtures("nothing_shipped")
def test_quiet_and_verbose() -> None:
    assert _test("failing.tests.yaml", "-q").stdout.count("\n") == 3
    said = _test("passing.tests.yaml", "-v").output
    assert "All is well\n    passing.tests.yaml:19:11\n" in said


@pytest.mark.usefixtures("nothing_shipped")
def test_a_host_that_no_case_uses_is_told_and_does_no_harm() -> None:
    result = _test("failing.tests.yaml", "-k", "this one")
    assert result.return_value == Exit.PASSED
    assert "no case uses the host 'never-used'" in result.stderr


def test_without_a_path_the_tests_that_come_with_hklint_are_run() -> None:
    result = _test("-k", "pending-restart-tests")
    assert result.return_value == Exit.PASSED, result.output


@pytest.mark.usefixtures("nothing_shipped")
def test_a_snapshot_is_a_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (suite,) = load([Path("passing.tests.yaml")]).suites
    for name in ("contoso.yaml", "models/door.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(Path(name).read_text("utf-8"), "utf-8")
    good, bad, *_ = suite.cases
    for name, case in (("good", good), ("bad", bad)):
        assert isinstance(case.host, Stated)
        snapshot = snapshot_of(name, case.host, suite.request)
        (tmp_path / f"{name}.json").write_text(write_snapshot(snapshot), "utf-8")
    (tmp_path / "own.tests.yaml").write_text(
        "kind: tests\nid: own\npolicy: contoso\nparameters: {level: 2}\ncases:\n"
        "  - {name: Good, snapshot: good.json, expect: {every: pass, diagnosis: shut}}\n"
        "  - {name: Bad, snapshot: bad.json, expect: {every: fail, diagnosis: ajar}}\n",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path.parent)
    result = _test(str(tmp_path))
    assert result.return_value == Exit.PASSED, result.output
