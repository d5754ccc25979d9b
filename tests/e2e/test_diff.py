"""`hklint diff`: recorded runs of hosts in the lab, compared by the command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.lab.lab import Lab

POLICY = "exchange-store-addins"
ENABLED = (
    r"HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client: "
    "Enabled [64-bit] was 1 (REG_DWORD), is 0 (REG_DWORD)"
)

Command = Callable[..., Any]


@pytest.fixture
def runs(hklint_command: Command) -> None:
    """Runs of one host: `story/1-before.jsonl` with TLS 1.2 blocked, `story/3-restarted.jsonl`."""
    assert hklint_command("demo", "-o", "story").code == 0


BLOCKED, WELL = "story/1-before.jsonl", "story/3-restarted.jsonl"


@pytest.mark.usefixtures("runs")
def test_worse_with_the_fact_that_turned_it(hklint_command: Command) -> None:
    done = hklint_command("diff", WELL, BLOCKED)
    lines = done.out.splitlines()
    assert (done.code, done.err) == (1, "")
    assert lines[0] == "WORSE: 6 verdicts newly fail (worst: high)"
    assert f"     = because    {ENABLED}" in lines
    assert lines[-2:] == [
        "Verdicts: 6 newly failing, 4 unchanged (1 host in both runs)",
        "exit 1: the later run is worse.",
    ]


@pytest.mark.usefixtures("runs")
def test_fixed_is_not_worse(hklint_command: Command) -> None:
    done = hklint_command("diff", BLOCKED, WELL)
    assert done.code == 0
    assert done.out.startswith("NOT WORSE: nothing newly fails, 6 are fixed\n")


@pytest.mark.usefixtures("runs")
def test_only_what_is_severe_enough_counts(hklint_command: Command) -> None:
    done = hklint_command("diff", WELL, BLOCKED, "--fail-on", "critical", "--quiet")
    assert done.code == 0
    why = "nothing newly fails of severity critical or above (6 below)"
    assert done.out.splitlines()[1] == f"exit 0: the later run is not worse: {why}."
    whole = hklint_command("diff", WELL, BLOCKED, "--fail-on", "critical")
    assert why in whole.out


@pytest.mark.usefixtures("runs")
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_a_file_is_written_whole_and_the_screen_has_the_tally(
    hklint_command: Command, form: str
) -> None:
    shown = hklint_command("diff", WELL, BLOCKED, "--format", form)
    assert shown.code == 1
    done = hklint_command("diff", WELL, BLOCKED, "--format", form, "-o", "diff.out")
    assert done.code == 1
    assert len(done.out.splitlines()) == 2
    why = "6 verdicts newly fail (worst: high)"
    assert done.out.endswith(f"exit 1: the later run is worse: {why}.  Written: diff.out\n")
    assert Path("diff.out").read_text("utf-8") == shown.out
    assert shown.err.splitlines()[-1:] == (
        [] if form == "text" else [done.out.splitlines()[1].partition("  Written")[0]]
    )


@pytest.mark.usefixtures("runs")
def test_what_can_not_be_compared_is_refused(hklint_command: Command) -> None:
    Path("no-run.jsonl").write_text("[]\n", "utf-8")
    Path("folder").mkdir()
    for arguments, words in (
        ((WELL, "no-run.jsonl"), "no-run.jsonl:1: "),
        ((WELL, "missing.jsonl"), "does not exist"),
        ((WELL,), "Missing argument 'AFTER'"),
        ((WELL, BLOCKED, "-o", "folder"), "this is a folder"),
        ((WELL, BLOCKED, "-o", "nowhere/diff.txt"), "can't be written"),
    ):
        done = hklint_command("diff", *arguments)
        assert (done.code, done.out) == (2, ""), arguments
        assert words in done.err


def test_a_host_that_is_not_reached_any_more_is_not_fixed(
    new_lab: Callable[..., Lab], hklint_command: Command
) -> None:
    """A host asked by its address is told by its own name only while it answers."""
    host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
    check = ("check", host.target, "-p", POLICY, "--record")
    assert hklint_command(*check, "before.jsonl").code == 1
    host.http.stop()
    assert hklint_command(*check, "after.jsonl").code == 4
    done = hklint_command("diff", "before.jsonl", "after.jsonl", "-f", "json")
    found = json.loads(done.out)
    assert (done.code, found["exit_code"]) == (4, 4)
    (lost,) = found["hosts"]["lost"]
    assert (lost["failed"], lost["reason"]) == (6, "connection-refused")
    assert found["counts"]["fixed"] == 0
    assert "not reached any more" in hklint_command("diff", "before.jsonl", "after.jsonl").out


@pytest.mark.usefixtures("runs")
def test_a_run_that_was_cut_off(hklint_command: Command) -> None:
    header = Path(WELL).read_text("utf-8").splitlines(keepends=True)[0]
    Path("cut.jsonl").write_text(header, "utf-8")
    done = hklint_command("diff", WELL, "cut.jsonl")
    assert done.code == 4
    assert "The later run was interrupted" in done.out
    assert "gone" in done.out
