"""A registry of Wine's own, which the tests of this folder share, and what is in it.

Wine says 0 for lines that it drops, so nothing counts but what it exports. The exports are read
here, by a reader that shares nothing with hklint's.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path

import pytest

from hklint.fold import fold
from hklint.reg_file.entries import KeyPath

Content = dict[str, dict[str, tuple[int, bytes]]]
"""Keys, folded, with their values by folded name: the type's number, and the bytes."""

AGAIN = 2
"""How often an export is tried once more: on a busy computer one fails now and then, as if there
were no such key."""
REG = "C:\\windows\\system32\\reg.exe"
_LEFT_OUT = ("DISPLAY", "WAYLAND_DISPLAY")
_VALUE = re.compile(r'(?:@|"(?P<name>(?:[^"\\]|\\.)*)")=(?P<data>.*)')
_HEX = re.compile(r"hex(?:\((?P<type>[0-9a-f]+)\))?:(?P<digits>.*)")
_ESCAPED = {"n": "\n", "r": "\r"}


class Wine:
    """Programs in a prefix of their own, a folder that goes away with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **{name: text for name, text in os.environ.items() if name not in _LEFT_OUT},
            "WINEPREFIX": str(folder / "prefix"),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=",
        }

    def run(self, *command: str) -> str:
        """What a command writes. Services that outlive it would keep a pipe open."""
        output = self._folder / "output"
        with output.open("wb") as file:
            subprocess.run(  # noqa: S603 - fixed programs, files of this test
                command,
                env=self._environment,
                stdout=file,
                stderr=subprocess.DEVNULL,
                check=False,
                timeout=300,
            )
        return output.read_text("ascii", "replace")

    def states(self, files: Sequence[bytes], keys: Iterable[KeyPath] = ()) -> list[Content]:
        """What is in and below the keys after each of the files is merged; of none, as it is."""
        places = sorted({key.path for key in keys if key.hive == "HKLM"})
        steps = files or [None]
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            folder = Path(name)
            lines = ["@echo off"]
            for number, data in enumerate(steps):
                if data is not None:
                    file = folder / f"{number}.reg"
                    file.write_bytes(data)
                    lines.append(f'{REG} import "{_spelled(file)}"')
                for at, place in enumerate(places):
                    file = _spelled(folder / f"{number}-{at}.out")
                    export = f'{REG} export "HKLM\\{_plain(place)}" "{file}" /y'
                    lines += [export, *(AGAIN * [f'if not exist "{file}" {export}'])]
            batch = folder / "run.bat"
            batch.write_text("\r\n".join([*lines, ""]), "ascii", newline="")
            self.run("wine", "cmd", "/c", _spelled(batch))
            return [
                _joined(folder / f"{number}-{at}.out" for at in range(len(places)))
                for number in range(len(steps))
            ]


def _spelled(file: Path) -> str:
    return f"Z:{file}".replace("/", "\\")


def _plain(place: str) -> str:
    """A key in a batch file, which takes percent signs for the begin of a variable."""
    assert '"' not in place
    return place.replace("%", "%%")


def _joined(files: Iterable[Path]) -> Content:
    """A key that is not there is not exported."""
    content: Content = {}
    for file in files:
        if file.exists():
            content |= _content(file.read_bytes().decode("utf-16"))
    return content


def _content(text: str) -> Content:
    found: Content = {}
    values: dict[str, tuple[int, bytes]] = {}
    _, *lines = re.sub(r",\\\r\n *", ",", text).split("\r\n")
    for line in filter(None, lines):
        if line.startswith("["):
            values = found.setdefault(fold(line[1:-1].partition("\\")[2]), {})
            continue
        match = _VALUE.fullmatch(line)
        assert match is not None, line
        values[fold(_unescaped(match["name"] or ""))] = _data(match["data"])
    return found


def _data(text: str) -> tuple[int, bytes]:
    if text.startswith('"'):
        return 1, f"{_unescaped(text[1:-1])}\0".encode("utf-16-le", "surrogatepass")
    if text.startswith("dword:"):
        return 4, int(text.removeprefix("dword:"), 16).to_bytes(4, "little")
    match = _HEX.fullmatch(text)
    assert match is not None, text
    return int(match["type"] or "3", 16), bytes.fromhex(match["digits"].replace(",", ""))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", lambda match: _ESCAPED.get(match[1], match[1]), text)


@pytest.fixture(scope="session")
def wine() -> Generator[Wine]:
    if shutil.which("wine") is None:
        pytest.skip("needs Wine: run `make test-wine`")
    with tempfile.TemporaryDirectory(prefix="hklint-wine-", ignore_cleanup_errors=True) as name:
        made = Wine(Path(name))
        try:
            made.run("wine", "wineboot", "-i")
            yield made
        finally:
            made.run("wineserver", "-k")
            made.run("wineserver", "-w")


@pytest.fixture(scope="session")
def states(wine: Wine) -> Callable[..., list[Content]]:
    """`Wine.states`."""
    return wine.states


@pytest.fixture(scope="session")
def client(wine: Wine, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """client.c with arguments; what it writes."""
    compiler = shutil.which("x86_64-w64-mingw32-gcc")
    if compiler is None:
        pytest.skip("needs gcc-mingw-w64-x86-64: run `make test-wine`")
    source = Path(__file__).with_name("client.c")
    program = tmp_path_factory.mktemp("client") / "client.exe"
    wine.run(compiler, "-Wall", "-Werror", str(source), "-o", str(program), "-lsecur32", "-lws2_32")
    assert program.exists()
    return lambda *arguments: wine.run("wine", str(program), *arguments)
