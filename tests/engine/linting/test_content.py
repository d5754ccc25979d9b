"""Content checks: a case is a file or folder, and a comment names what is found in its line.

Lines without a comment are near misses: nothing may be found in them.
"""

import re
from pathlib import Path

import pytest

from hklint.codes import Code
from hklint.documents.files import shipped_folder
from hklint.linting.checks import CHECKS
from hklint.linting.lint import lint

CASES = Path(__file__).parent / "cases" / "content"
NAMES = sorted(path.name for path in CASES.iterdir())


def expected(folder: Path) -> set[tuple[str, int, str]]:
    files = folder.iterdir() if folder.is_dir() else [folder]
    return {
        (file.name, number, code)
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for code in "".join(re.findall(r"# ((?:HK\d{3} ?)+)$", line)).split()
    }


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    found = lint([CASES / name]).diagnostics
    places = {(Path(item.span.path).name, item.span.line, item.code.value) for item in found}
    assert places == expected(CASES / name), [*map(str, found)]


@pytest.mark.parametrize("code", CHECKS)
def test_each_check_has_cases_with_and_without(code: Code) -> None:
    texts = [file.read_text(encoding="utf-8") for file in CASES.rglob("*.yaml")]
    assert any(f"# {code}" in text for text in texts)


def test_what_comes_with_hklint_raises_no_alarm() -> None:
    assert [str(item) for item in lint([shipped_folder()]).diagnostics] == []
