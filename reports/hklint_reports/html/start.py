"""What the page begins with: whether to go on, the tally, and the waivers that need attention."""

from typing import NamedTuple

from hklint.exit_code import MEANING, Exit
from hklint.run import Run
from hklint.verdict import SEVERITIES, Outcome, Severity
from hklint_reports.html.index import Index
from hklint_reports.html.statuses import Status
from hklint_reports.text import counted
from hklint_reports.waiving import about, waiver_notes, whose
from hklint_reports.wording import exit_reason, gate_reason


class Banner(NamedTuple):
    """The answer in one line, and what it means."""

    key: str
    sign: str
    word: str
    reason: str
    meaning: str


class Tile(NamedTuple):
    """A number of the tally; `waived` and `known` of it do not count."""

    status: Status
    number: int
    waived: int
    known: int

    @property
    def said(self) -> str:
        """What does not count of it."""
        words = ((self.waived, "waived"), (self.known, "known"))
        return ", ".join(f"{number:,} {word}" for number, word in words if number)


class Gone(NamedTuple):
    """Something that failed in the baseline, and on how many hosts it fails no more."""

    title: str
    severity: Severity
    hosts: int


class Attention(NamedTuple):
    """A waiver that needs attention: for what, why, and who cares for it."""

    word: str
    urgent: bool
    about: str
    text: str
    whose: str


def banner(run: Run) -> Banner:
    """Go or no-go: that of the gate, or what the exit code of a check says."""
    code = run.summary.exit_code
    key, sign = ("open", "\u2713") if code == 0 else ("shut", "\u2717")
    if run.header.command == "gate":
        word = "GATE OPEN" if code == 0 else "GATE SHUT"
        return Banner(key, sign, word, gate_reason(run), f"exit {code}: {exit_reason(run)}")
    known = code in list(Exit)
    means = f"Exit code {code} means: {MEANING[Exit(code)]}." if known else ""
    return Banner(key, sign, f"EXIT {code}", exit_reason(run), means)


def tiles(run: Run) -> list[Tile]:
    """The tally of verdicts as every report has it."""
    pairs = (
        (Status.FAIL, Outcome.FAIL),
        (Status.UNKNOWN, Outcome.UNKNOWN),
        (Status.PASS, Outcome.PASS),
        (Status.NOT_APPLICABLE, Outcome.NOT_APPLICABLE),
    )
    counts, waived, known = run.summary.counts, run.summary.waived, run.tally.known
    return [
        Tile(status, counts.get(outcome, 0), waived.get(outcome, 0), known[outcome])
        for status, outcome in pairs
    ]


def title(run: Run, index: Index) -> str:
    """What the page is about: the policies, and the host if it is a single one."""
    policies = run.header.policies
    names = policies[0].title if len(policies) == 1 else f"{len(policies)} policies"
    number = len(index.hosts)
    hosts = index.hosts[0].name if number == 1 else counted(number, "host")
    return f"{names}: {hosts}"


def baseline(run: Run) -> str:
    """What verdicts were compared with, and what that means for them; "" without a baseline."""
    found = run.header.baseline
    if found is None:
        return ""
    means = "does not count" if found.decides else "counts all the same"
    which = f"{found.path}, the run of {found.started} over {counted(found.hosts, 'host')}"
    return f"{which}; what it has already is known, and {means}"


def gone(index: Index) -> list[Gone]:
    """What failed in the baseline and fails no more, the gravest first."""
    found = [Gone(title, severity, hosts) for (title, severity), hosts in index.gone.items()]
    return sorted(found, key=lambda each: (SEVERITIES.index(each.severity), -each.hosts))


def nothing(run: Run) -> str:
    """What stands where nothing is to be done."""
    reasons = ((run.summary.waived, "waived"), (run.tally.known, "known"))
    but = " or ".join(word for there, word in reasons if there)
    said = f"Nothing failed, and nothing is unknown{f', but for what is {but}' if but else ''}."
    return f"{said} Yet {exit_reason(run)}." if run.summary.exit_code else said


def notes(run: Run) -> list[Attention]:
    """The waivers that need attention."""
    return [
        Attention(note.word, note.urgent, about(note.waiver), note.text, whose(note.waiver))
        for note in waiver_notes(run)
    ]
