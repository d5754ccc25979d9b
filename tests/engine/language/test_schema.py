"""The published schemas: fresh, valid, explained, and enough to check a shipped document."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from hklint.cli.schema import schema_command
from hklint.descriptions import DESCRIPTIONS
from hklint.document import read_document
from hklint.exit_code import Exit
from hklint.language import DOCUMENTS
from hklint.library import shipped_folder
from hklint.schema import json_schema

FOLDER = shipped_folder() / "schema"
SHIPPED = sorted(shipped_folder().rglob("*.yaml"))


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
def test_a_shipped_document_is_valid_by_the_schema_alone(file: Path) -> None:
    document = read_document(file)
    kind = document.root["kind"]
    schema = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document.root)
    assert document.text.startswith(f"# yaml-language-server: $schema=../schema/{kind}.json\n")


@pytest.mark.parametrize("name", ["unknown-keys", "missing-keys", "wrong-words", "wrong-types"])
def test_an_editor_sees_mistakes_too(name: str) -> None:
    file = Path(__file__).parent / "cases" / "invalid" / f"{name}.yaml"
    document = read_document(file).root
    assert not Draft202012Validator(json_schema("policy")).is_valid(document)


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
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.json", "policy.json"]
    neither = CliRunner().invoke(schema_command, [])
    assert neither.exit_code == Exit.USAGE
    assert "name a kind" in neither.output
