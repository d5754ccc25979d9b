"""What is written is read again as the same, by hklint's reader and by the lab's."""

from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.fact import Present
from hklint.lab import reg_file as lab
from hklint.lab.registry import Value, parse_path
from hklint.reg_file.data import DataError, format_data, parse_data, stored
from hklint.reg_file.entries import (
    TYPE_NUMBERS,
    Comment,
    CreateKey,
    Data,
    DeleteKey,
    DeleteValue,
    Entry,
    KeyPath,
    Raw,
    SetValue,
)
from hklint.reg_file.paths import ROOTS
from hklint.reg_file.read import read
from hklint.reg_file.write import write


def _whole(text: str) -> bool:
    """Halves of a UTF-16 character side by side would be one character when read again."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units.decode("utf-16-le", "surrogatepass") == text


_ODD = st.sampled_from(
    [
        "\\",
        '"',
        "]",
        "[",
        "=",
        ";",
        "-",
        "@",
        ",\\",
        "dword:1",
        "\U0001f511",
        "\ud800",
        "\udc00",
        "ä",
        " ",
    ]
)
_LETTERS = st.text(st.characters(categories=["L", "M", "N", "P", "S", "Z", "Cs", "Cf"]), max_size=9)
_TEXTS = st.lists(_ODD | _LETTERS, max_size=6).map("".join).filter(_whole)
_LINES = st.lists(_TEXTS | st.sampled_from(["\r\n", "\n", "\r", "\0", "\t", "\x1b"]), max_size=5)
_ANY_TEXT = _LINES.map("".join).filter(_whole)
_NAMES = _TEXTS | st.sampled_from(["", "\\\\*\\NETLOGON", "a]=;", "x" * 200, '"'])
_PARTS = _TEXTS.map(lambda text: text.replace("\\", "/").replace(";", ",")).filter(bool)
_KEYS = st.builds(
    KeyPath, st.sampled_from(tuple(ROOTS)), st.lists(_PARTS, max_size=4).map("\\".join)
)
_BYTES = st.binary(max_size=200)


def _present(type_name: str, values: st.SearchStrategy[object]) -> st.SearchStrategy[Data]:
    return values.map(lambda value: Present(type_name, value))  # type: ignore[arg-type]


_MULTI = st.lists(_ANY_TEXT.map(lambda text: text.replace("\0", "")).filter(_whole)).map(tuple)
_RAW = (
    st.builds(
        Raw, st.integers(0, 2**32 - 1).filter(lambda it: it not in TYPE_NUMBERS.values()), _BYTES
    )
    | st.builds(Raw, st.just(4), _BYTES.filter(lambda data: len(data) != 4))
    | st.builds(Raw, st.just(11), _BYTES.filter(lambda data: len(data) != 8))
)
_DATA: st.SearchStrategy[Data] = st.one_of(
    _present("REG_SZ", _ANY_TEXT),
    _present("REG_EXPAND_SZ", _ANY_TEXT),
    _present("REG_MULTI_SZ", _MULTI),
    _present("REG_DWORD", st.integers(0, 2**32 - 1)),
    _present("REG_QWORD", st.integers(0, 2**64 - 1)),
    _present("REG_BINARY", _BYTES.map(bytes.hex)),
    _present("REG_NONE", _BYTES.map(bytes.hex)),
    _RAW,
)


@st.composite
def _sections(draw: st.DrawFn) -> list[Entry]:
    key = draw(_KEYS)
    if draw(st.booleans()) and key.path:
        return [DeleteKey(key)]
    entries: list[Entry] = [CreateKey(key)]
    for name in draw(st.lists(_NAMES, max_size=4)):
        data = draw(st.none() | _DATA)
        entries.append(SetValue(key, name, data) if data else DeleteValue(key, name))
    return entries


_ENTRIES = st.lists(_sections(), max_size=4).map(lambda found: [*chain.from_iterable(found)])


@given(_ENTRIES, st.lists(_ANY_TEXT, max_size=3))
def test_what_is_written_is_read_again(entries: list[Entry], comments: list[str]) -> None:
    """Every type, every odd name, long data over several lines; comments change nothing."""
    file = read(write(entries, comments), "x.reg")
    assert not file.not_understood
    assert list(file.entries) == entries


@given(_ENTRIES, _ANY_TEXT)
def test_comments_among_the_entries_change_nothing(entries: list[Entry], text: str) -> None:
    """A remark above each entry, whatever it says, is one that no reader acts on."""
    remarked = [part for entry in entries for part in (Comment(text), entry)]
    assert list(read(write(remarked), "x.reg").entries) == entries


@given(_DATA)
def test_data_alone_are_read_again(data: Data) -> None:
    """The right side of a value's line stands for itself, for options that take it."""
    assert parse_data(format_data(data)) == data


