"""The help of commands with many options, and pages on narrow terminals."""

import re

import click
import pytest
from click.testing import CliRunner

from hklint import failure
from hklint.cli import cli
from hklint.cli.explain import text
from hklint.failure import Reason

MANY = ["check", "gate", "snapshot", "observe", "doctor"]
NARROW = 60


@pytest.mark.parametrize("name", MANY)
def test_every_option_stands_under_a_heading(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    shown = CliRunner().invoke(cli, [name, "--help"]).output
    options = {item.opts[-1] for item in command.params if isinstance(item, click.Option)}
    for option in [*options, "--help"]:
        assert len(re.findall(rf"^  (-\w, )?{option}\b", shown, re.MULTILINE)) == 1
    headings = re.findall(r"^(\S.*):$", shown, re.MULTILINE)
    assert headings[-1] == "Other options"
    assert {"Who logs on", "WinRM (psrp://, psrps://)", "SSH (ssh://)", "Time"} <= set(headings)


@pytest.mark.parametrize("name", MANY)
def test_columns_are_the_same_under_all_headings(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"]).output
    options = shown[: shown.index("Examples:")]
    rows = re.findall(r"^  (-\S.*?)(?<=  )(?=[A-Z])", options, re.MULTILINE)
    assert len(rows) > 15
    assert {len(row) for row in rows} == {32}


@pytest.mark.parametrize("reason", list(Reason))
def test_pages_fit_a_narrow_terminal(reason: Reason, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "page_width", lambda: NARROW)
    without_code = "".join(failure.page(reason).split("```")[::2])
    lines = text.plain(without_code)
    too_long = [line for line in lines if len(line) > NARROW and len(line.split()) > 1]
    assert too_long == []


def test_narrow_pages_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [failure.page(reason) for reason in Reason]
    wide = [" ".join(text.plain(page)).split() for page in pages]
    monkeypatch.setattr(text, "page_width", lambda: NARROW)
    assert [" ".join(text.plain(page)).split() for page in pages] == wide
