"""A line of a document with a caret below, as compilers show it."""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from hklint.span import Span
from hklint_reports.terminal.page import Line, Signs, Style
from hklint_reports.text import visible

DOTS = "..."


def quote(
    document: str, span: Span, caption: str, style: Style, signs: Signs, width: int
) -> Iterator[Line]:
    """The line of a span, with the caption at its caret; nothing if the text has no such line."""
    source = source_line(document, span)
    if source is None:
        return
    number = str(span.line)
    before, piece, after = (visible(part.replace("\t", " ")) for part in source)
    before, piece, after = cropped(before, piece, after, width - len(number) - 5)
    bar: Line = ((f"{' ' * (len(number) + 3)}{signs.bar}", "beside"),)
    carets = "^" * max(1, cell_len(piece))
    margin = " " * cell_len(before)
    yield bar
    yield ((f"  {number} {signs.bar} ", "beside"), (f"{before}{piece}{after}", ""))
    beside = f" {margin}{carets} {visible(caption)}"
    if len(number) + 4 + cell_len(beside) <= width:
        yield (*bar, (beside, style))
    else:
        yield (*bar, (f" {margin}{carets}", style))
        yield (*bar, (f" {visible(caption)}", style))
    yield bar


def cropped(before: str, piece: str, after: str, room: int) -> tuple[str, str, str]:
    """As much around a piece of a line as there is room for; dots stand for the rest.

    A terminal would break the line anywhere, and the caret would no longer point at the piece.
    """
    if cell_len(before + piece + after) <= room:
        return before, piece, after
    if cell_len(piece) > room - 2 * len(DOTS):
        piece = set_cell_size(piece, room - 2 * len(DOTS))
    left = room - cell_len(piece) - len(DOTS)
    if cell_len(before) > left:
        kept = before[-left:]
        while cell_len(kept) > left - len(DOTS):
            kept = kept[1:]
        before = DOTS + kept
    left = room - cell_len(before) - cell_len(piece)
    if cell_len(after) > left:
        after = set_cell_size(after, left - len(DOTS)).rstrip() + DOTS
    return before, piece, after


def source_line(document: str, span: Span) -> tuple[str, str, str] | None:
    """The text before, in and behind a span, if the document has it."""
    lines = document.split("\n")
    if not 1 <= span.line <= len(lines):
        return None
    line = lines[span.line - 1].removesuffix("\r")
    start, end = span.column - 1, span.end_column - 1
    if not 0 <= start <= end <= len(line) or not line:
        return None
    return line[:start], line[start:end], line[end:]
