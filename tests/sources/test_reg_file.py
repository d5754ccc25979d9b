"""A .reg file as a source: what it knows, what is absent, and that nothing else is."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from hklint.credentials import Passwords, passwords_of_this_process
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    View,
    WebRequest,
)
from hklint.failure import Failure, Reason
from hklint.fleet import gather
from hklint.snapshot import Snapshot
from hklint.sources import Options
from hklint.sources.recorded import read_snapshot, write_snapshot
from hklint.target import RegFileTarget, parse_target

HEADER = "Windows Registry Editor Version 5.00\n\n"
PROTOCOLS = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"
CLIENT = f"{PROTOCOLS}\\TLS 1.2\\Client"
TLS = (
    HEADER
    + f"""[HKEY_LOCAL_MACHINE\\{PROTOCOLS}\\TLS 1.2]

[HKEY_LOCAL_MACHINE\\{CLIENT}]
"DisabledByDefault"=dword:00000000
"Enabled"=dword:00000001
"""
)
DOTNET = "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
WINDOWS = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
EXCHANGE = "SOFTWARE\\Microsoft\\ExchangeServer"


@pytest.fixture
def passwords() -> Passwords:
    return passwords_of_this_process(None)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _snapshot(
    text: str,
    facts: set[Fact],
    passwords: Passwords,
    *,
    whole_export: bool = False,
    host_fields: Mapping[str, int | str] | None = None,
) -> Snapshot:
    Path("ex01.reg").write_text(text, encoding="ascii")
    target = parse_target("ex01.reg")
    assert isinstance(target, RegFileTarget)
    options = Options(passwords=passwords, whole_export=whole_export, host_fields=host_fields or {})
    (gathered,) = gather([target], facts, options, 1)
    assert isinstance(gathered.result, Snapshot)
    return gathered.result


def _value(key: str, name: str, view: View = "64-bit") -> RegistryValue:
    return RegistryValue("HKLM", key, name, view)


def _word(seen: Observation) -> object:
    match seen:
        case Present():
            return seen.value
        case Absent():
            return f"no {seen.what}"
        case Unreadable():
            return seen.reason


@pytest.mark.parametrize(
    ("fact", "as_written", "as_export"),
    [
        (_value(CLIENT, "enabled"), 1, 1),
        (RegistryName("HKLM", CLIENT, "Enabled"), "", ""),
        (RegistryKey("HKLM", CLIENT.upper()), "", ""),
        (_value(CLIENT, "Other"), "failed", "no value"),
        (RegistryKey("HKLM", f"{PROTOCOLS}\\TLS 1.2\\Server"), "failed", "no key"),
        (_value(f"{PROTOCOLS}\\TLS 1.2\\Server", "Enabled"), "failed", "no key"),
        (RegistryKey("HKLM", PROTOCOLS), "", ""),
        (_value(PROTOCOLS, "x"), "failed", "failed"),
        (RegistryKey("HKLM", f"{PROTOCOLS}\\TLS 1.0"), "failed", "failed"),
        (_value(DOTNET, "SystemDefaultTlsVersions"), "failed", "failed"),
        (HostField("build"), "failed", "failed"),
        (WebRequest("https://store.example"), "not-asked", "not-asked"),
    ],
    ids=str,
)
def test_only_what_an_export_covers_is_absent(
    fact: Fact, as_written: object, as_export: object, passwords: Passwords
) -> None:
    """A file as written knows what it sets; an export also what is not in and below its keys."""
    for whole, wanted in ((False, as_written), (True, as_export)):
        snapshot = _snapshot(TLS, {fact}, passwords, whole_export=whole)
        assert _word(snapshot.observe(fact)) == wanted


def test_deletions_say_that_something_is_absent(passwords: Passwords) -> None:
    """A fix that deletes leaves nothing there, and says nothing of the rest."""
    text = HEADER + '[HKEY_LOCAL_MACHINE\\A]\n"x"=-\n[-HKEY_LOCAL_MACHINE\\B]\n'
    facts: dict[Fact, object] = {
        _value("A", "x"): "no value",
        _value("A", "y"): "failed",
        _value("B\\C", "x"): "no key",
        RegistryKey("HKLM", "B"): "no key",
    }
    snapshot = _snapshot(text, set(facts), passwords)
    assert {fact: _word(snapshot.observe(fact)) for fact in facts} == facts


@pytest.mark.parametrize("whole", [False, True])
def test_lines_not_understood_leave_nothing_absent(whole: bool, passwords: Passwords) -> None:  # noqa: FBT001
    """A value that a bad line may have set is not absent, and not what an earlier line says."""
    text = TLS + '"Enabled"=DWORD:00000000\n"Typo"=dword:0x1\n[HKLM\\Short]\n'
    gone = RegistryKey("HKLM", f"{PROTOCOLS}\\TLS 1.2\\Server")
    facts: set[Fact] = {_value(CLIENT, "Enabled"), _value(CLIENT, "Typo"), gone}
    snapshot = _snapshot(text, facts, passwords, whole_export=whole)
    for fact in facts:
        seen = snapshot.observe(fact)
        assert isinstance(seen, Unreadable)
        assert "of the file is not understood" in seen.detail


def test_data_no_policy_can_judge_are_unreadable(passwords: Passwords) -> None:
    """A short DWORD and another type are there by name, and their data are not made up."""
    text = HEADER + '[HKEY_LOCAL_MACHINE\\A]\n"x"=hex(4):01\n"y"=hex(5):00,00,00,01\n'
    for name in ("x", "y"):
        facts: set[Fact] = {_value("A", name)}
        seen = _snapshot(text, facts, passwords).observe(_value("A", name))
        assert isinstance(seen, Unreadable)


def test_wow6432node_is_the_32_bit_view(passwords: Passwords) -> None:
    """What both views share, or may share, is not known in the 32-bit one."""
    shared = "SOFTWARE\\Policies\\Contoso"
    spelled = DOTNET.replace("SOFTWARE", "SOFTWARE\\WOW6432Node", 1)
    text = HEADER + (
        "[HKEY_LOCAL_MACHINE\\SOFTWARE]\n"
        f'[HKEY_LOCAL_MACHINE\\{DOTNET}]\n"x"=dword:1\n'
        f'[HKEY_LOCAL_MACHINE\\{spelled}]\n"x"=dword:2\n'
    )
    facts: dict[Fact, object] = {
        _value(DOTNET, "x"): 1,
        _value(DOTNET, "x", "32-bit"): 2,
        _value("SOFTWARE\\Contoso", "x", "32-bit"): "no key",
        _value(shared, "x"): "no key",
        _value(shared, "x", "32-bit"): "failed",
        _value("SOFTWARE\\Classes\\x", "x", "32-bit"): "failed",
    }
    snapshot = _snapshot(text, set(facts), passwords, whole_export=True)
    assert {fact: _word(snapshot.observe(fact)) for fact in facts} == facts


def test_a_key_above_a_link_does_not_cover_it(passwords: Passwords) -> None:
    """CurrentControlSet is a link: its being missing from an export of SYSTEM proves nothing."""
    text = HEADER + "[HKEY_LOCAL_MACHINE\\SYSTEM]\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001]\n"
    fact = RegistryKey("HKLM", CLIENT)
    assert _word(_snapshot(text, {fact}, passwords, whole_export=True).observe(fact)) == "failed"


IDENTITY = HEADER + (
    f"[HKEY_LOCAL_MACHINE\\{WINDOWS}]\n"
    '"ProductName"="Windows Server 2019"\n"CurrentBuildNumber"="17763"\n'
    '"UBR"=dword:00001000\n"EditionID"=hex(7):41,00,00,00,00,00\n'
    f"[HKEY_LOCAL_MACHINE\\{EXCHANGE}\\v15\\Setup]\n"
    '"MsiProductMajor"=dword:0000000f\n"MsiProductMinor"=dword:00000002\n'
    '"MsiBuildMajor"=dword:0000045e\n"MsiBuildMinor"=dword:00000007\n'
)


@pytest.mark.parametrize(
    ("stated", "wanted"),
    [
        ({}, {"build": 17763, "product": "Windows Server 2019", "ubr": 4096}),
        ({}, {"edition": "failed", "dotnet_release": "failed", "name": "failed"}),
        ({"domain_role": 3}, {"domain_role": 3, "domain": "failed"}),
        ({"build": 17763}, {"build": 17763}),
        ({"build": 20348}, {"build": "failed"}),
    ],
)
def test_the_host_is_who_its_values_say(
    stated: Mapping[str, int | str], wanted: Mapping[str, object], passwords: Passwords
) -> None:
    """Identity comes from the values the collector reads; two that disagree are not known."""
    facts: set[Fact] = {HostField(name) for name in wanted}
    snapshot = _snapshot(IDENTITY, facts, passwords, host_fields=stated)
    assert {name: _word(snapshot.observe(HostField(name))) for name in wanted} == wanted
    assert all(name in snapshot.source.transport for name in stated)


@pytest.mark.parametrize(
    ("lines", "whole", "wanted"),
    [
        (IDENTITY, False, "15.2.1118.7"),
        (IDENTITY.replace('"MsiBuildMinor"=dword:00000007\n', ""), False, "failed"),
        (IDENTITY.replace("v15", "v14"), False, "failed"),
        (IDENTITY.replace("\\v15\\Setup", "").replace("Msi", "x"), True, "no field"),
        (HEADER, True, "failed"),
    ],
)
def test_exchange_is_absent_only_if_the_export_covers_it(
    lines: str,
    whole: bool,  # noqa: FBT001 - a row of the table
    wanted: object,
    passwords: Passwords,
) -> None:
    """v15 that is not known does not make way for v14."""
    field = HostField("exchange_version")
    assert _word(_snapshot(lines, {field}, passwords, whole_export=whole).observe(field)) == wanted


def test_the_snapshot_can_be_judged_again(passwords: Passwords) -> None:
    """It keeps only what was asked for, names its source, and is read back as the same."""
    text = TLS + '"Secret"="hunter2"\n'
    facts: set[Fact] = {_value(CLIENT, "Enabled"), RegistryName("HKLM", CLIENT, "Secret")}
    snapshot = _snapshot(text, {*facts, HostField("build")}, passwords)
    written = write_snapshot(snapshot)
    assert "hunter2" not in written
    assert read_snapshot(written, "x.json") == snapshot
    assert (snapshot.host, snapshot.source.kind, snapshot.source.target) == (
        "ex01",
        "reg-file",
        "ex01.reg",
    )


def test_a_file_that_went_away_is_a_failure_of_its_host(passwords: Passwords) -> None:
    """One file's trouble never ends the others' run."""
    target = parse_target("gone.reg")
    assert isinstance(target, RegFileTarget)
    (gathered,) = gather([target], {HostField("build")}, Options(passwords=passwords), 1)
    assert isinstance(gathered.result, Failure)
    assert gathered.result.reason is Reason.COLLECTOR_FAILED


@pytest.mark.parametrize("text", ["ex01.reg", "./ex01.REG", "C:\\exports\\ex01.reg"])
def test_a_name_that_ends_in_reg_is_a_file(text: str) -> None:
    """The host is named by the file, wherever it lies."""
    target = parse_target(text)
    assert isinstance(target, RegFileTarget)
    assert (target.path, target.host) == (text, "ex01")


def test_halves_of_characters_become_one_that_a_snapshot_can_hold(passwords: Passwords) -> None:
    """As in a host's answer: the registry may hold them, a UTF-8 file can not."""
    text = HEADER + '[HKEY_LOCAL_MACHINE\\A]\n"x"="\ud800"\n'
    Path("odd.reg").write_bytes(b"\xff\xfe" + text.encode("utf-16-le", "surrogatepass"))
    target = parse_target("odd.reg")
    assert isinstance(target, RegFileTarget)
    facts: set[Fact] = {_value("A", "x")}
    (gathered,) = gather([target], facts, Options(passwords=passwords), 1)
    assert isinstance(gathered.result, Snapshot)
    assert gathered.result.observe(_value("A", "x")) == Present("REG_SZ", "\ufffd")
