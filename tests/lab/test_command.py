"""`hklint lab` as a user runs it: in a process of its own, told by other processes."""

import json
import signal
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hklint.cli.lab import lab_command
from hklint.lab.reg_file import HEADER

MAIN = "from hklint.cli import main; main()"


def hklint(*arguments: str, code: str = MAIN) -> list[str]:
    return [sys.executable, "-W", "error", "-c", code, "lab", *arguments]


def run(*arguments: str, code: str = MAIN) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - this Python with arguments of ours
        hklint(*arguments, code=code), capture_output=True, text=True, timeout=30, check=False
    )


@contextmanager
def start(*arguments: str) -> Generator[subprocess.Popen[str]]:
    """A lab in another process, ended in any case."""
    process = subprocess.Popen(  # noqa: S603 - the same
        hklint("start", *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The state file of a lab in another process, and what it printed."""
    state = tmp_path / "state.json"
    with start("ex2016-blocked", "--json", "--state", str(state)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        yield state, json.loads(line)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    assert not state.exists()


def test_the_story(running: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    state, printed = running
    (host,) = printed["hosts"]
    assert host["target"].startswith("psrp://LAB%5Caudit@127.0.0.1:")
    assert Path(printed["ca_file"]).exists()
    fix = tmp_path / "fix.reg"
    fix.write_text(f"{HEADER}\n[HKEY_LOCAL_MACHINE\\SYSTEM\\A]\n", "ascii")
    merged = run("merge", "ex2016-blocked", str(fix), "--state", str(state))
    assert (merged.returncode, merged.stderr) == (0, "")
    assert "hklint lab restart ex2016-blocked" in merged.stdout
    assert "a restart is due" in run("status", "--state", str(state)).stdout
    restarted = run("restart", "ex2016-blocked", "--state", str(state))
    assert (restarted.returncode, restarted.stdout) == (0, "Restarted ex2016-blocked.\n")
    status = run("status", "--json", "--state", str(state))
    assert json.loads(status.stdout) == printed
    second = run("start", "--state", str(state))
    assert (second.returncode, "running already" in second.stderr) == (2, True)


def test_what_stands_on_the_screen(tmp_path: Path) -> None:
    with start("ex2016-dotnet", "--state", str(tmp_path / "state.json")) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1]
        process.terminate()
        assert process.wait(10) == 0
    text = "".join(lines)
    for piece in ("psrp://LAB%5Caudit@", "psrps://LAB%5Caudit@", "HKLINT_PASSWORD", "--ca /"):
        assert piece in text


def test_mistakes_name_the_file(tmp_path: Path) -> None:
    missing = run("merge", "ex2016-blocked", str(tmp_path / "none.reg"))
    assert missing.returncode == 2
    assert "none.reg" in missing.stderr
    unknown = run("start", "ex2019", "--state", str(tmp_path / "state.json"))
    assert unknown.returncode == 2
    assert "no host 'ex2019' ships" in unknown.stderr


def test_hosts_are_listed_with_what_is_wrong() -> None:
    result = CliRunner().invoke(lab_command, ["hosts"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) == 7
    assert "ex2016-healthy      nothing is wrong." in result.output


@pytest.mark.parametrize("command", ["start", "hosts", "merge", "restart", "status"])
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(lab_command, [command, "--help"])
    assert result.exit_code == 0
