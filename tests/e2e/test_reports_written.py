"""Reports of one run: several at once, in files and folders, also where some can't be written."""

import errno
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hklint_reports.junit
from hklint_reports import FORMATS

Command = Callable[..., Any]
RUNS = Path(__file__).parents[1] / "reports" / "cases"
SNAPSHOT = Path(__file__).parent / "profiles" / "ex01.json"
POLICY = "exchange-store-addins"
FLEET = RUNS / "fleet.jsonl"
PLACES = {
    name: f"out{form.suffix if form.one_file else ''}-{name}" + ("" if form.one_file else "/")
    for name, form in FORMATS.items()
}


def _left(folder: Path = Path()) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_all_reports_at_once(hklint_command: Command) -> None:
    wanted = [f"--report={name}={place}" for name, place in PLACES.items() if name != "cklb"]
    done = hklint_command("report", FLEET, *wanted)
    assert (done.code, done.err) == (0, "")
    left = _left()
    assert left == {place.rstrip("/") for name, place in PLACES.items() if name != "cklb"}
    for name, place in PLACES.items():
        assert name == "cklb" or place in done.out


def test_nothing_is_left_of_a_report_that_fails(
    hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in one format costs neither the others nor the run, which is kept where it was not."""

    def broken(run: object, stream: Any, options: object) -> None:  # noqa: ANN401 - a text stream
        del run, options
        stream.write("half a report")
        raise ZeroDivisionError

    monkeypatch.setattr(hklint_reports.junit, "write", broken)
    temporary = Path(tempfile.gettempdir())
    done = hklint_command("report", FLEET, "--report=junit=run.xml", "--report=jsonl=again.jsonl")
    assert done.code == 5
    assert "Error: run.xml was not written: hklint has a bug: ZeroDivisionError at " in done.err
    assert _left() == {"again.jsonl"}
    assert Path("again.jsonl").read_bytes() == FLEET.read_bytes()
    assert not _left(temporary)
    done = hklint_command("check", SNAPSHOT, "-p", POLICY, "--report=junit=run.xml")
    assert done.code == 5
    (kept,) = temporary.glob("hklint-run-*.jsonl")
    assert f"The run is kept: hklint report {kept}" in done.err
    done = hklint_command("report", kept)
    assert "exit 4: a rule could not be judged" in done.out
    assert kept.stat().st_mode & 0o77 == 0


def test_a_disk_that_is_full(spawn: Command, tmp_path: Path) -> None:
    """The page is larger than a file may be; the table is not."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))\n"
    program = limit + "import sys; sys.argv[0] = 'hklint'; from hklint.cli import main; main()"
    process = spawn(
        *("report", FLEET, "--report=html=run.html", "--report=csv=run.csv"),
        program=program,
        variables={"PYTHONDONTWRITEBYTECODE": "1"},
    )
    out, err = (text.decode() for text in process.communicate(timeout=60))
    assert process.returncode == 2
    assert "Error: run.html was not written: File too large" in err
    assert "Written: run.csv" in out
    assert _left(tmp_path) == {"run.csv"}


def test_a_screen_that_is_full(spawn: Command, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = spawn("report", FLEET, "--report=sarif=run.sarif", "--report=csv", stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2
    assert b"Error: standard output was not written: No space left on device" in err
    assert json.loads((tmp_path / "run.sarif").read_text())


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("sarif=folder/", "sarif is one file; write sarif=FILE"),
        ("oval=run.xml", "oval is several files; name a folder, as in oval=FOLDER/"),
        ("oval", "oval is several files; name a folder, as in oval=FOLDER/"),
        ("junit=elsewhere/../full/", "full: there is something in it already; name a new folder"),
        ("junit=nowhere/at/all/", "nowhere/at/all: can't be written: No such file or directory"),
    ],
)
def test_places_that_do_not_fit(hklint_command: Command, wanted: str, told: str) -> None:
    Path("full").mkdir()
    Path("full/file").touch()
    done = hklint_command("report", FLEET, f"--report={wanted}")
    assert (done.code, done.out) == (2, "")
    assert told in done.err


def test_a_folder_has_all_files_or_is_not_there(
    hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(run: object, folder: Any, options: object) -> None:  # noqa: ANN401 - a folder
        del run, options
        with folder.open("one", ".xml") as stream:
            stream.write("<a/>")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hklint_reports.junit, "write_files", broken)
    done = hklint_command("report", FLEET, "--report=junit=results/")
    assert done.code == 2
    assert "Error: results/ was not written: No space left on device" in done.err
    assert _left() == set()


def test_an_empty_folder_is_filled(hklint_command: Command) -> None:
    Path("results").mkdir()
    assert hklint_command("report", FLEET, "--report=junit=results/").code == 0
    assert all(path.suffix == ".xml" for path in Path("results").iterdir())
    assert any(Path("results").iterdir())


def test_a_run_that_can_be_kept_nowhere_is_not_said_to_be_kept(
    hklint_command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The disk is full when the buffers are emptied, so behind the last line of the run."""
    temporary = tmp_path / "full"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = hklint_command("check", SNAPSHOT, "-p", POLICY, "--report=junit=run.xml")
    assert done.code == 2
    assert done.err.splitlines() == [
        f"Error: {name} was not written: No space left on device" for name in ("run.xml", "the run")
    ]
    assert not _left(temporary)


def test_without_a_folder_for_temporary_files_the_reports_are_still_told(
    hklint_command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(hklint_reports.junit, "write", broken)
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    done = hklint_command("check", SNAPSHOT, "-p", POLICY, "--report=junit=run.xml")
    assert done.code == 5
    assert done.err.splitlines()[-1] == (
        "Error: the run was not written: No such file or directory"
    )
