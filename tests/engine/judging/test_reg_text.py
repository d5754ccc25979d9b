"""The text of .reg files, byte for byte."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import pytest

from hklint.fact import Absent, Fact, Hive, Observation, Present, RegistryValue, Unreadable, View
from hklint.judging.evaluate import judge
from hklint.judging.reg_text import ENCODING, NoRollbackError, fix_text, rollback_text
from hklint.judging.remedy import changes, merged
from hklint.lab.reg_file import SetValue, parse
from hklint.policy import Policy
from hklint.snapshot import Snapshot
from hklint.verdict import Change

GOLDEN = Path(__file__).parent / "golden"
VALUE = RegistryValue("HKLM", "SOFTWARE\\Contoso", "Setting")

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


def _change(fact: RegistryValue = VALUE, type_name: str = "REG_DWORD", value: Any = 1) -> Change:  # noqa: ANN401 - any data
    return Change(fact, type_name, value, "none")


def _lines(text: str) -> list[str]:
    """The lines below the header."""
    return text.split("\r\n")[2:]


@pytest.mark.parametrize("kind", ["fix", "rollback"])
def test_the_support_case(
    kind: Literal["fix", "rollback"],
    store_policy: Policy,
    store_host: Callable[[str], Snapshot],
    updating: bool,  # noqa: FBT001 - a fixture's value
) -> None:
    snapshot = store_host("tls12-blocked")
    found = merged(changes(item, snapshot) for item in judge(store_policy, snapshot)).values()
    comment = "exchange-store-addins on EX01, 2026-03-04T05:06:07Z"
    fix, rollback = fix_text(found, comment), rollback_text(found, snapshot, comment)
    text = fix if kind == "fix" else rollback
    path = GOLDEN / f"tls12-blocked.{kind}.reg"
    if updating:
        path.write_bytes(text.encode(ENCODING))
    assert text.encode(ENCODING) == path.read_bytes()


def test_a_file_is_as_regedit_writes_it() -> None:
    data = fix_text([_change()], "who\nwhen").encode(ENCODING)
    assert data == b"\xff\xfe" + (
        "Windows Registry Editor Version 5.00\r\n"
        "\r\n"
        "; who\r\n"
        "; when\r\n"
        "\r\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Contoso]\r\n"
        '"Setting"=dword:00000001\r\n'
    ).encode("utf-16-le")


DATA: dict[str, tuple[str, Any, str]] = {
    "dword": ("REG_DWORD", 0xFFFFFFFF, "dword:ffffffff"),
    "dword 0": ("REG_DWORD", 0, "dword:00000000"),
    "qword": ("REG_QWORD", 258, "hex(b):02,01,00,00,00,00,00,00"),
    "text": ("REG_SZ", "plain", '"plain"'),
    "empty text": ("REG_SZ", "", '""'),
    "text to escape": ("REG_SZ", 'C:\\Temp\\new "x"', '"C:\\\\Temp\\\\new \\"x\\""'),
    "text with a line break": ("REG_SZ", "a\nb", "hex(1):61,00,0a,00,62,00,00,00"),
    "text with a NUL": ("REG_SZ", "a\0", "hex(1):61,00,00,00,00,00"),
    "text beyond ASCII": ("REG_SZ", "ä€", '"ä€"'),
    "text to expand": ("REG_EXPAND_SZ", "%x%", "hex(2):25,00,78,00,25,00,00,00"),
    "list": ("REG_MULTI_SZ", ("a", "b"), "hex(7):61,00,00,00,62,00,00,00,00,00"),
    "empty list": ("REG_MULTI_SZ", (), "hex(7):00,00"),
    "bytes": ("REG_BINARY", "00ff", "hex:00,ff"),
    "no bytes": ("REG_BINARY", "", "hex:"),
    "none": ("REG_NONE", "01", "hex(0):01"),
}


@pytest.mark.parametrize("name", DATA)
def test_data(name: str, host_with: Hosts) -> None:
    type_name, value, text = DATA[name]
    assert _lines(fix_text([_change(type_name=type_name, value=value)], ""))[2] == (
        f'"Setting"={text}'
    )
    snapshot = host_with({VALUE: Present(type_name, value)})
    assert _lines(rollback_text([_change()], snapshot, ""))[2] == f'"Setting"={text}'


@pytest.mark.parametrize("name", DATA)
def test_another_reader_understands_the_data(name: str) -> None:
    type_name, value, _ = DATA[name]
    *_, step = parse(fix_text([_change(type_name=type_name, value=value)], "").encode(ENCODING))
    assert isinstance(step, SetValue)
    assert step.value.name == "Setting"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "@"),
        ("a b", '"a b"'),
        ("\\\\*\\NETLOGON", '"\\\\\\\\*\\\\NETLOGON"'),
        ('say "x"', '"say \\"x\\""'),
    ],
)
def test_names_are_escaped(name: str, text: str) -> None:
    fact = RegistryValue("HKLM", "SOFTWARE\\Contoso", name)
    assert _lines(fix_text([_change(fact)], ""))[2] == f"{text}=dword:00000001"


@pytest.mark.parametrize(
    ("hive", "key", "view", "shown"),
    [
        ("HKLM", "SOFTWARE\\Contoso", "32-bit", "SOFTWARE\\Wow6432Node\\Contoso"),
        ("HKLM", "software\\Contoso", "32-bit", "software\\Wow6432Node\\Contoso"),
        ("HKLM", "SOFTWARE", "32-bit", "SOFTWARE\\Wow6432Node"),
        ("HKLM", "SOFTWARE\\Contoso", "64-bit", "SOFTWARE\\Contoso"),
        ("HKLM", "SYSTEM\\Contoso", "32-bit", "SYSTEM\\Contoso"),
        ("HKLM", "SOFTWAREx\\Contoso", "32-bit", "SOFTWAREx\\Contoso"),
        ("HKCU", "SOFTWARE\\Contoso", "32-bit", "SOFTWARE\\Contoso"),
    ],
)
def test_the_32_bit_view_is_spelled_out(hive: Hive, key: str, view: View, shown: str) -> None:
    root = {"HKLM": "HKEY_LOCAL_MACHINE", "HKCU": "HKEY_CURRENT_USER"}[hive]
    text = fix_text([_change(RegistryValue(hive, key, "x", view))], "")
    assert _lines(text)[1] == f"[{root}\\{shown}]"


def test_keys_and_values_are_sorted_and_each_key_stands_once() -> None:
    order = [("b", "y"), ("A", "x"), ("b", "X")]
    facts = [RegistryValue("HKLM", f"SOFTWARE\\{key}", value) for key, value in order]
    assert _lines(fix_text(map(_change, facts), "")) == [
        "",
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]",
        '"x"=dword:00000001',
        "",
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\b]",
        '"X"=dword:00000001',
        '"y"=dword:00000001',
        "",
    ]


@pytest.mark.parametrize("comment", ["[HKEY_X]", 'a\n"Setting"=-', "a\r[b]", "a\u2028b", "a\x0bb"])
def test_a_comment_stays_a_comment(comment: str) -> None:
    """It may name a host, and hosts choose their names."""
    (key, value) = parse(fix_text([_change()], comment).encode(ENCODING))
    assert (type(key).__name__, type(value).__name__) == ("CreateKey", "SetValue")


@pytest.mark.parametrize("what", ["key", "value"])
def test_what_was_absent_is_deleted_again(what: Literal["key", "value"], host_with: Hosts) -> None:
    text = rollback_text([_change()], host_with({VALUE: Absent(what)}), "")
    assert _lines(text)[2] == '"Setting"=-'


def test_what_was_not_read_cannot_be_put_back(host_with: Hosts) -> None:
    known: list[dict[Fact, Observation]] = [{}, {VALUE: Unreadable("access-denied")}]
    for observations in known:
        with pytest.raises(NoRollbackError, match="could not be read"):
            rollback_text([_change()], host_with(observations), "")


def test_a_type_that_no_reg_file_has_is_refused() -> None:
    with pytest.raises(NoRollbackError, match="REG_LINK"):
        fix_text([_change(type_name="REG_LINK", value="x")], "")
