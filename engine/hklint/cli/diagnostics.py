"""Mistakes in documents as the terminal shows them: place, line, caret, what to do."""

import unicodedata
from functools import cache

from hklint.documents.document import MAX_BYTES
from hklint.documents.files import real_path
from hklint.span import Diagnostic, Span
from hklint_reports.text import visible

MAX_WIDTH = 120
BEFORE_CARET = 60


def render(diagnostic: Diagnostic) -> str:
    """A block of a few lines, like a compiler's."""
    span = diagnostic.span
    code = diagnostic.code
    lines = [
        f"{code.severity}[{code}]: {visible(diagnostic.message)}",
        f"  --> {visible(str(span))}",
    ]
    text = _line(span)
    if text is not None:
        cut = max(0, span.column - 1 - BEFORE_CARET) if len(text) > MAX_WIDTH else 0
        text, column = text[cut : cut + MAX_WIDTH], span.column - 1 - cut
        text = "..." + text[3:] if cut else text
        number = str(span.line)
        gap = " " * len(number)
        marked = text[column : span.end_column - 1 - cut]
        caret = " " * _width(text[:column]) + "^" * max(1, _width(marked))
        lines += [f" {gap} |", f" {number} | {text}".rstrip(), f" {gap} | {caret}"]
    if diagnostic.help:
        lines.append(f"  = help: {visible(diagnostic.help)}")
    return "\n".join([*lines, ""])


def _line(span: Span) -> str | None:
    """The line of the document, or None if it can't be shown."""
    lines = _lines(span.path)
    if not 0 < span.line <= len(lines):
        return None
    text = lines[span.line - 1].rstrip("\r").replace("\t", " ")
    return text if text.isprintable() and visible(text, len(text)) == text else None


@cache
def _lines(path: str) -> list[str]:
    """The lines as spans count them: other line ends than LF end none."""
    file = real_path(path)
    if not file.is_file():
        return []
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES).decode("utf-8-sig").split("\n")
    except (OSError, ValueError):
        return []


def _width(text: str) -> int:
    """How many columns a terminal needs for a text: letters of East Asia take two, marks none."""
    return sum(
        0 if unicodedata.combining(letter) else 1 + (unicodedata.east_asian_width(letter) in "WF")
        for letter in text
    )
