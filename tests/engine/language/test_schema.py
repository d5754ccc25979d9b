"""The published schemas: fresh, valid, explained, and enough to check a document in an editor."""

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from hklint.cli.schema import schema_command
from hklint.documents.document import Document, parse_document, read_document
from hklint.exit_code import Exit
from hklint.language import DOCUMENTS
from hklint.language.descriptions import DESCRIPTIONS
from hklint.language.schema import json_schema
from hklint.linking.library import shipped_folder

FOLDER = shipped_folder() / "schema"
SHIPPED = sorted(shipped_folder().rglob("*.yaml"))
ROOT = Path(__file__).parents[3]
PAGES = (*sorted((ROOT / "docs").glob("*.md")), *ROOT.glob("*.md"), shipped_folder() / "README.md")
EXAMPLES = [
    pytest.param(parse_document(text, page.name), id=f"{page.stem}-{number}")
    for page in PAGES
    for number, text in enumerate(
        re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    )
    if re.search(r"^kind:", text, re.MULTILINE)
]
"""The documents that the pages show."""
FROM_FILES = [pytest.param(read_document(file), id=file.stem) for file in SHIPPED]


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_published_schema_is_fresh(kind: str) -> None:
    """Otherwise run: hklint schema --write policies/schema."""
    text = (FOLDER / f"{kind}.json").read_text(encoding="utf-8")
    assert text == json.dumps(json_schema(kind), indent=2) + "\n"


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_schema_is_valid(kind: str) -> None:
    Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_every_key_is_explained(kind: str) -> None:
    bare = [
        f"{name}.{key}"
        for name, shape in json_schema(kind)["$defs"].items()
        for key, schema in shape["properties"].items()
        if "description" not in schema
    ]
    assert bare == []


def test_no_explanation_is_left_over() -> None:
    keys = {
        key
        for kind in DOCUMENTS
        for shape in json_schema(kind)["$defs"].values()
        for key in shape["properties"]
    }
    assert DESCRIPTIONS.keys() <= keys


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_document_names_its_schema(file: Path) -> None:
    document = read_document(file)
    schema = os.path.relpath(FOLDER / f"{document.root['kind']}.json", file.parent)
    first = document.text.partition("\n")[0]
    assert first == f"# yaml-language-server: $schema={Path(schema).as_posix()}"


@pytest.mark.parametrize("document", [*FROM_FILES, *EXAMPLES])
def test_an_editor_finds_no_mistake(document: Document) -> None:
    """Another validator than hklint's, as an editor has one."""
    errors = _editor(document.root["kind"]).iter_errors(document.root)
    assert [error.message for error in errors] == []


@pytest.mark.parametrize("name", ["unknown-keys", "missing-keys", "wrong-words", "wrong-types"])
def test_an_editor_sees_mistakes_too(name: str) -> None:
    file = Path(__file__).parent / "cases" / "invalid" / f"{name}.yaml"
    assert not _editor("policy").is_valid(read_document(file).root)


@cache
def _editor(kind: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return jsonschema_rs.Draft202012Validator(schema)


def _patterns(schema: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "pattern" and isinstance(value, str):
                yield value
            else:
                yield from _patterns(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _patterns(item)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_patterns_do_not_end_before_a_last_newline(kind: str) -> None:
    """JavaScript's `$`, which editors use, is the end; Python's is also before a last newline."""
    loose = {pattern for pattern in _patterns(json_schema(kind)) if pattern.endswith("$")}
    assert loose == set()


def test_printing_and_writing(tmp_path: Path) -> None:
    printed = CliRunner().invoke(schema_command, ["model"], standalone_mode=False)
    assert json.loads(printed.output) == json_schema("model")
    written = CliRunner().invoke(schema_command, ["--write", str(tmp_path)], standalone_mode=False)
    assert written.return_value == Exit.PASSED
    assert {file.stem for file in tmp_path.iterdir()} == DOCUMENTS.keys()
    neither = CliRunner().invoke(schema_command, [])
    assert neither.exit_code == Exit.USAGE
    assert "name a kind" in neither.output
