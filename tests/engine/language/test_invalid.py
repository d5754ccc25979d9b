"""Mistakes in policies and models, and what `hklint lint` says about them.

A case is a file or a folder in `cases/invalid`, with what is printed in NAME.expected.
`pytest tests/engine/language --update` accepts what has changed; review the diff.
"""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hklint.cli.lint import lint_command
from hklint.exit_code import Exit
from hklint.linting.lint import lint

CASES = Path(__file__).parent / "cases" / "invalid"
NAMES = sorted(path.stem for path in CASES.iterdir() if path.is_dir() or path.suffix == ".yaml")


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    path = name if Path(name).is_dir() else f"{name}.yaml"
    result = CliRunner().invoke(lint_command, [path], standalone_mode=False)
    assert result.return_value == Exit.INVALID, result.output
    expected = Path(f"{name}.expected")
    if updating:
        expected.write_text(result.output, encoding="utf-8", newline="\n")
    assert result.output == expected.read_text(encoding="utf-8")


def test_a_policy_is_no_better_than_the_models_it_uses() -> None:
    found = lint([Path("models-with-mistakes/policy.yaml")]).errors
    message = "model 'outer' can't be used: it has mistakes of its own"
    assert [item.message for item in found] == [message, message]
