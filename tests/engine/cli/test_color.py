"""Colours: an option before NO_COLOR, that before FORCE_COLOR, and else only on a terminal."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hklint.cli.check import check_command
from hklint.cli.gate import gate_command
from hklint.cli.output import report_options, wants_color
from hklint.cli.report import report_command

RUN = Path(__file__).parents[2] / "reports" / "cases" / "single.jsonl"
ANSI = re.compile(r"\x1b\[[\d;]*m")


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], None]:
    """Only these of the variables that have to do with colours."""

    def put(these: dict[str, str]) -> None:
        for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in these.items():
            monkeypatch.setenv(name, value)

    return put


@pytest.mark.parametrize(
    ("these", "on_screen", "elsewhere"),
    [
        ({}, True, False),
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"NO_COLOR": ""}, True, False),
        ({"NO_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1"}, True, True),
        ({"FORCE_COLOR": "0"}, True, False),
        ({"FORCE_COLOR": ""}, True, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_variables(
    variables: Callable[[dict[str, str]], None],
    these: dict[str, str],
    on_screen: bool,  # noqa: FBT001 - what is expected
    elsewhere: bool,  # noqa: FBT001 - the same
) -> None:
    variables(these)
    assert wants_color(Screen()) is on_screen
    assert wants_color(io.StringIO()) is elsewhere


def test_the_option_decides_before_all_variables(
    variables: Callable[[dict[str, str]], None],
) -> None:
    variables({"FORCE_COLOR": "1"})
    runner = CliRunner()
    colored = runner.invoke(report_command, [str(RUN)])
    plain = runner.invoke(report_command, [str(RUN), "--no-color"])
    assert ANSI.search(colored.output)
    assert plain.output == ANSI.sub("", colored.output)


@pytest.mark.parametrize("command", [check_command, gate_command, report_command])
def test_every_command_that_reports_has_the_option(command: click.Command) -> None:
    assert "--no-color" in {name for item in command.params for name in item.opts}


@pytest.mark.parametrize(("columns", "width"), [("10", 40), ("57", 57), ("80", 80), ("300", 120)])
def test_the_width_is_the_terminals_within_reason(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert report_options(Screen()).width == width