@given(_ENTRIES)
def test_the_labs_reader_agrees_on_what_is_written(entries: list[Entry]) -> None:
    """The lab has a reader of its own; both see the same steps, down to the bytes."""
    known = [entry for entry in entries if not _is_beyond_the_lab(entry)]
    assert list(lab.parse(write(known))) == [_as_lab(entry) for entry in known]


def _is_beyond_the_lab(entry: Entry) -> bool:
    """What the lab's hosts do not have: odd types, whole hives, halves of characters."""
    if isinstance(entry, Comment) or not entry.key.path or not _is_encodable(entry.key.path):
        return True
    if isinstance(entry, SetValue | DeleteValue) and not _is_encodable(entry.name):
        return True
    if not isinstance(entry, SetValue):
        return False
    return isinstance(entry.data, Raw) or not _is_encodable(format_data(entry.data))


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _as_lab(entry: Entry) -> lab.Step:
    assert not isinstance(entry, Comment)
    key = parse_path(f"{ROOTS[entry.key.hive]}\\{entry.key.path}")
    match entry:
        case CreateKey():
            return lab.CreateKey(key)
        case DeleteKey():
            return lab.DeleteKey(key)
        case DeleteValue(_, name):
            return lab.DeleteValue(key, name)
        case SetValue(_, name, data):
            assert isinstance(data, Present)
            return lab.SetValue(key, Value(name, TYPE_NUMBERS[data.type], stored(data)))


def test_values_open_the_section_of_their_key() -> None:
    """Entries need not be grouped: a value whose key is not open brings its key's line along."""
    key, other = KeyPath("HKLM", "SOFTWARE\\A"), KeyPath("HKLM", "SOFTWARE\\B")
    data = Present("REG_DWORD", 1)
    entries = [SetValue(key, "x", data), SetValue(other, "x", data), SetValue(key, "y", data)]
    read_again = read(write(entries), "x.reg").entries
    assert [entry for entry in read_again if isinstance(entry, SetValue)] == entries


def test_the_file_is_as_regedit_writes_it() -> None:
    """UTF-16LE with a mark, CRLF, header, small hex digits, at most 80 letters of bytes a line."""
    key = KeyPath("HKLM", "SYSTEM\\A")
    entries: list[Entry] = [
        Comment("rule one\nand two"),
        SetValue(key, "Enabled", Present("REG_DWORD", 0xABC)),
        SetValue(key, "Long", Present("REG_BINARY", "ff" * 60)),
        DeleteValue(key, ""),
    ]
    written = write(entries, ["Made by a test\u2028\u202e[-HKEY_LOCAL_MACHINE\\SYSTEM]"])
    assert written.startswith(b"\xff\xfe")
    lines = written[2:].decode("utf-16-le").split("\r\n")
    assert lines[:9] == [
        "Windows Registry Editor Version 5.00",
        "",
        "; Made by a test",
        "; \ufffd[-HKEY_LOCAL_MACHINE\\SYSTEM]",
        "",
        "; rule one",
        "; and two",
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\A]",
        '"Enabled"=dword:00000abc',
    ]
    assert lines[-2:] == ["@=-", ""]
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    "entry",
    [
        CreateKey(KeyPath("HKLM", "A\r\n[-HKEY_LOCAL_MACHINE\\B]")),
        CreateKey(KeyPath("HKLM", "A\\\\B")),
        CreateKey(KeyPath("HKLM", "A] ; B")),
        CreateKey(KeyPath("HKLM", "A" * 256)),
        DeleteValue(KeyPath("HKLM", "A"), 'x"=-\n@'),
        DeleteValue(KeyPath("HKLM", "A"), "x" * 16_384),
        SetValue(KeyPath("HKLM", "A"), "x", Present("REG_DWORD", 2**32)),
        SetValue(KeyPath("HKLM", "A"), "x", Present("REG_MULTI_SZ", ("a\0b",))),
        SetValue(KeyPath("HKLM", "A"), "x", Present("REG_DWORD", "1")),
        SetValue(KeyPath("HKLM", "A"), "x", Present("key", "")),
    ],
    ids=lambda entry: repr(entry)[:60],
)
def test_what_no_file_can_hold_is_refused(entry: Entry) -> None:
    """A name with a line break would be another line: nothing is written instead."""
    with pytest.raises(DataError):
        write([entry])
