"""Lines of the terminal report: pieces of text with a meaning, which a colour only repeats."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TextIO

from rich.cells import cell_len

from hklint.run import Run
from hklint_reports import Options
from hklint_reports.text import encodable, log_line, visible

Style = Literal["", "strong", "pass", "fail", "unknown", "beside"]
Line = tuple[tuple[str, Style], ...]

COLORS: dict[Style, str] = {
    "": "",
    "strong": "bold",
    "pass": "green",
    "fail": "bold red",
    "unknown": "bold yellow",
    "beside": "dim",
}
LABEL_WIDTH = 9
HOSTS_SHOWN = 8
_WHOLE = re.compile(r"\bHK[A-Z]{2,3}\\|\bhklint \w")
_WORD = re.compile(r"(?:`[^`]*`|\S)+(?: +(?:-\w\S*|\S*\\\S*))*")
"""A word with what must stay beside it: options, and the rest of a path with blanks."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The characters that draw the report."""

    passed: str
    failed: str
    unknown: str
    beside: str
    bar: str


UNICODE = Signs("✓", "✗", "?", "–", "│")  # noqa: RUF001 - a dash, as wide as the other signs
ASCII = Signs("ok", "x", "?", "-", "|")


@dataclass(frozen=True, slots=True)
class Page:
    """What every block of the report needs to know."""

    run: Run
    options: Options
    signs: Signs

    @property
    def single(self) -> bool:
        """Whether the whole run is about one host, whose name then stands on top only."""
        return len(self.run.hosts) == 1


def signs_for(stream: TextIO) -> Signs:
    """Unicode signs where the stream's encoding has them."""
    try:
        "✓✗–│".encode(_encoding(stream))  # noqa: RUF001 - the signs themselves
    except UnicodeEncodeError:
        return ASCII
    return UNICODE


def _encoding(stream: TextIO) -> str:
    """An in-memory stream has no encoding and takes everything."""
    return getattr(stream, "encoding", None) or "utf-8"


def plain(text: str, style: Style = "") -> Line:
    """A line in one style; the text may come from anywhere."""
    return ((visible(text), style),)


def wrapped(text: str, width: int) -> list[str]:
    """Prose in lines of at most `width` columns, indented as it began.

    A line with a registry key or a command of ours stays whole, and so does any single word,
    path or command in backquotes.
    """
    text = visible(text)
    if _WHOLE.search(text):
        return [text]
    indent = text[: len(text) - len(text.lstrip())]
    lines, line = list[str](), ""
    for word in _WORD.findall(text):
        longer = f"{line} {word}" if line else f"{indent}{word}"
        if line and cell_len(longer) > width:
            lines.append(line)
            longer = f"{indent}{word}"
        line = longer
    return [*lines, line]


def labelled(width: int, indent: int, parts: Iterable[tuple[str, str]]) -> Iterator[Line]:
    """The `= label  text` lines of a block; a label is not repeated."""
    edge, previous = " " * indent, ""
    room = width - indent - LABEL_WIDTH - 4
    for label, text in parts:
        for number, line in enumerate(wrapped(text, room)):
            shown = "" if label == previous or number else label
            head = f"{shown:<{LABEL_WIDTH}}  "
            yield ((f"{edge}= ", "beside"), (head, "strong"), (line, ""))
        previous = label


def hosts_text(page: Page, hosts: tuple[str, ...]) -> str:
    """Which hosts a block is about: `on 2 of 3 hosts: ex01, ex03`."""
    limit = len(hosts) if page.options.verbose else HOSTS_SHOWN
    more = f" and {len(hosts) - limit} more" if len(hosts) > limit else ""
    names = ", ".join(visible(host) for host in hosts[:limit])
    return f"on {len(hosts)} of {len(page.run.hosts)} hosts: {names}{more}"


def print_lines(lines: Iterable[Line], stream: TextIO, *, color: bool) -> None:
    """Write lines, in colour only when asked: rich then knows the terminal."""
    encoding = _encoding(stream)
    safe = (_safe(line, encoding) for line in lines)
    if not color:
        stream.writelines("".join(text for text, _ in line) + "\n" for line in safe)
        return
    from rich.console import Console  # noqa: PLC0415 - 30 ms that plain output does not need
    from rich.text import Text  # noqa: PLC0415 - the same

    console = Console(
        file=stream, force_terminal=True, color_system="standard", highlight=False, markup=False
    )
    for line in safe:
        pieces = ((text, COLORS[style]) for text, style in line)
        console.print(Text.assemble(*pieces), soft_wrap=True)


def _safe(line: Line, encoding: str) -> Line:
    text = encodable("".join(text for text, _ in line), encoding)
    if log_line(text) != text:
        return ((log_line(text), ""),)
    return tuple((encodable(text, encoding), style) for text, style in line)
