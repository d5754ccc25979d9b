"""A folder for a report of several files: it appears with all of them, or not at all."""

import re
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from hklint.errors import UsageError

LONGEST = 100
"""Characters of a file's name without its suffix."""
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


def check_folder(path: Path) -> None:
    """Raises UsageError if a report can't become this folder: it must be new or empty."""
    place = path.resolve()
    try:
        if place.exists() and any(place.iterdir()):
            raise UsageError(f"{path}: there is something in it already; name a new folder")
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None


@contextmanager
def new_folder(path: Path) -> "Generator[NewFolder]":
    """A folder that appears when the block ends, for its owner alone."""
    place = path.resolve()
    folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        yield NewFolder(folder)
        if place.is_dir():
            place.rmdir()
        folder.rename(place)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


class NewFolder:
    """Files that get safe names, of which no two are the same on any system."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._taken: set[str] = set()

    @contextmanager
    def open(self, name: str, suffix: str) -> Generator[TextIO]:
        """A new file; see `hklint_reports.Folder`."""
        path = self._path / f"{self._free(file_name(name), suffix)}{suffix}"
        with path.open("x", encoding="utf-8", newline="") as stream:
            yield stream

    def put(self, name: str, files: Mapping[str, bytes]) -> str:
        """Files in a folder of their own, or beside it if it has no name; returns its name."""
        place = self._free(file_name(name), "") if name else ""
        folder = self._path / place
        folder.mkdir(exist_ok=True)
        for file, data in files.items():
            (folder / file).write_bytes(data)
        return place

    def _free(self, name: str, suffix: str) -> str:
        free, number = name, 1
        while f"{free}{suffix}".casefold() in self._taken:
            number += 1
            free = f"{name}-{number}"
        self._taken.add(f"{free}{suffix}".casefold())
        return free


def file_name(text: str) -> str:
    """A name that is one on every system and leads nowhere else: `EX01 (::1)` is `EX01_1`.

    Windows knows names of devices, with or without a suffix, and no names that end in a dot:
    https://learn.microsoft.com/windows/win32/fileio/naming-a-file
    """
    name = _UNSAFE.sub("_", text)[:LONGEST].strip("._") or "host"
    return f"_{name}" if _DEVICE.match(name) else name
