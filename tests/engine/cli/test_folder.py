"""Folders of reports: whatever a host is called, its file lies in the folder, beside no other."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.cli.folder import LONGEST, file_name, new_folder

NAMES = {
    "ex01.corp.example": "ex01.corp.example",
    "EX01 (127.0.0.1:5985)": "EX01_127.0.0.1_5985",
    "../../etc/passwd": "etc_passwd",
    "..": "host",
    "": "host",
    "C:\\Windows\\x": "C_Windows_x",
    "nul": "_nul",
    "COM1.example": "_COM1.example",
    "\u202eexe": "exe",
    "a\0b": "a_b",
    "-rf": "-rf",
    "name.": "name",
}


@pytest.mark.parametrize("text", NAMES)
def test_name(text: str) -> None:
    assert file_name(text) == NAMES[text]


@given(st.text())
def test_a_name_leads_nowhere(text: str) -> None:
    name = file_name(text)
    assert name == Path(name).name
    assert name.isascii()
    assert not set(name) & set('\\/:*?"<>|\0')
    assert not name.startswith(".")
    assert 0 < len(name) <= LONGEST + 1


def test_no_two_files_are_one(tmp_path: Path) -> None:
    """Two hosts may differ only in case, or in what a file's name can't have."""
    names = ["ex01", "EX01", "ex01", "ex/01", "ex:01", "ex01-2"]
    with new_folder(tmp_path / "out") as folder:
        for number, name in enumerate(names):
            with folder.open(name, ".xml") as stream:
                stream.write(str(number))
        assert not (tmp_path / "out").exists()
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == sorted(
        ["ex01.xml", "EX01-2.xml", "ex01-3.xml", "ex_01.xml", "ex_01-2.xml", "ex01-2-2.xml"]
    )
    assert (tmp_path / "out").stat().st_mode & 0o77 == 0
    assert len({path.read_text() for path in (tmp_path / "out").iterdir()}) == len(names)
