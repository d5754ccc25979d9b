"""`hklint lint` and how it shows mistakes."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from hklint.cli import cli
from hklint.cli.diagnostics import render
from hklint.cli.lint import lint_command
from hklint.documents.files import shipped_folder
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.linking.parameters import parse_settings
from hklint.span import Diagnostic, Span


@pytest.mark.parametrize("arguments", [[], [str(shipped_folder())]], ids=["shipped", "folder"])
def test_shipped_policies_have_no_mistakes(arguments: list[str]) -> None:
    result = CliRunner().invoke(lint_command, arguments, standalone_mode=False)
    assert result.return_value == Exit.PASSED
    files = len(list(shipped_folder().rglob("*.yaml")))
    assert result.output == f"{files} files: no mistakes, every table is proved.\n"


def test_a_path_that_is_not_there_is_a_wrong_command_line(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["lint", str(tmp_path / "no")], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert "there is no such file or folder" in str(result.exception)


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["lint", str(tmp_path)], standalone_mode=False)
    assert isinstance(result.exception, UsageError)
    assert "no hklint documents in" in str(result.exception)


def shown(file: Path, column: int, end: int, line: int = 1) -> list[str]:
    return render(Diagnostic(Span(str(file), line, column, end), "wrong")).split("\n")[2:]


@pytest.mark.parametrize(
    ("text", "column", "end", "expected"),
    [
        ("key: value\n", 6, 11, ["   |", " 1 | key: value", "   |      ^^^^^", ""]),
        ("key:\tvalue\r\n", 5, 5, ["   |", " 1 | key: value", "   |     ^", ""]),
        ("你好: 🙂x\n", 5, 6, ["   |", " 1 | 你好: 🙂x", "   |       ^^", ""]),
        ("e\u0301: x\n", 5, 6, ["   |", " 1 | e\u0301: x", "   |    ^", ""]),
        ("\x1b[31mred\n", 1, 2, [""]),
        ("one\x0btwo\n", 1, 2, [""]),
    ],
)
def test_the_caret_stands_below_the_mistake(
    text: str, column: int, end: int, expected: list[str], tmp_path: Path
) -> None:
    file = tmp_path / "document.yaml"
    file.write_bytes(text.encode())
    assert shown(file, column, end) == expected


def test_lines_are_counted_as_spans_count_them(tmp_path: Path) -> None:
    file = tmp_path / "document.yaml"
    file.write_bytes("a\u2028b\x0cc\nsecond\n".encode())
    assert shown(file, 1, 7, line=2)[1] == " 2 | second"


def test_a_long_line_is_cut_around_the_mistake(tmp_path: Path) -> None:
    file = tmp_path / "document.yaml"
    file.write_text("x" * 5_000 + "HERE" + "x" * 5_000, encoding="utf-8")
    _, text, caret, _ = shown(file, 5_001, 5_005)
    assert len(text) < 130
    assert text[caret.index("^") : caret.rindex("^") + 1] == "HERE"


def test_nothing_in_a_file_name_or_message_reaches_the_terminal() -> None:
    shown = render(Diagnostic(Span("a\x1b[2J\u202e.yaml", 1, 1, 2), "b\x07\nc", "d\x9be"))
    assert "".join(shown.split("\n")).isprintable()
    assert shown.count("\n") == 3


@pytest.mark.parametrize(
    ("texts", "parsed"),
    [
        ((), {}),
        (("a=b", "c=d=e", "f="), {"a": "b", "c": "d=e", "f": ""}),
    ],
)
def test_settings_are_taken_apart(texts: tuple[str, ...], parsed: dict[str, str]) -> None:
    assert parse_settings(texts) == parsed


@pytest.mark.parametrize("texts", [("a",), ("=b",), ("a=1", "a=2")])
def test_settings_that_cannot_be_taken_apart(texts: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="--set"):
        parse_settings(texts)
