"""fix.reg and rollback.reg in Wine's registry: another implementation, which merges and exports.

Wine says 0 for lines that it drops, so nothing counts but what it exports. The exports are read by
the lab, which has a reader of its own. `make test-wine` installs Wine.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Mapping
from pathlib import Path

import pytest

from hklint.fact import Absent, Data, Fact, Observation, Present, RegistryKey, RegistryValue, View
from hklint.fix import Fix
from hklint.fixing.forms.reg import files
from hklint.fixing.steps import fix_of
from hklint.fold import fold
from hklint.lab.reg_file import CreateKey, SetValue, parse
from hklint.lab.registry import Value
from hklint.lab.registry_data import store
from hklint.reg_file.entries import CreateKey as MadeKey
from hklint.reg_file.entries import Entry
from hklint.reg_file.entries import SetValue as Written
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.verdict import Change

WINE = shutil.which("wine")
pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(WINE is None, reason="needs Wine: run `make test-wine`"),
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
"""Keys, folded, with their values by folded name: the type's number, and the bytes."""


class Wine:
    """A registry of Wine's own, in a folder that goes away with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        left_out = ("DISPLAY", "WAYLAND_DISPLAY")
        self._environment = {
            **{name: text for name, text in os.environ.items() if name not in left_out},
            "WINEPREFIX": str(folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }

    def start(self) -> None:
        self._run("wine", "wineboot", "-i")

    def stop(self) -> None:
        self._run("wineserver", "-k")
        self._run("wineserver", "-w")

    def merge(self, data: bytes) -> None:
        file = self._folder / "merged.reg"
        file.write_bytes(data)
        self._run("wine", "reg", "import", f"Z:{file}".replace("/", "\\"))

    def content(self) -> Content:
        """What is below the root, in both views."""
        found: Content = {}
        for view in VIEWS:
            path = key_of(RegistryKey("HKLM", ROOT, view)).path
            file = self._folder / "exported.reg"
            file.unlink(missing_ok=True)
            place = f"Z:{file}".replace("/", "\\")
            self._run("wine", "reg", "export", f"HKLM\\{path}", place, "/y")
            if file.exists():
                found |= _content(file.read_bytes())
        return found

    def _run(self, *command: str) -> None:
        # Services that outlive the first command would keep a pipe open.
        with (self._folder / "output").open("ab") as output:
            subprocess.run(  # noqa: S603 - fixed programs, files of this test
                command,
                env=self._environment,
                stdout=output,
                stderr=output,
                check=False,
                timeout=120,
            )


def _content(data: bytes) -> Content:
    r"""An export as keys and values. Wine spells line breaks as `\r\n`; Windows may not."""
    as_bytes = f"{TWO_LINES}\0".encode("utf-16-le").hex(",")
    text = data.decode("utf-16").replace(r'"two\r\nlines"', f"hex(1):{as_bytes}")
    found: Content = {}
    for step in parse(text):
        assert isinstance(step, CreateKey | SetValue)
        values = found.setdefault(fold("\\".join(step.key.parts)), {})
        if isinstance(step, SetValue):
            values[fold(step.value.name)] = (step.value.type, step.value.data)
    return found


@pytest.fixture(scope="module")
def wine() -> Generator[Wine]:
    with tempfile.TemporaryDirectory(prefix="hklint-wine-", ignore_cleanup_errors=True) as name:
        registry = Wine(Path(name))
        registry.start()
        yield registry
        registry.stop()


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
        entries.append(MadeKey(key_of(fact)))
        if isinstance(seen, Present):
            entries.append(Written(key_of(fact), fact.value, seen))
    return entries


def _key(fact: RegistryValue) -> RegistryKey:
    return RegistryKey(fact.hive, fact.key, fact.view)


@pytest.mark.parametrize("case", sorted(_cases()))
def test_a_fix_is_what_was_meant_and_the_rollback_leads_back(case: str, wine: Wine) -> None:
    host, changes = _cases()[case]
    fix = _fix(host, {_key(fact): Present("key", "") for fact in host}, changes)
    wine.merge(write(_before(host)))
    start = wine.content()
    made = files(fix)

    wine.merge(made["fix.reg"])
    mended = {step.fact: step.after for step in fix.steps}
    expected = _meant(mended, map(_key, host))
    found = wine.content()
    assert {key: found[key] for key in expected} == expected

    wine.merge(made["rollback.reg"])
    assert wine.content() == start


def test_keys_that_the_fix_made_are_gone_after_the_rollback(wine: Wine) -> None:
    facts = [
        RegistryValue("HKLM", f"{ROOT}\\made\\{name}", "Value", view)
        for name in ("upper", "upper\\lower")
        for view in VIEWS
    ]
    wine.merge(write([MadeKey(key_of(RegistryKey("HKLM", ROOT, view))) for view in VIEWS]))
    start = wine.content()
    absent = [RegistryKey("HKLM", f"{ROOT}\\made", view) for view in VIEWS]
    keys = {key: Absent("key") for key in [*absent, *map(_key, facts)]}
    keys |= {RegistryKey("HKLM", ROOT, view): Present("key", "") for view in VIEWS}  # type: ignore[dict-item] # both are observations
    changes = [Change(fact, "REG_DWORD", 1, "none") for fact in facts]
    fix = _fix(dict.fromkeys(facts, Absent("key")), keys, changes)
    made = files(fix)
    wine.merge(made["fix.reg"])
    assert wine.content() != start
    wine.merge(made["rollback.reg"])
    assert wine.content() == start


def test_an_empty_key_that_stays_is_noticed(wine: Wine) -> None:
    start = wine.content()
    wine.merge(write([MadeKey(key_of(RegistryKey("HKLM", f"{ROOT}\\left over")))]))
    assert wine.content() != start


@pytest.mark.parametrize("line", ['"Value"=dword:0x1', "Value=dword:00000001", '"Value"=hex:zz'])
def test_a_line_that_wine_drops_without_a_word_is_noticed(line: str, wine: Wine) -> None:
    wine.merge(write([MadeKey(key_of(RegistryKey("HKLM", f"{ROOT}\\dropped")))]))
    start = wine.content()
    head = f"Windows Registry Editor Version 5.00\r\n\r\n[HKEY_LOCAL_MACHINE\\{ROOT}\\dropped]\r\n"
    wine.merge(f"\ufeff{head}{line}\r\n".encode("utf-16-le"))
    assert wine.content() == start
