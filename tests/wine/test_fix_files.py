"""fix.reg and rollback.reg in Wine's registry, with every type and odd names: what is exported."""

import shutil
from collections.abc import Callable, Iterable, Mapping

import pytest

from hklint.fact import Absent, Data, Fact, Observation, Present, RegistryKey, RegistryValue, View
from hklint.fix import Fix
from hklint.fixing.forms.reg import files
from hklint.fixing.steps import fix_of
from hklint.fold import fold
from hklint.lab.registry import Value
from hklint.lab.registry_data import store
from hklint.reg_file.entries import CreateKey, Entry, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.verdict import Change

pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(shutil.which("wine") is None, reason="needs Wine: run `make test-wine`"),
]

ROOT = "SOFTWARE\\hklint"
TWO_LINES = "two\r\nlines"
NAMES = ("plain", "", "\\\\*\\NETLOGON", 'a "quoted" one', "a]b", "a=b", ";a", "ä 中", "a%b")
DATA: tuple[tuple[str, Data], ...] = (
    ("REG_DWORD", 0),
    ("REG_DWORD", 0xFFFFFFFF),
    ("REG_QWORD", 2**63 + 1),
    ("REG_SZ", ""),
    ("REG_SZ", 'C:\\Temp\\new "x"; y'),
    ("REG_SZ", TWO_LINES),
    ("REG_EXPAND_SZ", "%SystemRoot%\\ä"),
    ("REG_MULTI_SZ", ()),
    ("REG_MULTI_SZ", ("one", "two words")),
    ("REG_BINARY", ""),
    ("REG_BINARY", "00ff" * 40),
    ("REG_NONE", "01"),
)
VIEWS: tuple[View, ...] = ("64-bit", "32-bit")

Content = dict[str, dict[str, tuple[int, bytes]]]
States = Callable[..., list[Content]]
ROOTS = [key_of(RegistryKey("HKLM", ROOT, view)) for view in VIEWS]


def _stored(name: str, seen: Present) -> Value:
    data: object = list(seen.value) if isinstance(seen.value, tuple) else seen.value
    if seen.type in {"REG_BINARY", "REG_NONE"}:
        data = bytes.fromhex(str(seen.value))
    return store(name, seen.type, data)  # type: ignore[arg-type] # types of the test


def _meant(host: Mapping[RegistryValue, Observation], keys: Iterable[RegistryKey]) -> Content:
    found: Content = {fold(key_of(key).path): {} for key in keys}
    for fact, seen in host.items():
        if isinstance(seen, Present):
            value = _stored(fact.value, seen)
            found[fold(key_of(fact).path)][fold(fact.value)] = (value.type, value.data)
    return found


def _cases() -> dict[str, tuple[dict[RegistryValue, Observation], tuple[Change, ...]]]:
    """A key for each change from one observation to another, in every type and under odd names."""
    seen: list[Present | Absent] = [Absent("value"), *(Present(*data) for data in DATA)]
    cases: dict[str, tuple[dict[RegistryValue, Observation], tuple[Change, ...]]] = {}
    for number, before in enumerate(seen):
        host: dict[RegistryValue, Observation] = {}
        changes: list[Change] = []
        for place, after in enumerate(seen):
            if before == after:
                continue
            name, view = NAMES[place % len(NAMES)], VIEWS[place % 2]
            fact = RegistryValue("HKLM", f"{ROOT}\\case {number}\\{place}", name, view)
            host[fact] = before
            written = after if isinstance(after, Present) else None
            changes.append(
                Change(
                    fact,
                    "" if written is None else written.type,
                    None if written is None else written.value,
                    "none",
                )
            )
        cases[str(before)] = host, tuple(changes)
    return cases


def _fix(
    host: Mapping[RegistryValue, Observation],
    keys: Mapping[RegistryKey, Observation],
    changes: Iterable[Change],
) -> Fix:
    known: dict[Fact, Observation] = {lookup_key(fact): seen for fact, seen in host.items()}
    known |= {lookup_key(key): seen for key, seen in keys.items()}
    snapshot = Snapshot("EX01", "2026-01-01T00:00:00Z", Source("", "", "", "", ""), {}, known)
    return fix_of(snapshot, ["contoso 1.0.0"], changes, {})


def _before(host: Mapping[RegistryValue, Observation]) -> list[Entry]:
    entries: list[Entry] = []
    for fact, seen in host.items():
        entries.append(CreateKey(key_of(fact)))
        if isinstance(seen, Present):
            entries.append(SetValue(key_of(fact), fact.value, seen))
    return entries


def _key(fact: RegistryValue) -> RegistryKey:
    return RegistryKey(fact.hive, fact.key, fact.view)


@pytest.mark.parametrize("case", sorted(_cases()))
def test_a_fix_is_what_was_meant_and_the_rollback_leads_back(case: str, states: States) -> None:
    host, changes = _cases()[case]
    fix = _fix(host, {_key(fact): Present("key", "") for fact in host}, changes)
    made = files(fix)
    start, found, back = states(
        [write(_before(host)), made["fix.reg"], made["rollback.reg"]], ROOTS
    )
    mended = {step.fact: step.after for step in fix.steps}
    expected = _meant(mended, map(_key, host))
    assert {key: found[key] for key in expected} == expected
    assert back == start


def test_keys_that_the_fix_made_are_gone_after_the_rollback(states: States) -> None:
    facts = [
        RegistryValue("HKLM", f"{ROOT}\\made\\{name}", "Value", view)
        for name in ("upper", "upper\\lower")
        for view in VIEWS
    ]
    absent = [RegistryKey("HKLM", f"{ROOT}\\made", view) for view in VIEWS]
    keys = {key: Absent("key") for key in [*absent, *map(_key, facts)]}
    keys |= {RegistryKey("HKLM", ROOT, view): Present("key", "") for view in VIEWS}  # type: ignore[dict-item] # both are observations
    changes = [Change(fact, "REG_DWORD", 1, "none") for fact in facts]
    made = files(_fix(dict.fromkeys(facts, Absent("key")), keys, changes))
    begin = write(map(CreateKey, ROOTS))
    start, found, back = states([begin, made["fix.reg"], made["rollback.reg"]], ROOTS)
    assert found != start
    assert back == start


def test_an_empty_key_that_stays_is_noticed(states: States) -> None:
    left_over = write([CreateKey(key_of(RegistryKey("HKLM", f"{ROOT}\\left over")))])
    start, found = states([write(map(CreateKey, ROOTS)), left_over], ROOTS)
    assert found != start


@pytest.mark.parametrize("line", ['"Value"=dword:0x1', "Value=dword:00000001", '"Value"=hex:zz'])
def test_a_line_that_wine_drops_without_a_word_is_noticed(line: str, states: States) -> None:
    key = write([CreateKey(key_of(RegistryKey("HKLM", f"{ROOT}\\dropped")))])
    head = f"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\{ROOT}\\dropped]\r\n"
    dropped = f"\ufeff{head}{line}\r\n".encode("utf-16-le")
    start, found = states([key, dropped], ROOTS)
    assert found == start
