"""What is published of the JSON report: its schema with a copy, and the page with its examples."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from hklint.cli.schema import schema_command
from hklint.verdict import Verdict
from hklint_reports.json_document.descriptions import DESCRIPTIONS
from hklint_reports.json_document.schema import json_schema
from hklint_reports.json_document.shapes import SCHEMA_FILE

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "json.md"
FIELDS = "\n## Fields\n"
Render = Callable[..., str]


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_schema_is_printed_and_its_copy_is_fresh() -> None:
    """Otherwise run: hklint schema report > docs/report.schema.json."""
    printed = CliRunner().invoke(schema_command, ["report"], standalone_mode=False).output
    assert json.loads(printed) == json_schema()
    assert (DOCS / SCHEMA_FILE).read_text("utf-8") == printed


def test_every_field_is_described_and_no_description_is_left_over() -> None:
    fields = {
        name: set(shape["properties"])
        for name, shape in json_schema()["$defs"].items()
        if "properties" in shape
    }
    assert fields == {name: set(known) for name, known in DESCRIPTIONS.items()}


def test_the_page_has_all_fields(updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    words, heading, _ = PAGE.read_text("utf-8").partition(FIELDS)
    assert heading
    fresh = words + heading + "".join(_tables())
    if updating:
        PAGE.write_text(fresh, encoding="utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == fresh


def _tables() -> Iterator[str]:
    shapes = json_schema()["$defs"]
    for name, fields in DESCRIPTIONS.items():
        yield f"\n### {name}\n{shapes[name]['description']}\n"
        yield "\n| field | is | means |\n|---|---|---|\n"
        for field, meaning in fields.items():
            shape = shapes[name]["properties"][field]
            yield f"| `{field}` | {_type(shape)} | {meaning} |\n"


def _type(shape: dict[str, Any]) -> str:
    """The type of a field in words."""
    match shape:
        case {"$ref": ref}:
            return _named(ref)
        case {"enum": words}:
            return ", ".join(f"`{word}`" for word in words if word is not None)
        case {"anyOf": [*choices]}:
            return " or ".join(_type(choice) for choice in choices)
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": kind}:
            return {
                "string": "text",
                "integer": "number",
                "number": "number",
                "boolean": "true or false",
                "null": "null",
            }[kind]
        case _:
            raise ValueError(shape)


def _named(ref: str) -> str:
    name = ref.rpartition("/")[2]
    shape = json_schema()["$defs"][name]
    return f"[{name}](#{name.lower()})" if "properties" in shape else _type(shape)


@pytest.mark.skipif(not shutil.which("jq"), reason="jq is not installed: make test-compliance")
def test_the_examples_for_jq_run(runs: ModuleType, render: Render, tmp_path: Path) -> None:
    examples = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    said: list[str] = []
    (tmp_path / "hklint.json").write_text(render(runs.fleet(), "json"), encoding="utf-8")
    for example in examples[:-1]:
        said.append(_shell(example, tmp_path).stdout)
        assert said[-1] or "failure" in example
    assert said[0].splitlines()[0].split("\t")[:2] == ["high", "ex01"]
    assert said[2].splitlines()[0] == "4\texchange-store-addins/dotnet-uses-schannel-defaults"
    assert "ex01: HKLM\\SYSTEM" in said[3]
    assert _shell(examples[-1], tmp_path).returncode == 1
    (tmp_path / "hklint.json").write_text(render(runs.not_reached(), "json"), encoding="utf-8")
    assert _shell(examples[1], tmp_path).stdout.startswith("ex09.corp.example: timed-out: ")


def _shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(  # noqa: S603 - the page's example
        ["/bin/sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done


def test_a_verdict_of_the_noun_is_told_whole() -> None:
    """A field that verdicts get later is told as well, or left out on purpose here."""
    renamed = {"wanted": "expected", "span": "place", "evidence": "facts"}
    fields = {renamed.get(name, name) for name in Verdict.__struct_fields__}
    assert fields <= set(DESCRIPTIONS["Verdict"])
