"""Mending documents: the changes that findings carry, put into files.

A file is replaced whole or not at all, and keeps its mode, its line ends, its byte order mark, its
comments and everything else that no change is about.
"""

import difflib
import os
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import msgspec

from hklint.documents.document import parse_document
from hklint.documents.rewrite import possible, with_edits
from hklint.errors import InvalidDocumentsError, UsageError
from hklint.linting.lint import Findings
from hklint.span import Diagnostic

_BOM = "\ufeff"


class MendedFile(msgspec.Struct, frozen=True):
    """A file with its text before and after, and how many changes were made to it."""

    shown: str
    file: Path
    before: str
    after: str
    changes: int


def mended(findings: Findings, wanted: Sequence[Diagnostic]) -> list[MendedFile]:
    """The files that change when these findings are mended, as far as they can be."""
    changed: list[MendedFile] = []
    for shown, file in findings.files.items():
        edits = [item.edits for item in wanted if item.edits and item.span.path == shown]
        if not edits:
            continue
        try:
            before = file.read_bytes().decode("utf-8")
            document = parse_document(before.removeprefix(_BOM), shown)
        except (OSError, UnicodeDecodeError, InvalidDocumentsError):
            continue  # it has changed since it was looked at
        made = possible(document, edits)
        if made:
            mark = _BOM if before.startswith(_BOM) else ""
            after = mark + with_edits(before.removeprefix(_BOM), chain.from_iterable(made))
            changed.append(MendedFile(shown, file, before, after, len(made)))
    return changed


def diff(mended_file: MendedFile) -> str:
    """What changes in a file, as `git diff` shows it."""
    lines = difflib.unified_diff(
        mended_file.before.replace("\r\n", "\n").splitlines(),
        mended_file.after.replace("\r\n", "\n").splitlines(),
        mended_file.shown,
        f"{mended_file.shown} (mended)",
        lineterm="",
    )
    return "\n".join(lines)


def write(mended_file: MendedFile) -> None:
    """Puts the new text in place of the old one. Raises UsageError if the file can't be written."""
    file = mended_file.file
    name: str | None = None
    try:
        mode = file.stat().st_mode & 0o7777
        descriptor, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(mended_file.after.encode("utf-8"))
        Path(name).chmod(mode)
        Path(name).replace(file)
    except OSError as error:
        if name is not None:
            with suppress(OSError):
                Path(name).unlink()
        raise UsageError(f"{mended_file.shown}: can't be written: {error.strerror}") from None
