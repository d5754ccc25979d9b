"""The request and answer schemas, by examples: valid-*.json are served, invalid-*.json are not."""

import hashlib
import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from hklint import collector
from hklint.facts.host import FIELDS

CASES = Path(__file__).parent / "cases"
ROOT = Path(__file__).parents[2]


def cases(prefix: str) -> list[Path]:
    return sorted(CASES.glob(f"{prefix}-*.json"))


def is_valid(case: Path) -> bool:
    schema = collector.schema(case.stem.split("-")[1])
    validator = jsonschema.Draft202012Validator(schema)
    return validator.is_valid(json.loads(case.read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", ["request", "allow_list", "answer"])
def test_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(collector.schema(name))


@pytest.mark.parametrize("case", cases("valid"), ids=lambda case: case.stem)
def test_valid(case: Path) -> None:
    assert is_valid(case)


@pytest.mark.parametrize("case", cases("invalid"), ids=lambda case: case.stem)
def test_invalid(case: Path) -> None:
    assert not is_valid(case)


def test_identity_fields_have_a_type() -> None:
    field = collector.schema("answer")["$defs"]["host_field"]
    assert set(FIELDS) == set(field["properties"]["name"]["enum"])


def test_sha256_is_that_of_the_file() -> None:
    file = resources.files(collector).joinpath("collector.ps1")
    assert hashlib.sha256(file.read_bytes()).hexdigest() == collector.sha256()


def test_a_checkout_with_crlf_is_the_same_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crlf = collector.script().replace("\n", "\r\n").encode()
    (tmp_path / "collector.ps1").write_bytes(crlf)
    monkeypatch.setattr("importlib.resources.files", lambda _package: tmp_path)
    assert collector._read("collector.ps1") == collector.script()


def test_git_keeps_the_line_ends() -> None:
    line = "engine/hklint/collector/collector.ps1 text eol=lf"
    assert line in (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
