"""The codes and their pages: a page's bad example has that mistake and no other, its good none."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import hklint
from hklint.codes import Code, find, page
from hklint.linting.lint import lint

EXAMPLE = re.compile(
    r"^(Bad|Good)(?:, in `([^`]+)`[^\n]*)?(?:, saved as ([a-z0-9-]+))?:\n\n```yaml\n(.*?)```$",
    re.MULTILINE | re.DOTALL,
)
RULES = "kind: policy\nid: example\ntitle: An example\nversion: 1.0.0\nrules:\n"
RULE = (
    RULES
    + """\
  - id: rule
    title: Level is the new one
    severity: high
    why: The old level lets anybody in.
    references: [{title: Contoso's manual, url: https://contoso.example}]
"""
)
SOURCES = sorted(Path(hklint.__file__).parent.rglob("*.py"))


def document(text: str) -> str:
    """A whole document from an example, which may show a rule or its `expect` alone."""
    if text.startswith("expect:"):
        return RULE + indented(text, 4)
    return RULES + indented(text, 2) if text.startswith("- id:") else text


def indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def examples(code: Code, which: str, folder: Path) -> Path:
    """Writes the good or the bad example of a code; gives the file that is to be linted."""
    found = [item for item in EXAMPLE.findall(page(code)) if item[0] == which]
    for _, name, encoding, text in found:
        file = folder / (name or "example.yaml")
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(document(text).encode(encoding or "utf-8"))
    return folder / "example.yaml"


@pytest.mark.parametrize("code", Code)
def test_the_bad_example_has_that_mistake(code: Code, tmp_path: Path) -> None:
    found = lint([examples(code, "Bad", tmp_path)]).diagnostics
    assert {item.code for item in found} == {code}, [*map(str, found)]


@pytest.mark.parametrize("code", Code)
def test_the_good_example_has_none(code: Code, tmp_path: Path) -> None:
    assert [str(item) for item in lint([examples(code, "Good", tmp_path)]).diagnostics] == []


@pytest.mark.parametrize("code", Code)
def test_a_page_says_what_why_and_how(code: Code) -> None:
    head, what, why, *_ = page(code).split("\n\n")
    assert head == f"# {code} {code.slug} ({code.severity}): {code.headline}"
    for paragraph in (what, why):
        assert paragraph.endswith(".")
        assert not paragraph.startswith(("Bad", "Good"))


def test_no_page_is_left_over() -> None:
    pages = Path(hklint.__file__).parent / "code_pages"
    assert {file.stem for file in pages.iterdir()} == set(Code)


def test_codes_of_content_are_warnings_and_the_first_areas_are_errors() -> None:
    for code in Code:
        if code.startswith("HK6"):
            assert code.severity == "warning"
        elif not code.startswith("HK5"):
            assert code.severity == "error"


@pytest.mark.parametrize("word", ["HK102", "hk102", "unknown-key", " Unknown-Key "])
def test_a_code_is_found_by_number_and_by_name(word: str) -> None:
    assert find(word) is Code.UNKNOWN_KEY


@pytest.mark.parametrize("word", ["", "HK", "HK999", "unknown_key"])
def test_other_words_are_no_codes(word: str) -> None:
    assert find(word) is None


def diagnostics_made(file: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name("Diagnostic" | "FollowUp")):
                yield node
            case _:
                pass


def test_every_diagnostic_is_given_a_code() -> None:
    """The fourth argument has a default only so that it can stand behind `help`, which has one."""
    without = [
        f"{file.name}:{call.lineno}"
        for file in SOURCES
        for call in diagnostics_made(file)
        if len(call.args) < 4
        and not any(isinstance(item, ast.Starred) for item in call.args)
        and not any(keyword.arg == "code" for keyword in call.keywords)
    ]
    assert without == []


def test_every_code_is_used() -> None:
    texts = "\n".join(file.read_text(encoding="utf-8") for file in SOURCES)
    assert [code for code in Code if f"Code.{code.name}" not in texts] == []
