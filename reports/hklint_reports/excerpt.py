"""Pieces of documents: the line that a span points at, and as much of it as there is room for."""

from rich.cells import cell_len, set_cell_size

from hklint.span import Span

DOTS = "..."


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
