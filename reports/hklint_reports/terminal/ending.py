"""How the terminal report begins for a gate, and how every one of them ends."""

from collections.abc import Iterator

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports.digest.tally import numbers, size
from hklint_reports.terminal.page import Line, Page, Style
from hklint_reports.text import visible
from hklint_reports.wording import exit_reason, gate_reason


def gate_line(run: Run) -> Line:
    """The answer that an installer waits for; the exit code says the same."""
    is_open = run.summary.exit_code == 0
    style: Style = "pass" if is_open else "fail"
    return (("GATE OPEN" if is_open else "GATE SHUT", style), (f": {gate_reason(run)}", "strong"))


def ending(page: Page) -> Iterator[Line]:
    """The last two lines: the tally, and the exit code with the files that were written."""
    run, signs = page.run, page.signs
    looks: dict[Outcome, tuple[str, Style]] = {
        Outcome.PASS: (signs.passed, "pass"),
        Outcome.FAIL: (signs.failed, "fail"),
        Outcome.UNKNOWN: (signs.unknown, "unknown"),
        Outcome.NOT_APPLICABLE: (signs.beside, "beside"),
    }
    pieces: list[tuple[str, Style]] = []
    for number in numbers(run):
        sign, style = looks[number.outcome]
        pieces.append((f"{sign} {number.text}", style if number.counts else ""))
        pieces.append(("   ", ""))
    yield (*pieces, (f"({size(run)})", ""))
    written = ", ".join(visible(path) for path in page.options.written)
    files = f"  Written: {written}" if written else ""
    style = "pass" if run.summary.exit_code == 0 else "fail"
    yield ((f"exit {run.summary.exit_code}", style), (f": {exit_reason(run)}.{files}", ""))
