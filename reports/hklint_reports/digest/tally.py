"""The tally of a run in words, as every report that people read has it."""

from typing import NamedTuple

from hklint.clock import utc
from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports.text import counted

WORDS: dict[Outcome, str] = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "not applicable",
}


class Number(NamedTuple):
    """How many verdicts are of an outcome, as in `8 fail (2 waived, 5 known)`.

    It `counts` if some of them are neither waived nor known from the baseline.
    """

    outcome: Outcome
    text: str
    counts: bool


def numbers(run: Run) -> list[Number]:
    """The verdicts of the run by outcome."""
    return [_number(run, outcome) for outcome in Outcome]


def _number(run: Run, outcome: Outcome) -> Number:
    number = run.summary.counts.get(outcome, 0)
    waived, known = run.summary.waived.get(outcome, 0), run.tally.known[outcome]
    idle = [f"{waived} waived"] if waived else []
    idle += [f"{known} known"] if known else []
    beside = f" ({', '.join(idle)})" if idle else ""
    return Number(outcome, f"{number} {WORDS[outcome]}{beside}", number > waived + known)


def size(run: Run) -> str:
    """How large the run is: verdicts, hosts, those not reached among them, seconds."""
    missing = run.summary.hosts_not_reached
    seconds = (utc(run.summary.ended) - utc(run.header.started)).total_seconds()
    said = [
        counted(sum(run.summary.counts.values()), "verdict"),
        counted(run.summary.hosts, "host") + (f", {missing} not reached" if missing else ""),
        f"{seconds:.1f} s",
    ]
    return ", ".join(said)
