"""What importers drop, change or refuse is never taken for what it looks like."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.errors import UsageError
from hklint.fact import Present
from hklint.reg_file.entries import Comment, CreateKey, DeleteKey, DeleteValue, Entry, KeyPath
from hklint.reg_file.read import NotUnderstood, RegFile, load, read
from hklint.reg_file.result import Doubt, Result

HEADER = "Windows Registry Editor Version 5.00"
CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("traps.yaml").read_text(encoding="utf-8")
)
KEY = KeyPath("HKLM", "A")


def _file(body: str, header: str = HEADER, encoding: str = "utf-16-le") -> RegFile:
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    text = f"{header}\n\n{body}".replace("\n", "\r\n")
    return read(mark + text.encode(encoding), "x.reg")


def _shown(entry: Entry) -> str:
    assert not isinstance(entry, Comment)
    key = f"{entry.key.hive}\\{entry.key.path}"
    if isinstance(entry, CreateKey):
        return f"+ {key}"
    if isinstance(entry, DeleteKey):
        return f"- {key}"
    if isinstance(entry, DeleteValue):
        return f'{key}: "{entry.name}" -'
    data = entry.data
    if isinstance(data, Present):
        return f'{key}: "{entry.name}" = {data.type} {data.value!r}'
    return f'{key}: "{entry.name}" = type {data.type}: {data.data.hex()}'


def _concerned(doubt: NotUnderstood) -> str:
    if doubt.key is None:
        return "anything"
    name = "" if doubt.name is None else f": {doubt.name}"
    return f"{doubt.key.hive}\\{doubt.key.path}{name}"


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_each_line_is_understood_or_told(case: dict[str, Any]) -> None:
    """The table beside this file: what each line says, or what it may concern and why."""
    file = _file(case["body"], case.get("header", HEADER), case.get("encoding", "utf-16-le"))
    assert [_shown(entry) for entry in file.entries] == case.get("says", [])
    wanted = case.get("doubts", [])
    found = [(number, _concerned(doubt)) for number, doubt in file.not_understood]
    assert found == [(number, concerned) for number, concerned, _ in wanted]
    for (_, doubt), (_, _, part) in zip(file.not_understood, wanted, strict=True):
        assert part in doubt.message


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", ""])
def test_line_ends_and_a_missing_last_one_are_taken(end: str) -> None:
    """CR, LF and both end lines; the last line needs none."""
    middle = end or "\n"
    text = middle.join([HEADER, "[HKEY_LOCAL_MACHINE\\A]", '"x"=dword:1']) + end
    file = read(text.encode("ascii"), "x.reg")
    assert [_shown(entry) for entry in file.entries] == [
        "+ HKLM\\A",
        'HKLM\\A: "x" = REG_DWORD 1',
    ]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "first line"),
        (b"\r\n" + HEADER.encode(), "first line"),
        (b"; hi\r\n" + HEADER.encode(), "first line"),
        (HEADER.lower().encode(), "first line"),
        (HEADER.encode() + b" \r\n", "first line"),
        (b" " + HEADER.encode(), "first line"),
        (b"regedit4\r\n", "first line"),
        (b"\xef\xbb\xbf" + HEADER.encode(), "UTF-8 with a byte order mark"),
        (HEADER.encode("utf-16-le"), "no byte order mark"),
        (b"\xfe\xff" + HEADER.encode("utf-16-be"), "big endian"),
        (b"\xff\xfe" + HEADER.encode("utf-16-le")[:-1], "cut off"),
    ],
)
def test_files_that_importers_refuse_are_refused(data: bytes, part: str) -> None:
    """Encoding and first line decide; the message names the file."""
    with pytest.raises(UsageError, match=r"^x\.reg") as caught:
        read(data, "x.reg")
    assert part in str(caught.value)


def test_limits_of_names_are_kept() -> None:
    """255 characters for the name of a key, 16,383 for that of a value."""
    long_key = f"[HKEY_LOCAL_MACHINE\\{'k' * 255}]\n"
    assert not _file(f'{long_key}"{"v" * 16_383}"=dword:1\n').not_understood
    (_, doubt), *_ = _file(f"[HKEY_LOCAL_MACHINE\\{'k' * 256}]\n").not_understood
    assert doubt.key is None
    ((_, doubt),) = _file(f'{long_key}"{"v" * 16_384}"=dword:1\n').not_understood
    assert "16383" in doubt.message


def test_a_file_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    """The message names the file and the reason."""
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        load(str(tmp_path / "missing.reg"))


@pytest.mark.parametrize(
    ("body", "key", "value"),
    [
        ('[{}]\n"x"=dword:1\n"X"=dword:2\n', "there", 2),
        ('[{}]\n"x"=dword:1\n[-{}]\n', "gone", "gone"),
        ('[{}]\n"x"=dword:1\n[-{}]\n[{}]\n', "there", "gone"),
        ('[{}\\Below]\n"x"=dword:1\n', "there", "not-said"),
        ('[{}]\n"x"=dword:1\n"x"=-\n', "there", "gone"),
        ("[-HKEY_LOCAL_MACHINE\\Other]\n", "not-said", "not-said"),
        ('[{}]\n"x"=dword:1\n"x"=DWORD:2\n', "there", Doubt),
        ('[{}]\n"x"=DWORD:2\n"x"=dword:1\n', "there", 1),
        ('[{}]\n"x"=dword:1\n"\\y"=dword:2\n', "there", Doubt),
        ('[{}]\n"x"=dword:1\n"y"=DWORD:2\n', "there", 1),
        ('[{}]\n"x"=dword:1\n[HKLM\\A]\n', Doubt, Doubt),
        ('[HKLM\\A]\n[{}]\n"x"=dword:1\n', "there", 1),
        ('[-{}]\n"x"=dword:1\n', Doubt, Doubt),
        ("[HKLM\\A]\n", Doubt, Doubt),
    ],
)
def test_later_lines_prevail_and_doubt_takes_away(body: str, key: object, value: object) -> None:
    """Equal names in any case, deletions, and lines that may have changed what stood before."""
    result = Result(_file(body.replace("{}", "HKEY_LOCAL_MACHINE\\A")))
    assert _plain(result.key(KEY)) == key
    assert _plain(result.value(KEY, "x")) == value


def _plain(state: object) -> object:
    if isinstance(state, Doubt):
        return Doubt
    return state.value if isinstance(state, Present) else state


def test_a_deletion_further_up_takes_all_below() -> None:
    """`[-key]` deletes what is below it, whatever an earlier line made there."""
    body = '[HKEY_LOCAL_MACHINE\\A\\B]\n"x"=dword:1\n[-hkey_local_machine\\a]\n'
    result = Result(_file(body))
    below = KeyPath("HKLM", "a\\b")
    assert (result.key(below), result.value(below, "X")) == ("gone", "gone")
