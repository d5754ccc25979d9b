"""Which files lint looks at: those that are named, and in folders those that are hklint's.

Folders of a repository hold YAML of other tools as well. What is one of hklint's documents is told
by its line `kind: ...`, before the file is read as YAML: it may be broken.
"""

import difflib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from hklint.documents.document import MAX_BYTES
from hklint.documents.files import SUFFIXES
from hklint.errors import UsageError
from hklint.language import DOCUMENTS

_PASSED_BY = frozenset({"node_modules", "__pycache__"})
_KIND = re.compile(
    rb"""^(?:\xef\xbb\xbf)?(?:\{\s*)?["']?kind["']?[ \t]*:[ \t]*["']?([\w.-]*)""",
    re.MULTILINE,
)
_OF_OTHERS = re.compile(rb"^apiVersion\s*:", re.MULTILINE)
_NEAR = 0.75


class DocumentFiles(msgspec.Struct, frozen=True):
    """The files to look at, and those of folders that are no documents of hklint's."""

    files: tuple[Path, ...]
    skipped: tuple[Path, ...]


def document_files(paths: Sequence[Path]) -> DocumentFiles:
    """The documents among these files and in these folders, each file once.

    A file that is named is always looked at. Raises UsageError when there is nothing to look at.
    """
    files: dict[Path, None] = {}
    skipped: dict[Path, None] = {}
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder")
        if not path.is_dir():
            files[path.resolve()] = None
            continue
        for file in _yaml_below(path):
            (files if is_document(file) else skipped)[file.resolve()] = None
    if not files:
        looked = f"; {len(skipped)} other YAML files were skipped" if skipped else ""
        raise UsageError(f"no hklint documents in: {', '.join(map(str, paths))}{looked}")
    left = tuple(file for file in skipped if file not in files)
    return DocumentFiles(tuple(files), left)


def _yaml_below(folder: Path) -> Iterator[Path]:
    """YAML files in a folder and below, without hidden folders and those of package managers."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(
            name for name in folders if not name.startswith(".") and name not in _PASSED_BY
        )
        yield from _yaml_in(Path(here), files)


def _yaml_in(folder: Path, names: Iterable[str]) -> Iterator[Path]:
    for name in sorted(names):
        if name.endswith(SUFFIXES) and (folder / name).is_file():
            yield folder / name


def documents_beside(files: Iterable[Path], kinds: Collection[str]) -> Iterator[Path]:
    """The documents in the folders of those files that say they are of one of these kinds."""
    folders = [file.parent for file in files if _kinds_in(file) & set(kinds)]
    for folder in dict.fromkeys(folders):
        for file in _yaml_in(folder, (item.name for item in folder.iterdir())):
            if is_document(file):
                yield file


def is_document(file: Path) -> bool:
    """Whether a file says that it is one of hklint's documents, or seems to want to."""
    words = _kinds_in(file)
    if words & DOCUMENTS.keys():
        return True
    near = any(difflib.get_close_matches(word[:20], DOCUMENTS, 1, _NEAR) for word in words)
    return near and _OF_OTHERS.search(_beginning(file)) is None


def _kinds_in(file: Path) -> set[str]:
    """The words behind `kind:` at the beginning of a line."""
    return {word.decode("latin-1") for word in _KIND.findall(_beginning(file))}


def _beginning(file: Path) -> bytes:
    """What can be read of a file; text in UTF-16 looks nearly like UTF-8 without its zeros."""
    if not file.is_file():  # a pipe would keep us waiting
        return b""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES).replace(b"\0", b"")
    except OSError:
        return b""
