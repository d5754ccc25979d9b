r"""Read .reg files, version 5.00, and merge them into the lab's registry.

Windows skips many lines it does not understand without a word. The lab refuses the whole file and
names every such line, because a lab that hides mistakes teaches them. Only the forms that Windows
itself writes are understood (Microsoft Support, KB310516).
"""

import re
from collections.abc import Sequence

import msgspec

from hklint.lab.reg_line import Deletion, parse_key, parse_value
from hklint.lab.registry import KeyPath, Registry, Value

HEADER = "Windows Registry Editor Version 5.00"

_UTF16_LE_BOM = b"\xff\xfe"
_UTF16_BE_BOM = b"\xfe\xff"
_UTF8_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")
_CONTINUED_HEX = re.compile(r'(?:"(?:[^"\\]|\\.)*"|@)=hex.*,\\\s*')


class CreateKey(msgspec.Struct, frozen=True):
    """`[key]`."""

    key: KeyPath


class DeleteKey(msgspec.Struct, frozen=True):
    """`[-key]`."""

    key: KeyPath


class SetValue(msgspec.Struct, frozen=True):
    """`"name"=data`."""

    key: KeyPath
    value: Value


class DeleteValue(msgspec.Struct, frozen=True):
    """`"name"=-`."""

    key: KeyPath
    name: str


Step = CreateKey | DeleteKey | SetValue | DeleteValue


class Mistake(msgspec.Struct, frozen=True):
    """A line that is not understood; lines count from 1."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}"


class RegFileError(ValueError):
    """A .reg file that was not merged; `mistakes` has every line that is wrong."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(str(mistake) for mistake in mistakes))


def parse(source: bytes | str) -> tuple[Step, ...]:
    """The steps of a .reg file in order; RegFileError names all lines that are wrong."""
    text = _decode(source) if isinstance(source, bytes) else source
    first, *lines = _LINE_END.split(text)
    if first != HEADER:
        raise RegFileError([Mistake(1, f"the first line must be exactly {HEADER!r}")])
    reader = _Reader()
    for number, line in _join(lines, first=2):
        try:
            reader.read(line)
        except ValueError as error:
            reader.mistakes.append(Mistake(number, str(error)))
    if reader.mistakes:
        raise RegFileError(reader.mistakes)
    return tuple(reader.steps)


def merge(registry: Registry, steps: Sequence[Step]) -> None:
    """Take the steps one after the other; a 64-bit regedit sees the 64-bit view."""
    for step in steps:
        match step:
            case CreateKey(key):
                registry.create(key)
            case DeleteKey(key):
                registry.delete(key)
            case SetValue(key, value):
                registry.write(key, value)
            case DeleteValue(key, name):
                registry.delete_value(key, name)


class _Reader:
    """Where the reading of a file stands: under which key, with what found so far."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.mistakes: list[Mistake] = []
        self.key: KeyPath | None = None
        self.no_key = "a value stands before the first key"

    def read(self, line: str) -> None:
        stripped = line.strip()
        if not stripped or stripped.startswith(";"):
            return
        if line[0].isspace():
            raise ValueError("a line that continues no other line must not be indented")
        if line.startswith("["):
            self._read_key(line)
        else:
            self._read_value(line)

    def _read_key(self, line: str) -> None:
        self.key, self.no_key = None, "a value stands under a key that is not understood"
        deletes, key = parse_key(line)
        if deletes:
            self.no_key = "a value stands under a deleted key, where Windows ignores it"
            self.steps.append(DeleteKey(key))
        else:
            self.key = key
            self.steps.append(CreateKey(key))

    def _read_value(self, line: str) -> None:
        parsed = parse_value(line)
        if self.key is None:
            raise ValueError(self.no_key)
        if isinstance(parsed, Deletion):
            self.steps.append(DeleteValue(self.key, parsed.name))
        else:
            self.steps.append(SetValue(self.key, parsed))


def _decode(source: bytes) -> str:
    if source.startswith(_UTF16_LE_BOM):
        try:
            return source[2:].decode("utf-16-le")
        except UnicodeDecodeError as error:
            raise RegFileError([Mistake(1, f"the file is no valid UTF-16: {error}")]) from None
    if source.startswith((_UTF8_BOM, _UTF16_BE_BOM)) or b"\0" in source:
        raise RegFileError(
            [Mistake(1, "the file is neither UTF-16LE with a byte order mark nor ASCII")]
        )
    if not source.isascii():
        line = len(_LINE_END.split(source.decode("ascii", "replace").partition("\ufffd")[0]))
        message = "text outside ASCII: save the file as UTF-16LE with a byte order mark"
        raise RegFileError([Mistake(line, message)])
    return source.decode("ascii")


def _join(lines: Sequence[str], *, first: int) -> list[tuple[int, str]]:
    r"""Logical lines with the number of their first line: hex data goes on after a `,\`."""
    joined: list[tuple[int, str]] = []
    goes_on = False
    for number, line in enumerate(lines, first):
        if goes_on and line.lstrip().startswith(";"):
            continue
        if goes_on:
            start, text = joined[-1]
            joined[-1] = (start, text + line.strip())
        else:
            joined.append((number, line))
        start, text = joined[-1]
        goes_on = _CONTINUED_HEX.fullmatch(text) is not None
        if goes_on:
            joined[-1] = (start, text.rstrip().removesuffix("\\"))
    return joined
