"""`docs/authoring.md` speaks of every option, and shows commands as they are."""

import re
from pathlib import Path

import click
import pytest

from hklint.authoring.observed_rule import LONGEST_TEXT
from hklint.authoring.start import WAIVED_DAYS
from hklint.cli import COMMANDS
from hklint.cli.connection_options import connection_options
from hklint.cli.new import new_command
from hklint.cli.observe import observe_command
from hklint.cli.options import policy_options

TEXT = (Path(__file__).parents[3] / "docs" / "authoring.md").read_text(encoding="utf-8")
SHARED = {
    item.name
    for item in connection_options(policy_options(click.Command("shared"))).params  # type: ignore[arg-type]
}


@pytest.mark.parametrize("command", [new_command, observe_command], ids=["new", "observe"])
def test_every_option_is_mentioned(command: click.Command) -> None:
    options = [item for item in command.params if item.name not in SHARED]
    names = {name for item in options for name in item.opts if name.startswith("-")}
    assert len(names) > 3
    assert {name for name in names if not re.search(rf"{name}\b", TEXT)} == set()


def test_commands_are_there() -> None:
    assert set(re.findall(r"^\$ hklint (\w+)", TEXT, re.MULTILINE)) <= set(COMMANDS)


def test_limits_are_as_told() -> None:
    assert f"{LONGEST_TEXT:,} characters" in TEXT.replace("\n", " ")
    assert f"{WAIVED_DAYS} days" in TEXT
