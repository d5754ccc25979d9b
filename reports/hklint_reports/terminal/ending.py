"""How the terminal report begins for a gate, and how every one of them ends."""

from collections.abc import Iterator

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports.terminal.page import Line, Page, Style
from hklint_reports.text import counted, visible
from hklint_reports.times import utc
from hklint_reports.wording import exit_reason, gate_reason


def gate_line(run: Run) -> Line:
    """The answer that an installer waits for; the exit code says the same."""
    is_open = run.summary.exit_code == 0
    style: Style = "pass" if is_open else "fail"
    return (("GATE OPEN" if is_open else "GATE SHUT", style), (f": {gate_reason(run)}", "strong"))


def ending(page: Page) -> Iterator[Line]:
    """The last two lines: the tally, and the exit code with the files that were written."""
    run, signs = page.run, page.signs
    counts = run.summary.counts
    tally: tuple[tuple[str, Outcome, str, Style], ...] = (
        (signs.passed, Outcome.PASS, "pass", "pass"),
        (signs.failed, Outcome.FAIL, "fail", "fail"),
        (signs.unknown, Outcome.UNKNOWN, "unknown", "unknown"),
        (signs.beside, Outcome.NOT_APPLICABLE, "not applicable", "beside"),
    )
    pieces: list[tuple[str, Style]] = []
    for sign, outcome, word, style in tally:
        number, waived = counts.get(outcome, 0), run.summary.waived.get(outcome, 0)
        beside = f" ({waived} waived)" if waived else ""
        pieces.append((f"{sign} {number} {word}{beside}", style if number > waived else ""))
        pieces.append(("   ", ""))
    missing = run.summary.hosts_not_reached
    seconds = (utc(run.summary.ended) - utc(run.header.started)).total_seconds()
    about = [
        counted(sum(counts.values()), "verdict"),
        counted(run.summary.hosts, "host") + (f", {missing} not reached" if missing else ""),
        f"{seconds:.1f} s",
    ]
    yield (*pieces, (f"({', '.join(about)})", ""))
    written = ", ".join(visible(path) for path in page.options.written)
    files = f"  Written: {written}" if written else ""
    style = "pass" if run.summary.exit_code == 0 else "fail"
    yield ((f"exit {run.summary.exit_code}", style), (f": {exit_reason(run)}.{files}", ""))
