"""Annotations of GitHub Actions: commands in a job's log, shown beside the lines of the policy.

GitHub keeps ten errors, ten warnings and ten notices of a step and drops the others without a
word. So rules are annotated, not hosts, and the last one has the answer and what was left out.

The runner's source (actions/runner, ActionCommand.cs and ActionCommandManager.cs) says how a
command is read: at the beginning of a line, blanks before it skipped; `%`, CR and LF are escaped
in its text, `:` and `,` in its properties too; columns only within one line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TextIO

from hklint.counting import is_severe
from hklint.failure import MEANING
from hklint.run import Run, RunHeader
from hklint.span import Span
from hklint.verdict import Outcome, Severity
from hklint_reports import DEFAULTS, Options
from hklint_reports.digest import Digest
from hklint_reports.digest.groups import Hosts
from hklint_reports.digest.rules import Rule
from hklint_reports.digest.stories import Story, told_together
from hklint_reports.digest.tally import numbers, size
from hklint_reports.paths import relative_path
from hklint_reports.text import counted, encodable, visible
from hklint_reports.waiving import waiver_notes
from hklint_reports.wording import exit_reason, expectation, gate_reason, not_asked

Level = Literal["error", "warning", "notice"]

LEVELS: tuple[Level, ...] = ("error", "warning", "notice")
OF_SEVERITY: dict[Severity, Level] = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "notice",
    "info": "notice",
}
SHOWN = 10
"""Annotations of a level that GitHub keeps of a step."""
HOSTS_SHOWN = 5
LINES_SHOWN = 24
"""Of the explanation of one rule."""
LABELS_SHOWN = ("means", "missing", "matters", "may break", "fix", "then")
TITLE_LIMIT = 200
"""Characters of a title; GitHub takes 255."""
LINE_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Annotation:
    """A message, and the place in a document that it is about, if there is one."""

    level: Level
    title: str
    lines: tuple[str, ...]
    span: Span | None = None


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write one command a line: the worst rules, hosts that were not reached, and the answer."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    commands = (command(annotation, options.folder) for annotation in _annotations(run))
    stream.writelines(f"{encodable(line, encoding)}\n" for line in commands)


def command(annotation: Annotation, folder: str) -> str:
    """An annotation as the runner reads it; the path is relative to the working folder."""
    properties: list[tuple[str, str]] = []
    span = annotation.span
    if span is not None:
        properties = [
            ("file", relative_path(span.path, folder)),
            ("line", str(span.line)),
            ("endLine", str(span.line)),
            ("col", str(span.column)),
            ("endColumn", str(max(span.column, span.end_column))),
        ]
    properties.append(("title", annotation.title))
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties)
    text = "%0A".join(_data(visible(line, LINE_LIMIT)) for line in annotation.lines)
    return f"::{annotation.level} {shown}::{text}"


def _data(text: str) -> str:
    return text.replace("%", "%25")


def _property(text: str) -> str:
    shown = _data(visible(text, TITLE_LIMIT))
    return shown.replace(":", "%3A").replace(",", "%2C")


def _annotations(run: Run) -> Iterator[Annotation]:
    digest = Digest(run, worst_hosts=0)
    by_level: dict[Level, list[Annotation]] = {level: [] for level in LEVELS}
    if missed := _not_reached(run, digest):
        by_level["error"].append(missed)
    for rule in digest.rules:
        if rule.failed.number or rule.unknown.number:
            annotation = _rule(run, digest, rule)
            by_level[annotation.level].append(annotation)
    last: Level = "error" if run.summary.exit_code and not by_level["error"] else "notice"
    left_out = 0
    for level in LEVELS:
        room = SHOWN - (level == last)
        yield from by_level[level][:room]
        left_out += len(by_level[level][room:])
    yield _answer(run, last, left_out)


def _answer(run: Run, level: Level, left_out: int) -> Annotation:
    """Go or no-go, the tally, and what GitHub would not have shown."""
    code = run.summary.exit_code
    if run.header.command == "gate":
        head = f"{'GATE SHUT' if code else 'GATE OPEN'}: {gate_reason(run)}"
    else:
        head = f"exit {code}: {exit_reason(run)}"
    tally = ", ".join(number.text for number in numbers(run))
    lines = [head, f"{tally} ({size(run)})"]
    if run.summary.interrupted:
        lines.append(not_asked(run))
    if over := sum(note.urgent for note in waiver_notes(run)):
        them = "has" if over == 1 else "have"
        lines.append(f"{counted(over, 'waiver')} {them} expired that something needs")
    if left_out:
        them = "is" if left_out == 1 else "are"
        rules = f"{counted(left_out, 'more rule')} {them} not annotated"
        lines.append(f"{rules}, as GitHub shows ten of a kind; the other reports have all")
    return Annotation(level, "hklint", tuple(lines))


def _not_reached(run: Run, digest: Digest) -> Annotation | None:
    missed = digest.missed
    if not missed:
        return None
    title = f"NOT REACHED: {counted(run.summary.hosts_not_reached, 'host')} gave no answer"
    lines = [f"{item.reason}: {MEANING[item.reason]}; {_on(run, item.hosts)}" for item in missed]
    return Annotation("error", title, _shortened(lines))


def _rule(run: Run, digest: Digest, rule: Rule) -> Annotation:
    outcome = Outcome.FAIL if rule.failed.number else Outcome.UNKNOWN
    level = OF_SEVERITY[rule.severity] if outcome is Outcome.FAIL else "warning"
    if not _counts(run.header, rule, outcome):
        level = "notice"
    word = "FAIL" if outcome is Outcome.FAIL else "UNKNOWN"
    lines = [f"failed {_on(run, rule.failed)}"] if rule.failed.number else []
    lines += [f"could not be judged {_on(run, rule.unknown)}"] if rule.unknown.number else []
    if run.header.baseline is not None:
        lines.append(f"new {_on(run, rule.new)}" if rule.new.number else "known from the baseline")
    if rule.waived.number:
        lines.append(f"waived {_on(run, rule.waived)}")
    if (found := digest.story(rule, outcome)) is not None:
        lines += filter(None, _told(found))
    title = f"{word}[{rule.id}]: {rule.title} ({rule.severity})"
    return Annotation(level, title, _shortened(lines), rule.span)


def _shortened(lines: list[str]) -> tuple[str, ...]:
    """The lines that are shown; half a fix is never shown as if it were all of it."""
    if len(lines) <= LINES_SHOWN:
        return tuple(lines)
    more = len(lines) - LINES_SHOWN + 1
    return (*lines[: LINES_SHOWN - 1], f"... and {more} more lines, which the other reports have")


def _counts(header: RunHeader, rule: Rule, outcome: Outcome) -> bool:
    """Whether a rule has to do with the exit code."""
    if outcome is Outcome.UNKNOWN and header.allow_unknown:
        return False
    is_new = rule.new.number > 0 or header.baseline is None or not header.baseline.decides
    return is_new and is_severe(rule.severity, header.fail_on)


def _told(story: Story) -> Iterator[str]:
    """What there is of most hosts: what was expected, and the explanation without what was read."""
    for verdict in story.verdicts:
        yield f"{verdict.name} on {story.hosts.first[0]}: {expectation(verdict)}"
    for label, line in told_together(story.verdicts):
        is_row = label == "means" and line.startswith(" ")
        if label in LABELS_SHOWN and not is_row:
            yield f"{label}: {line}"


def _on(run: Run, hosts: Hosts) -> str:
    shown, left = hosts.names(HOSTS_SHOWN)
    more = f" and {left} more" if left else ""
    names = ", ".join(visible(name, TITLE_LIMIT) for name in shown)
    return f"on {hosts.number} of {counted(run.summary.hosts, 'host')}: {names}{more}"
