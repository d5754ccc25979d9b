"""TLS clients in Wine's Schannel: what the tables say of two values, against messages it sends.

Wine's own defaults are not those of Windows, so only states that do not rest on them are compared.
It has no TLS 1.3 and never reads a server's values.
"""

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Mapping
from pathlib import Path

import pytest

from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue
from hklint.judging.table import evaluate
from hklint.linking.bind import bind
from hklint.linking.library import Library
from hklint.reg_file.entries import CreateKey, DeleteKey, Entry, SetValue
from hklint.reg_file.paths import key_of
from hklint.reg_file.write import write
from hklint.snapshot import Snapshot

COMPILER = shutil.which("x86_64-w64-mingw32-gcc")
pytestmark = [
    pytest.mark.wine,
    pytest.mark.skipif(
        shutil.which("wine") is None or COMPILER is None,
        reason="needs Wine and gcc-mingw-w64-x86-64: run `make test-wine`",
    ),
]

PROTOCOLS = {"TLS 1.0": (0x80, "0301"), "TLS 1.1": (0x200, "0302"), "TLS 1.2": (0x800, "0303")}
"""The mask of the client's side (schannel.h), and the version in the first message."""
KEY = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"
SETTINGS = tuple(itertools.product((None, 0, 1, 0xFFFFFFFF), repeat=2))
GETS = {"usable": (True, True), "on-request": (False, True), "blocked": (False, False)}
"""Whether a program gets the protocol that names none, and one that names it."""
BUILDS = (14393, 7601)
"""TLS 1.1 and 1.2 are usable by default on the one, on request on the other."""

Values = dict[RegistryValue, Observation]


class Program:
    """offers.c in a prefix of Wine's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **{name: text for name, text in os.environ.items() if name != "DISPLAY"},
            "WINEPREFIX": str(folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }

    def start(self) -> None:
        source = Path(__file__).with_name("offers.c")
        program = str(self._folder / "offers.exe")
        self.run(str(COMPILER), "-Wall", "-Werror", str(source), "-o", program, "-lsecur32")
        self.run("wine", "wineboot", "-i")

    def stop(self) -> None:
        for option in ("-k", "-w"):
            self.run("wineserver", option, check=False)

    def offers(self, protocol: str, values: Values) -> tuple[bool, bool]:
        """With these values, and the other protocols refused to everybody."""
        file = self._folder / "values.reg"
        file.write_bytes(write(_entries(protocol, values)))
        self.run("wine", "reg", "import", f"Z:{file}")
        mask, version = PROTOCOLS[protocol]
        output = self.run("wine", str(self._folder / "offers.exe"), "0", f"{mask:x}")
        default, named = (line.split() for line in output.splitlines())
        return _offered(default, version), _offered(named, version)

    def run(self, *command: str, check: bool = True) -> str:
        # Services that outlive the first command would keep a pipe open.
        output = self._folder / "output"
        with output.open("wb") as file:
            subprocess.run(  # noqa: S603 - fixed programs, files of this test
                command,
                env=self._environment,
                stdout=file,
                stderr=subprocess.DEVNULL,
                check=check,
                timeout=120,
            )
        return output.read_text("ascii", "replace")


def _offered(words: list[str], version: str) -> bool:
    """A handshake record holds, after 9 bytes, the highest version that the client offers."""
    _, outcome, text = words
    if outcome == "refused":
        return False
    assert outcome == "hello"
    assert (text[:2], text[10:12]) == ("16", "01")
    assert text[18:22] == version
    return True


def _fact(protocol: str, name: str) -> RegistryValue:
    return RegistryValue("HKLM", f"{KEY}\\{protocol}\\Client", name)


def _values(protocol: str, numbers: tuple[int | None, int | None]) -> Values:
    return {
        _fact(protocol, name): Absent("value") if number is None else Present("REG_DWORD", number)
        for name, number in zip(("Enabled", "DisabledByDefault"), numbers, strict=True)
    }


def _entries(protocol: str, values: Values) -> Generator[Entry]:
    for each in ("SSL 2.0", "SSL 3.0", *PROTOCOLS):
        fact = _fact(each, "Enabled")
        yield DeleteKey(key_of(fact))
        yield CreateKey(key_of(fact))
        if each != protocol:
            yield SetValue(key_of(fact), fact.value, Present("REG_DWORD", 0))
    for fact, seen in values.items():
        if isinstance(seen, Present):
            yield SetValue(key_of(fact), fact.value, seen)


@pytest.fixture(scope="module")
def program() -> Generator[Program]:
    with tempfile.TemporaryDirectory(prefix="hklint-wine-", ignore_cleanup_errors=True) as name:
        made = Program(Path(name))
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_states_are_what_a_client_gets(
    protocol: str,
    program: Program,
    shipped: Library,
    host_with: Callable[[Mapping[Fact, Observation]], Snapshot],
) -> None:
    table = bind(shipped.models["schannel-protocol"], {"protocol": protocol, "role": "Client"})
    expected: dict[tuple[int | None, int | None], tuple[bool, bool]] = {}
    for numbers in SETTINGS:
        states: set[str] = set()
        for build in BUILDS:
            host = {HostField("build"): Present("integer", build), **_values(protocol, numbers)}
            states |= evaluate(table, host_with(host)).states
        if numbers != (None, None) and len(states) == 1 and states <= GETS.keys():
            expected[numbers] = GETS[states.pop()]
    assert set(expected.values()) == set(GETS.values())
    assert {
        each: program.offers(protocol, _values(protocol, each)) for each in expected
    } == expected
