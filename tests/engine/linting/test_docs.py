"""`docs/lint.md` and the hooks for pre-commit: complete, and no older than the code."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from hklint.cli import cli
from hklint.cli.lint import lint_command
from hklint.codes import Code
from hklint.exit_code import Exit

ROOT = Path(__file__).parents[3]
DOC = ROOT / "docs" / "lint.md"
BEGIN = "<!-- codes: pytest tests/engine/linting/test_docs.py --update -->\n"
END = "<!-- end of codes -->"
AREAS = {
    "0": "Reading YAML",
    "1": "Shape",
    "2": "Names",
    "3": "Values and operators",
    "4": "Tables and their proof",
    "5": "Profiles, waivers and tests",
    "6": "Content",
}


def table() -> str:
    parts: list[str] = []
    for number, area in AREAS.items():
        rows = [
            f"| {code} | `{code.slug}` | {code.severity} | {code.headline} |"
            for code in Code
            if code.startswith(f"HK{number}")
        ]
        parts += [
            f"### {area}",
            "",
            "| code | name | severity | what |",
            "|---|---|---|---|",
            *rows,
        ]
        parts.append("")
    return "\n".join(parts)


def test_the_table_of_codes_is_fresh(updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    text = DOC.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    made = f"{before}{BEGIN}\n{table()}{END}{rest.partition(END)[2]}"
    if updating:
        DOC.write_text(made, encoding="utf-8", newline="\n")
    assert DOC.read_text(encoding="utf-8") == made


def test_every_option_is_mentioned() -> None:
    text = DOC.read_text(encoding="utf-8")
    words = set(re.findall(r"(?<![\w-])--?[a-z-]+", text))
    options = [set(item.opts) for item in lint_command.params if item.opts[0].startswith("-")]
    assert [names for names in options if not names & words] == []


def test_the_example_is_what_lint_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = re.search(r"\$ hklint lint my-policies/\n(.*?)\n\n", DOC.read_text("utf-8"), re.DOTALL)
    assert shown is not None
    folder = tmp_path / "my-policies"
    folder.mkdir()
    (folder / "contoso.yaml").write_text(
        "kind: policy\nid: contoso\ntitle: Contoso\nversion: 1.0.0\nrules:\n  - id: a\n"
        "    title: The level is new\n    severity: low\n    why: x\n    expect:\n"
        "      registry: 'HKLM:\\SOFTWARE\\Contoso'\n      value: Level\n      type: REG_DWORD\n"
        "      equals: 1\n      absent: fail\n",
        encoding="utf-8",
    )
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(lint_command, ["my-policies/"], standalone_mode=False)
    assert result.stdout.startswith(shown[1])


@pytest.fixture
def hooks() -> list[dict[str, Any]]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    return found


def test_the_hooks_of_pre_commit_work(
    hooks: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = Path(__file__).parent / "cases" / "formats" / "clean.yaml"
    (tmp_path / "clean.yaml").write_bytes(clean.read_bytes())
    (tmp_path / "compose.yaml").write_text("services: {}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for hook in hooks:
        assert {"id", "name", "entry", "language"} <= hook.keys()
        program, *arguments = [*hook["entry"].split(), *hook["args"]]
        assert program == "hklint"
        result = CliRunner().invoke(cli, arguments, standalone_mode=False)
        assert result.return_value == Exit.PASSED, result.output
