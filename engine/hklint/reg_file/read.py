r"""Read .reg files: what their lines do, and which lines nobody should rely on.

Importers skip many lines without a word, and change others. A line counts as understood only if its
meaning is documented (KB310516) or the same in every reader; what Wine 8.0 does with the others is
in their messages, and what Windows does with them is not known.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from hklint.errors import UsageError
from hklint.reg_file.data import DataError, parse_data, unquoted
from hklint.reg_file.decode import Line, Text, decode, joined
from hklint.reg_file.entries import (
    CreateKey,
    DeleteKey,
    DeleteValue,
    Entry,
    KeyPath,
    SetValue,
)
from hklint.reg_file.paths import parse_key
from hklint.reg_file.write import LONGEST_KEY_NAME, LONGEST_VALUE_NAME

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes."""

_VALUE = re.compile(r'(?:@|"(?P<name>(?:[^"\\]|\\.)*)")[ \t]*=[ \t]*(?P<data>.*)', re.DOTALL)
_OPEN_TEXT = re.compile(r'(?:@|"(?:[^"\\]|\\.)*")[ \t]*=[ \t]*"(?:[^"\\]|\\.)*\\?', re.DOTALL)
_END_OF_TEXT = re.compile(r'(?:[^"\\]|\\.)*"', re.DOTALL)
_BYTES_ONLY = re.compile(r"[0-9A-Fa-f]{2}(?:,[0-9A-Fa-f]{2})*,?\\?")
_LIKE_A_COMMENT = re.compile(r"\]\s*;")


class NotUnderstood(msgspec.Struct, frozen=True):
    """A line that may set or delete something, and nobody can say what.

    `key` is the key it may concern, or None when that may be any; `name` likewise is the value's.
    `message` says what is wrong with it.
    """

    message: str
    key: KeyPath | None = None
    name: str | None = None


class ReadLine(msgspec.Struct, frozen=True):
    """What one line says; `number` counts the file's lines from 1."""

    number: int
    says: Entry | NotUnderstood


class RegFile(msgspec.Struct, frozen=True):
    """A .reg file as it was read; comments and blank lines are left out."""

    path: str
    lines: tuple[ReadLine, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is understood, in order."""
        return tuple(line.says for line in self.lines if not isinstance(line.says, NotUnderstood))

    @property
    def not_understood(self) -> tuple[tuple[int, NotUnderstood], ...]:
        """The lines that are not, with their numbers."""
        return tuple(
            (line.number, line.says) for line in self.lines if isinstance(line.says, NotUnderstood)
        )


def read(data: bytes, path: str) -> RegFile:
    """What a file says; `path` is for messages.

    Raises:
        UsageError: Importers refuse the file as a whole: its encoding or its first line is wrong.
    """
    text = decode(data, path)
    return RegFile(path, tuple(_Reader(text).read()))


def load(path: str) -> RegFile:
    """The same for a file on disk. Raises UsageError."""
    try:
        with Path(path).open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{path}: the .reg file cannot be read: {error.strerror}") from None
    if len(data) > LARGEST_FILE:
        limit = LARGEST_FILE // 1024 // 1024
        raise UsageError(f"{path}: the file has more than {limit} MB: export fewer keys")
    return read(data, path)


class _Reader:
    """Where the reading of a file stands: under which key, after which value."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.key: KeyPath | None = None
        self.deleted = False
        self.last_name: str | None = None

    def read(self) -> Iterator[ReadLine]:
        """Every line that says something."""
        lines = list(joined(self.text.lines))
        position = 0
        while position < len(lines):
            line = lines[position]
            end = _end_of_text(lines, position)
            if end > position:
                yield ReadLine(line.number, self._several(lines[position : end + 1]))
            else:
                yield ReadLine(line.number, self._one(line))
            position = end + 1

    def _one(self, line: Line) -> Entry | NotUnderstood:
        try:
            return self._entry(line)
        except DataError as error:
            return self._doubt(line, str(error))

    def _entry(self, line: Line) -> Entry:
        if "\0" in line.text:
            raise DataError("the line holds a NUL character, where importers may cut it off")
        if self.text.code_page and not line.text.isascii():
            raise DataError("letters outside ASCII depend on the computer's code page here")
        return self._key(line) if line.text.startswith("[") else self._value(line)

    def _key(self, line: Line) -> Entry:
        inner, bracket, _ = line.text[1:].rpartition("]")
        deletes = inner.startswith("-")
        key = parse_key(inner.removeprefix("-"))
        self.last_name = None
        if not bracket:
            raise DataError("the key's closing bracket is missing")
        if _LIKE_A_COMMENT.search(inner):
            raise DataError("where the key's name ends is not clear: put the comment elsewhere")
        if key is None or (deletes and not key.path):
            raise DataError(
                "a key begins with a root in full, such as HKEY_LOCAL_MACHINE, and has one "
                "backslash before each name"
            )
        if any(len(part) > LONGEST_KEY_NAME for part in key.path.split("\\")):
            raise DataError(f"a name in the key is longer than {LONGEST_KEY_NAME} characters")
        self.key, self.deleted = key, deletes
        return DeleteKey(key) if deletes else CreateKey(key)

    def _value(self, line: Line) -> Entry:
        match = _VALUE.fullmatch(line.text)
        if match is None:
            raise DataError('this is no key, no comment, no "name"=data and no @=data')
        name = unquoted(match["name"] or "")
        if self.key is None:
            raise DataError("no key that is understood stands above this value: importers drop it")
        if self.deleted:
            raise DataError("the key above is deleted: importers drop values below it")
        if len(name) > LONGEST_VALUE_NAME:
            raise DataError(f"the value's name is longer than {LONGEST_VALUE_NAME} characters")
        self.last_name = name
        data = match["data"]
        if re.fullmatch(r"-[ \t]*(?:;.*)?", data, re.DOTALL):
            return DeleteValue(self.key, name)
        return SetValue(self.key, name, parse_data(data, text_bytes=self.text.text_bytes))

    def _doubt(self, line: Line, message: str) -> NotUnderstood:
        """A line that is not understood, with what it may concern."""
        if any(part.startswith("[") for part in line.parts):
            self.key, self.deleted, self.last_name = None, False, None
            return NotUnderstood(message)
        several = len(line.parts) > 1
        return NotUnderstood(message, self.key, None if several else self._name_in(line.text))

    def _name_in(self, text: str) -> str | None:
        """The name of the one value that a line may concern, if that is certain."""
        if self.last_name is not None and _BYTES_ONLY.fullmatch(text):
            return self.last_name
        match = _VALUE.fullmatch(text)
        if match is None:
            return None
        try:
            name = unquoted(match["name"] or "")
        except DataError:
            return None
        certain = "\0" not in name and (name.isascii() or not self.text.code_page)
        return name if certain else None

    def _several(self, lines: Sequence[Line]) -> NotUnderstood:
        """A text with line breaks in it: importers drop its first line and may take the others."""
        parts = tuple(part for line in lines for part in line.parts)
        whole = Line(lines[0].number, lines[0].text, parts)
        return self._doubt(whole, "a text goes over several lines: importers drop it")


def _end_of_text(lines: Sequence[Line], position: int) -> int:
    """Where a text that is not closed on its line ends; the same position where none begins."""
    if not _OPEN_TEXT.fullmatch(lines[position].text):
        return position
    for end in range(position + 1, len(lines)):
        text = lines[end].text
        if _END_OF_TEXT.fullmatch(text):
            return end
        if '"' in text:
            break
    return position
