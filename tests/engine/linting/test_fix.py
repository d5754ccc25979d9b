"""`hklint lint --fix`: what is mended, and what stays as it was.

NAME.yaml is what a file in `cases/fix` is, NAME.fixed what it becomes; `--update` accepts changes.
"""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hklint.cli.lint import lint_command
from hklint.codes import Code
from hklint.documents.document import parse_document
from hklint.documents.rewrite import possible
from hklint.errors import UsageError
from hklint.exit_code import Exit
from hklint.linting.lint import lint
from hklint.linting.mend import mended, write
from hklint.span import Edit, Span

CASES = Path(__file__).parent / "cases" / "fix"
BOM = b"\xef\xbb\xbf"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(lint_command, [*map(str, arguments)], standalone_mode=False)


@pytest.fixture
def copied(tmp_path: Path) -> Callable[[str], Path]:
    """A case of this name where it may be changed."""
    return lambda name: Path(shutil.copy(CASES / f"{name}.yaml", tmp_path))


@pytest.mark.parametrize("name", ["paths", "left-alone"])
def test_case(name: str, copied: Callable[[str], Path], updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    file, fixed = copied(name), CASES / f"{name}.fixed"
    run("--fix", file)
    if updating:
        fixed.write_bytes(file.read_bytes())
    assert file.read_text(encoding="utf-8") == fixed.read_text(encoding="utf-8")


def test_what_was_mended_has_no_mistake_left(copied: Callable[[str], Path]) -> None:
    result = run("--fix", copied("paths"))
    assert result.return_value == Exit.PASSED, result.output
    assert "Changed 9 places." in result.stderr


def test_mending_again_changes_nothing(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    run("--fix", file)
    before = file.read_bytes(), file.stat().st_ino
    result = run("--fix", file)
    assert "Changed nothing." in result.stderr
    assert (file.read_bytes(), file.stat().st_ino) == before


@pytest.mark.parametrize("name", ["paths", "left-alone"])
def test_a_diff_changes_nothing(name: str, copied: Callable[[str], Path]) -> None:
    file = copied(name)
    before = file.read_bytes()
    result = run("--diff", file)
    assert result.return_value == Exit.INVALID
    assert file.read_bytes() == before
    assert ("+      registry: 'HKLM\\SOFTWARE\\Contoso'   # from a script" in result.stdout) == (
        name == "paths"
    )


def test_line_ends_and_the_byte_order_mark_stay(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    file.write_bytes(BOM + file.read_bytes().replace(b"\n", b"\r\n"))
    run("--fix", file)
    expected = (CASES / "paths.fixed").read_bytes().replace(b"\n", b"\r\n")
    assert file.read_bytes() == BOM + expected


def test_mixed_line_ends_stay_as_they_are(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    lines = file.read_bytes().split(b"\n")
    file.write_bytes(b"\r\n".join(lines[:11]) + b"\n" + b"\n".join(lines[11:]))
    run("--fix", file)
    fixed = (CASES / "paths.fixed").read_bytes().split(b"\n")
    assert file.read_bytes() == b"\r\n".join(fixed[:11]) + b"\n" + b"\n".join(fixed[11:])


def test_a_text_without_a_last_line_end_stays_so(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    run("--fix", file)
    assert file.read_bytes() == (CASES / "paths.fixed").read_bytes().rstrip(b"\n")


def test_the_mode_stays(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    file.chmod(0o640)
    run("--fix", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_link_stays_a_link(copied: Callable[[str], Path], tmp_path: Path) -> None:
    file, link = copied("paths"), tmp_path / "link.yaml"
    link.symlink_to(file)
    run("--fix", link)
    assert link.is_symlink()
    assert file.read_bytes() == (CASES / "paths.fixed").read_bytes()


def test_ignored_warnings_are_not_mended(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    run("--fix", "--ignore", "HK613", file)
    assert 'title: "Contoso."' in file.read_text(encoding="utf-8")


def test_what_cannot_be_written_is_said_and_nothing_is_left(
    copied: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = copied("paths")
    before = file.read_bytes()

    def refuse(*_: Path) -> None:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    (change,) = mended(lint([file]), lint([file]).diagnostics)
    with pytest.raises(UsageError, match="can't be written: Permission denied"):
        write(change)
    assert [*file.parent.iterdir()] == [file]
    assert file.read_bytes() == before


def test_a_file_that_has_changed_since_is_left_alone(copied: Callable[[str], Path]) -> None:
    file = copied("paths")
    findings = lint([file])
    file.write_text("# a new line\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert mended(findings, findings.diagnostics) == []
    file.write_text("not: [closed", encoding="utf-8")
    assert mended(findings, findings.diagnostics) == []


@pytest.mark.parametrize("option", ["--fix", "--diff", "--dry-run"])
def test_what_comes_with_hklint_is_not_changed(option: str) -> None:
    result = run(option)
    assert isinstance(result.exception, UsageError)
    assert "need a PATH" in str(result.exception)


TEXT = "a: {b: one, c: two}\n"


def edit(column: int, end: int, text: str, key: str, value: str) -> tuple[Edit, ...]:
    return (Edit(Span("x", 1, column, end), text, ("a", key), value),)


@pytest.mark.parametrize(
    ("edits", "made"),
    [
        ([edit(8, 11, "uno", "b", "uno"), edit(16, 19, "due", "c", "due")], [0, 1]),
        ([edit(8, 11, "uno", "b", "uno"), edit(9, 12, "xx", "b", "xx")], [0]),
        ([edit(8, 11, "uno", "b", "other")], []),
        ([edit(8, 11, "uno, d: 1", "b", "uno")], []),
        ([edit(8, 11, "[", "b", "["), edit(16, 19, "due", "c", "due")], [1]),
        ([edit(8, 11, "5", "b", "5")], []),
        ([(*edit(8, 11, "uno", "b", "uno"), *edit(16, 19, "{", "c", "{"))], []),
    ],
    ids=["two", "touching", "no-word", "more", "broken", "type", "together"],
)
def test_only_what_keeps_its_word_is_made(edits: list[tuple[Edit, ...]], made: list[int]) -> None:
    found = possible(parse_document(TEXT, "x"), edits)
    assert found == tuple(edits[number] for number in made)


def test_only_some_codes_can_be_mended() -> None:
    """A document that can be used is only changed where it means the same afterwards."""
    found = {item.code for item in lint([CASES / "paths.yaml"]).diagnostics if item.edits}
    meaning_stays = {Code.TITLE_FORM, Code.REDUNDANT_ANCHOR}
    assert {code for code in found if code.severity == "warning"} <= meaning_stays
