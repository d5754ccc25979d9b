"""Options and exit codes of `hklint lint`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.cli.lint import lint_command
from hklint.errors import UsageError
from hklint.exit_code import Exit

CASES = Path(__file__).parent / "cases" / "formats"
MISTAKES, WARNINGS, CLEAN = (CASES / f"{name}.yaml" for name in ("mistakes", "warnings", "clean"))


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint_command, [*map(str, arguments)], standalone_mode=False)


def codes(*arguments: object) -> list[str]:
    said = json.loads(run("--format", "json", *arguments).stdout)
    return [item["code"] for item in said["diagnostics"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([CLEAN], Exit.PASSED),
        ([WARNINGS], Exit.FAILED),
        ([WARNINGS, "--fail-on", "error"], Exit.PASSED),
        ([WARNINGS, "--ignore", "HK611,HK613"], Exit.PASSED),
        ([WARNINGS, "--ignore", "HK6"], Exit.PASSED),
        ([WARNINGS, "--select", "HK611"], Exit.FAILED),
        ([WARNINGS, "--select", "HK601"], Exit.PASSED),
        ([MISTAKES], Exit.INVALID),
        ([MISTAKES, "--fail-on", "error"], Exit.INVALID),
        ([MISTAKES, "--select", "HK6", "--ignore", "HK6"], Exit.INVALID),
        ([CLEAN, WARNINGS, MISTAKES], Exit.INVALID),
    ],
)
def test_exit_codes(arguments: list[object], expected: Exit) -> None:
    assert run(*arguments).return_value == expected


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([], ["HK611", "HK613"]),
        (["--ignore", "HK611"], ["HK613"]),
        (["--ignore", "no-references"], ["HK613"]),
        (["--ignore", "hk611", "--ignore", "hk613"], []),
        (["--ignore", "HK"], []),
        (["--select", "HK61"], ["HK611", "HK613"]),
        (["--select", "HK61", "--ignore", "HK613"], ["HK611"]),
        (["--select", " HK613 , HK5"], ["HK613"]),
    ],
)
def test_warnings_can_be_chosen(options: list[str], left: list[str]) -> None:
    assert sorted(codes(WARNINGS, *options)) == left


@pytest.mark.parametrize("code", ["HK102", "HK1", "unknown-key", "HK611,HK102"])
def test_errors_cannot_be_ignored(code: str) -> None:
    result = run(CLEAN, "--ignore", code)
    assert isinstance(result.exception, UsageError)
    assert "an error can't be ignored" in str(result.exception)


def test_a_prefix_with_warnings_and_errors_leaves_out_the_warnings() -> None:
    assert codes(MISTAKES, "--ignore", "HK") == codes(MISTAKES)
    assert codes(WARNINGS, "--ignore", "HK") == []


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("code", ["HK999", "H", "K611", "no-reference", "HK6111"])
def test_a_code_that_there_is_not(option: str, code: str) -> None:
    result = run(CLEAN, option, code)
    assert isinstance(result.exception, UsageError)
    assert f"{option} {code}: there is no such code" in str(result.exception)
