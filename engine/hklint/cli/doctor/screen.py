"""A walk on the screen: a line for each step as it is passed, then what follows."""

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from hklint.cli.output import report_options
from hklint.doctor.examination import Conclusion, Finding, Mark, Step, Value, title
from hklint_reports.terminal.page import Line, Signs, Style, print_lines, signs_for, wrapped
from hklint_reports.text import counted, visible

_TITLE_WIDTH = max(len(title(step)) for step in Step)
_TIME_WIDTH = 6
_SECOND = 1000
_IN_SUMMARY = frozenset(
    {
        *("address", "addresses", "protocol", "product_vendor", "account"),
        *("path", "version", "endpoint", "by_function", "powershell", "edition", "bits", "user"),
    }
)
"""Details that the summary of their step says."""
_ON_REQUEST = frozenset(
    {
        *("cipher", "thumbprint", "valid_from"),
        *("product_version", "server", "clock_ahead_seconds"),
        *("culture", "milliseconds"),
    }
)
"""Details that are shown with -v only."""
_SECONDS = "_seconds"
_STYLES: Mapping[Mark, Style] = {
    Mark.OK: "pass",
    Mark.NOTE: "unknown",
    Mark.FAILED: "fail",
    Mark.NOT_USED: "beside",
    Mark.NOT_TRIED: "beside",
}

T = TypeVar("T")


class Screen:
    """Where a walk is shown; a quiet one shows nothing."""

    def __init__(self, *, quiet: bool, verbose: bool) -> None:
        self._quiet = quiet
        self._verbose = verbose
        self._signs = signs_for(sys.stdout)
        options = report_options(sys.stdout)
        self._width, self._color = options.width, options.color

    def begin(self, target: str) -> None:
        """The heading."""
        self._print([((f"The way to {visible(target)}", "strong"),), ()])

    def waiting(self, items: Iterable[T]) -> Iterator[T]:
        """The same items; on a terminal something moves while the next one is waited for."""
        if self._quiet or not sys.stderr.isatty():
            yield from items
            return
        from rich.console import Console  # noqa: PLC0415 - slow to import, only on a terminal

        console, waiting = Console(stderr=True), iter(items)
        while True:
            with console.status("on the way ..."):
                item = next(waiting, None)
            if item is None:
                return
            yield item

    def show(self, number: int, finding: Finding) -> None:
        """One step."""
        signs, style = self._signs, _STYLES[finding.mark]
        took = "" if finding.seconds is None else _duration(finding.seconds)
        walked = finding.mark not in {Mark.NOT_USED, Mark.NOT_TRIED}
        plain_style: Style = "" if walked else style
        head: Line = (
            (f"{number:>3} ", "beside"),
            (f"{_sign(signs, finding.mark):{len(signs.passed)}} ", style),
            (f"{title(finding.step):{_TITLE_WIDTH}}", "strong" if walked else style),
            (f"  {took:>{_TIME_WIDTH}}  ", "beside"),
        )
        indent = sum(len(text) for text, _ in head)
        room = self._width - indent
        first, *more = wrapped(finding.summary, room)
        lines: list[Line] = [(*head, (first, plain_style))]
        lines += [_line(" " * indent + line, plain_style) for line in more]
        for note in finding.notes:
            note_style: Style = style if finding.mark is Mark.NOTE else ""
            lines += [_line(" " * indent + line, note_style) for line in wrapped(note, room)]
        self._print([*lines, *self._details(finding, indent)])

    def end(self, conclusion: Conclusion) -> None:
        """What follows."""
        sign = self._signs.passed if conclusion.works else self._signs.failed
        style: Style = "pass" if conclusion.works else "fail"
        start = f"{sign} "
        first, *more = wrapped(conclusion.sentence, self._width - len(start))
        lines: list[Line] = [(), _line(start + first, style)]
        lines += [_line(" " * len(start) + line, style) for line in more]
        if conclusion.reason is not None:
            lines += [_line(f"  {line}") for line in wrapped(conclusion.advice, self._width - 2)]
            lines.append(_line(f"  More: hklint explain {conclusion.reason}"))
        self._print(lines)

    def _details(self, finding: Finding, indent: int) -> Iterator[Line]:
        shown = {
            _label(name): _text(name, value)
            for name, value in finding.details.items()
            if name not in _IN_SUMMARY and (self._verbose or name not in _ON_REQUEST)
        }
        width = max(map(len, shown), default=0)
        for label, text in shown.items():
            first, *more = wrapped(text, self._width - indent - width - 2)
            yield ((" " * indent + f"{label:{width}}  ", "beside"), (first, ""))
            yield from (_line(" " * (indent + width + 2) + line) for line in more)

    def _print(self, lines: Iterable[Line]) -> None:
        if not self._quiet:
            print_lines(lines, sys.stdout, color=self._color)
            sys.stdout.flush()


def _line(text: str, style: Style = "") -> Line:
    return ((text, style),)


def _sign(signs: Signs, mark: Mark) -> str:
    match mark:
        case Mark.OK:
            return signs.passed
        case Mark.NOTE:
            return "!"
        case Mark.FAILED:
            return signs.failed
        case Mark.NOT_USED | Mark.NOT_TRIED:
            return signs.beside


def _duration(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return f"{milliseconds} ms" if milliseconds < _SECOND else f"{seconds:.1f} s"


def _label(name: str) -> str:
    return name.removesuffix(_SECONDS).replace("_", " ")


def _text(name: str, value: Value) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ", ".join(value) or "none"
        case int():
            return counted(value, "second") if name.endswith(_SECONDS) else str(value)
        case str():
            return value
