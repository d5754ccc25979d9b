"""Lines of the terminal report: pieces of text with a meaning, which a colour only repeats."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TextIO

from rich.cells import cell_len

from hklint.run import Run
from hklint_reports import Options
from hklint_reports.digest.groups import NAMES_KEPT, Hosts
from hklint_reports.text import counted, encodable, log_line, visible

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
GOES_ON = "    "
"""Before the further lines of what does not fit in one: deeper than the text below it."""
MANY_HOSTS = 4
"""From so many on a run is told more shortly, and its hosts are listed."""
_WHOLE = re.compile(r"\bHK[A-Z]{2,3}\\")
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
        return self.run.summary.hosts == 1

    @property
    def shortened(self) -> bool:
        """Whether there are too many hosts to explain all, and nobody has asked for all."""
        return self.run.summary.hosts >= MANY_HOSTS and not self.options.verbose


def signs_for(stream: TextIO) -> Signs:
    """Unicode signs where the stream's encoding has them."""
    try:
        "✓✗–│".encode(encoding_of(stream))  # noqa: RUF001 - the signs themselves
    except UnicodeEncodeError:
        return ASCII
    return UNICODE


def encoding_of(stream: TextIO) -> str:
    """What a stream can take: one in memory has no encoding and takes everything."""
    return getattr(stream, "encoding", None) or "utf-8"


def plain(text: str, style: Style = "") -> Line:
    """A line in one style; the text may come from anywhere."""
    return ((visible(text), style),)


def wrapped(text: str, width: int, taken: int = 0) -> list[str]:
    """Prose in lines of at most `width` columns, indented as it began.

    Of the first line so many columns are `taken` by what stands before it.

    A line with a registry key stays whole, and so does any single word, path or command in
    backquotes.
    """
    text = visible(text)
    if _WHOLE.search(text):
        return [text]
    indent = text[: len(text) - len(text.lstrip())]
    lines, line = list[str](), ""
    for word in _WORD.findall(text):
        longer = f"{line} {word}" if line else f"{indent}{word}"
        if line and cell_len(longer) > (width if lines else width - taken):
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


def hanging(head: Line, text: str, width: int) -> Iterator[Line]:
    """A text behind its head; what does not fit goes on below, indented."""
    taken = sum(cell_len(piece) for piece, _ in head)
    first, *more = wrapped(text, width - len(GOES_ON), taken - len(GOES_ON))
    yield (*head, (first, ""))
    for line in more:
        yield ((f"{GOES_ON}{line}", ""),)


def hosts_text(page: Page, hosts: Hosts) -> str:
    """Which hosts a block is about: `on 2 of 3 hosts: ex01, ex03`."""
    shown, left = hosts.names(NAMES_KEPT if page.options.verbose else HOSTS_SHOWN)
    more = f" and {left} more" if left else ""
    names = ", ".join(map(visible, shown))
    return f"{on_hosts(page, hosts)}: {names}{more}"


def on_hosts(page: Page, hosts: Hosts) -> str:
    """On how many hosts something is so: `on 2 of 3 hosts`."""
    return f"on {hosts.number} of {counted(page.run.summary.hosts, 'host')}"


def print_lines(lines: Iterable[Line], stream: TextIO, *, color: bool) -> None:
    """Write lines, in colour only when asked: rich then knows the terminal."""
    encoding = encoding_of(stream)
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
