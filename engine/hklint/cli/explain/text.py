"""How pages are set: wrapped sentences, and names in columns with what is said of them."""

import textwrap
from collections.abc import Mapping

WIDTH = 96
WIDEST_NAME = 52


def wrapped(text: str, indent: str = "") -> list[str]:
    """A text in lines of the page's width; paragraphs, told by empty lines, are kept apart."""
    lines: list[str] = []
    for paragraph in text.strip().split("\n\n"):
        lines += [
            "",
            *textwrap.wrap(paragraph, WIDTH, initial_indent=indent, subsequent_indent=indent),
        ]
    return lines[1:]


def plain(markdown: str) -> list[str]:
    """A page in Markdown as a terminal shows it: no signs for headings, code and tables set in."""
    lines: list[str] = []
    rows: list[list[str]] = []
    in_code = False
    for line in [*markdown.rstrip().split("\n"), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
            continue
        lines += _table(rows)
        rows = []
        if line.startswith("```"):
            in_code = not in_code
        elif in_code:
            lines.append(f"  {line}".rstrip())
        else:
            lines.append(line.lstrip("#").lstrip() if line.startswith("#") else line)
    return lines[:-1]


def _table(rows: list[list[str]]) -> list[str]:
    """A table's rows in columns; the second row of Markdown is its line below the heads."""
    rows = [row for number, row in enumerate(rows) if number != 1]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for *first, last in rows:
        start = "  " + "".join(
            f"{cell:{width}}  " for cell, width in zip(first, widths[:-1], strict=True)
        )
        lines += textwrap.wrap(
            last, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)
        )
    return lines


def listed(names: Mapping[str, str]) -> list[str]:
    """Names with what is said of each, in two columns."""
    width = column(names)
    return [f"  {name:{width}}  {words}".rstrip() for name, words in names.items()]


def column(names: Mapping[str, object]) -> int:
    """How wide a column for these names is."""
    return min(WIDEST_NAME, max(map(len, names), default=0))
