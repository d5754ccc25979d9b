"""How pages are set: wrapped sentences, and names in columns with what is said of them."""

import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping, Sequence

WIDTH = 96
NARROWEST = 50
WIDEST_NAME = 52
_LEAST_ROOM = 25
"""Columns that a row's last cell needs beside the others; with fewer all stand below the first."""
_ITEM = "- "


def page_width() -> int:
    """Columns of a page: fewer than usual on a narrow terminal, so that no word is broken."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns))


def wrapped(text: str, indent: str = "") -> list[str]:
    """A text in lines of the page's width; paragraphs, told by empty lines, are kept apart."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        lines += ["", *_filled(paragraph, indent, indent)]
    return lines[1:]


def plain(markdown: str) -> list[str]:
    """A page in Markdown as a terminal shows it: no signs for headings, code and tables set in."""
    lines: list[str] = []
    rows: list[list[str]] = []
    prose: list[str] = []
    in_code = False
    for line in [*markdown.rstrip().split("\n"), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        lines += _table(rows)
        rows = []
        fence = line.startswith("```")
        if not line or fence or in_code or line.startswith(("#", _ITEM)):
            lines += _paragraph(prose)
            prose = []
        if fence:
            in_code = not in_code
        elif in_code:
            lines.append(f"  {line}".rstrip())
        elif not line or line.startswith("#"):
            lines.append(line.lstrip("#").lstrip())
        else:
            prose.append(line)
    return lines[:-1]


def listed(names: Mapping[str, str]) -> list[str]:
    """Names with what is said of each, in two columns; a name a line where no terminal is."""
    width = column(names)
    if not sys.stdout.isatty():
        return [f"  {name:{width}}  {words}".rstrip() for name, words in names.items()]
    return [line for name, words in names.items() for line in _row([f"{name:{width}}"], words)]


def column(names: Mapping[str, object]) -> int:
    """How wide a column for these names is."""
    return min(WIDEST_NAME, max(map(len, names), default=0))


def _paragraph(lines: list[str]) -> list[str]:
    """A paragraph, or an item of a list with its later lines set in."""
    text = " ".join(line.strip() for line in lines)
    return _filled(text, "", " " * len(_ITEM) if text.startswith(_ITEM) else "")


def _table(rows: list[list[str]]) -> Iterator[str]:
    """A table's rows in columns; the second row of Markdown is its line below the heads."""
    rows = [row for number, row in enumerate(rows) if number != 1]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    for *first, last in rows:
        padded = zip(first, widths[:-1], strict=True)
        yield from _row([f"{cell:{width}}" for cell, width in padded], last)


def _row(cells: Sequence[str], last: str) -> list[str]:
    start = "  " + "".join(f"{cell}  " for cell in cells)
    if page_width() - len(start) >= _LEAST_ROOM:
        return _filled(last, start, " " * len(start)) or [start.rstrip()]
    below = [line for cell in (*cells[1:], last) for line in _filled(cell, " " * 6, " " * 6)]
    return [f"  {cells[0]}".rstrip(), *below]


def _filled(text: str, first: str, then: str) -> list[str]:
    return textwrap.wrap(
        text,
        page_width(),
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
