"""A line of a document with a caret below, as compilers show it."""

from collections.abc import Iterator

from rich.cells import cell_len

from hklint.span import Span
from hklint_reports.excerpt import cropped, source_line
from hklint_reports.terminal.page import Line, Signs, Style
from hklint_reports.text import visible


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
