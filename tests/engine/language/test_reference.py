"""The pages on documents: their examples are valid, and no key is left out."""

import re
from pathlib import Path

import pytest

from hklint.documents.files import shipped_folder
from hklint.facts.host import FIELDS
from hklint.language import DOCUMENTS
from hklint.language.schema import json_schema
from hklint.linting.lint import lint

ROOT = Path(__file__).parents[3]
PAGES = (
    *(ROOT / "docs" / f"{name}.md" for name in ("policies", "profiles", "waivers", "testing")),
    shipped_folder() / "README.md",
)
EXAMPLES = [
    (page.name, text)
    for page in PAGES
    for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    if re.search(r"^kind:", text, re.MULTILINE)
]


ALONE = [(page, text) for page, text in EXAMPLES if page != "testing.md"]
"""The examples of tests rest on each other; they are run beside the tests of `hklint test`."""


@pytest.mark.parametrize(("page", "text"), ALONE)
def test_examples_have_no_mistakes(page: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(text, encoding="utf-8")
    assert [str(item) for item in lint([file]).errors] == [], page


def test_there_are_examples_of_each_kind() -> None:
    kinds = {re.search(r"^kind: (\w+)", text, re.MULTILINE)[1] for _, text in EXAMPLES}  # type: ignore[index] # chosen so
    assert kinds == set(DOCUMENTS)


def test_every_key_is_mentioned() -> None:
    text = " ".join(page.read_text(encoding="utf-8") for page in PAGES)
    words = {*re.findall(r"\w+", text), *re.findall(r"[\w-]+", text)}
    keys = {
        key
        for kind in DOCUMENTS
        for shape in json_schema(kind)["$defs"].values()
        for key in shape["properties"]
    }
    assert keys | FIELDS.keys() <= words
