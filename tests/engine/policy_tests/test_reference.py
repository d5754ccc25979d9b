"""`docs/testing.md` says how tests are written: its examples run, and say what stands there."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from hklint.cli import cli
from hklint.language.schema import json_schema

TEXT = (Path(__file__).parents[3] / "docs" / "testing.md").read_text(encoding="utf-8")
FILES = {name: text for text, name in re.findall(r"```yaml\n(# (\S+)\n.*?)```", TEXT, re.DOTALL)}
CALLS = [
    (command, said)
    for command, said in re.findall(r"```console\n\$ hklint (.*?)\n(.*?)```", TEXT, re.DOTALL)
    if said
]


@pytest.fixture
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("_in_a_folder_of_its_own")
@pytest.mark.parametrize(("command", "said"), CALLS)
def test_a_command_says_what_stands_there(command: str, said: str) -> None:
    result = CliRunner().invoke(cli, shlex.split(command), standalone_mode=False)
    output = re.sub(r"\d+\.\d s\)", "0.0 s)", result.output)
    pieces = [re.escape(piece) for piece in said.strip("\n").split("\n...\n")]
    assert re.fullmatch("\n(?:.*\n)*".join(pieces), output.strip("\n")), output


@pytest.mark.usefixtures("_in_a_folder_of_its_own")
@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".tests.yaml")])
def test_the_examples_have_no_mistakes(name: str) -> None:
    result = CliRunner().invoke(cli, ["test", name, "-q"], standalone_mode=False)
    assert result.return_value == (name == "zero.tests.yaml"), result.output


def test_there_are_examples() -> None:
    assert (len(FILES), len(CALLS)) == (5, 3)


def test_every_key_is_mentioned() -> None:
    words = set(re.findall(r"\w+", TEXT))
    keys = {key for shape in json_schema("tests")["$defs"].values() for key in shape["properties"]}
    assert keys - {"title"} <= words
