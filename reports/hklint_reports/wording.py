"""Sentences that several reports share, so that no two of them say it differently."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import cast

from hklint.failure import ADVICE, MEANING, Failure, Reason
from hklint.gate import counts, expired, judged, unjudged
from hklint.run import HostResult, Run
from hklint.verdict import SEVERITIES, DecidingRow, Outcome, Verdict
from hklint_reports.text import counted, visible
from hklint_reports.times import utc, utc_or
from hklint_reports.waiving import waiver_parts, waivers_text

NEVER_A_PASS = "whether the host complies; this never counts as a pass"  # noqa: S105 - a sentence, no password

_NOT_KNOWN = datetime.min.replace(tzinfo=UTC)


def expectation(verdict: Verdict) -> str:
    """What was wanted and what was there, in half a sentence."""
    if verdict.outcome is Outcome.UNKNOWN:
        reason = f": {verdict.reason}" if verdict.reason else ""
        return f"expected {verdict.wanted}, could not be judged{reason}"
    if verdict.outcome is Outcome.NOT_APPLICABLE:
        return f"not applicable: {verdict.reason}"
    return f"expected {verdict.wanted}, found {verdict.found}"


def row_place(row: DecidingRow) -> str:
    """Where the row of a decision table stands that took part in a verdict."""
    return f"{row.span.path}:{row.span.line} (row {row.number} of {row.of})"


def _meaning(verdict: Verdict) -> Iterator[str]:
    """What it means, each sentence of a decision table with the row it stands in."""
    left = list(verdict.rows)
    for sentence in verdict.explanation.means:
        yield sentence
        said = [row for row in left if sentence.endswith(row.because)]
        left = [row for row in left if row not in said]
        yield from _places(said)
    yield from _places(left)


def _places(rows: Iterable[DecidingRow]) -> Iterator[str]:
    yield from dict.fromkeys(f"    {row_place(row)}" for row in rows)


def parts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """The explanation as labelled lines, in reading order; nothing empty."""
    yield from waiver_parts(verdict)
    said = verdict.explanation
    labelled = (
        ("read", said.read),
        ("means", tuple(_meaning(verdict))),
        ("missing", said.missing),
        ("not known", (NEVER_A_PASS,) if verdict.outcome is Outcome.UNKNOWN else ()),
        ("matters", (said.matters,)),
        ("fix", said.fix),
        ("then", said.then),
    )
    for label, lines in labelled:
        yield from ((label, line) for line in lines if line)


def failure_parts(failure: Failure) -> Iterator[tuple[str, str]]:
    """What is known of a host that was not reached, as labelled lines."""
    phase = f" ({failure.phase})" if failure.phase else ""
    yield "reason", f"{failure.reason}{phase}: {MEANING[failure.reason]}"
    if failure.detail:
        yield "seen", failure.detail
    yield "not known", NEVER_A_PASS
    yield "then", ADVICE[failure.reason]
    yield "more", f"`hklint explain failure {failure.reason}`, and `hklint doctor` with the target"


_EXIT_REASONS = {
    2: "the command line is wrong",
    3: "a policy, model or other document is invalid",
    5: "hklint has a bug",
}


def exit_reason(run: Run) -> str:
    """Why the command ended with its exit code."""
    match run.summary.exit_code:
        case 0:
            return _passed(run)
        case 1:
            return _failed(run)
        case 4:
            return _undetermined(run)
        case code:
            return _EXIT_REASONS.get(code, "hklint was ended from outside")


def _passed(run: Run) -> str:
    failed, unknown = _number(run, Outcome.FAIL), _number(run, Outcome.UNKNOWN)
    waived = run.summary.waived
    but = " that is not waived" if waived.get(Outcome.FAIL) else ""
    if failed:
        return f"nothing failed of severity {run.header.fail_on} or above{but}"
    if unknown:
        return f"nothing failed{but}; unknown verdicts were allowed"
    if waived.get(Outcome.UNKNOWN):
        return f"nothing failed{but}; unknown verdicts are waived"
    return f"nothing failed{but}"


def _failed(run: Run) -> str:
    verdicts = list(_verdicts(run))
    failed = any(_fails(run, verdict) for verdict in verdicts)
    over = not failed and any(expired(run.header, verdict) for verdict in verdicts)
    return "the waiver of a rule has expired" if over else "a rule failed"


def _undetermined(run: Run) -> str:
    if run.summary.interrupted:
        return "the run was interrupted"
    if run.summary.hosts_not_reached:
        return "a host was not reached"
    if _number(run, Outcome.UNKNOWN) and not run.header.allow_unknown:
        return "a rule could not be judged"
    return ", ".join(_nothing_judged(run)) or "something could not be judged"


def _number(run: Run, outcome: Outcome) -> int:
    """How many verdicts there are of an outcome, without those that are waived."""
    return run.summary.counts.get(outcome, 0) - run.summary.waived.get(outcome, 0)


def not_asked(run: Run) -> str:
    """What an interrupted run left undone."""
    cancelled = sum(
        host.failure is not None and host.failure.reason is Reason.CANCELLED for host in run.hosts
    )
    missing = cancelled + max(0, run.header.targets - len(run.hosts))
    if missing:
        return f"interrupted: {missing} of {counted(run.header.targets, 'host')} left no result"
    return "interrupted: the run was stopped before its end"


def recorded_at(run: Run, host: HostResult) -> str:
    """When a host's facts were read, if not by this run; "" for fresh ones.

    A snapshot names the target it was taken from, and a run that reads it has the file's path as
    the target. Times alone do not tell: the clock of the computer that took it may be ahead. What
    the file says of its time is shown as a time only, never as it stands there.
    """
    if host.snapshot is None:
        return ""
    taken_at = utc_or(str(host.snapshot.get("taken_at", "")), _NOT_KNOWN)
    source = host.snapshot.get("source")
    from_file = isinstance(source, Mapping) and (
        cast("Mapping[str, object]", source).get("target") != host.target
    )
    if not from_file and (taken_at is _NOT_KNOWN or taken_at >= utc(run.header.started)):
        return ""
    known = taken_at is not _NOT_KNOWN
    return taken_at.strftime("%Y-%m-%dT%H:%M:%SZ") if known else "at a time not known"


def gate_reason(run: Run) -> str:
    """Why the gate is open or shut, for the one line that an installer reads."""
    counting = [verdict for verdict in _verdicts(run) if _fails(run, verdict)]
    passed, unknown = _number(run, Outcome.PASS), _number(run, Outcome.UNKNOWN)
    failed = _number(run, Outcome.FAIL)
    said: list[str] = []
    if run.summary.exit_code == 0:
        said.append(f"{counted(passed, 'rule')} passed")
    if counting:
        worst = min((verdict.severity for verdict in counting), key=SEVERITIES.index)
        judged = counted(passed + failed + unknown + sum(run.summary.waived.values()), "rule")
        said.append(f"{len(counting)} of {judged} failed (worst: {worst})")
    if run.summary.hosts_not_reached:
        said.append(f"{counted(run.summary.hosts_not_reached, 'host')} gave no answer")
    if unknown:
        allowed = " (allowed)" if run.header.allow_unknown else ""
        said.append(f"{counted(unknown, 'rule')} could not be judged{allowed}")
    if run.summary.interrupted:
        said.append("the run was interrupted")
    if lighter := failed - len(counting):
        said.append(f"{counted(lighter, 'rule')} failed below {run.header.fail_on}")
    said += _waivers_said(run)
    if not (counting or run.summary.exit_code == 0):
        said += _nothing_judged(run)
    if recorded := sorted(filter(None, (recorded_at(run, host) for host in run.hosts))):
        said.append(f"by facts recorded {recorded[0]}, not by the host as it is now")
    return ", ".join(said)


def _waivers_said(run: Run) -> Iterator[str]:
    """What does not count only because somebody accepted it, or counts because that is over."""
    for outcome, words in ((Outcome.FAIL, "failed"), (Outcome.UNKNOWN, "could not be judged")):
        waived = [item for item in _verdicts(run) if item.waiver and item.outcome is outcome]
        if waived:
            who = visible(waivers_text(waived))
            yield f"{counted(len(waived), 'rule')} {words} and waived ({who})"
    if over := sum(expired(run.header, verdict) for verdict in _verdicts(run)):
        yield f"{counted(over, 'rule')} with an expired waiver"


def _nothing_judged(run: Run) -> list[str]:
    """What is to be said of hosts that answered, and to which nothing applied that counts."""
    answered = [host for host in run.hosts if host.failure is None]
    empty = sum(not judged(run.header, host) for host in answered)
    if empty == len(run.hosts):
        return ["nothing was judged"]
    said = [f"nothing was judged on {counted(empty, 'host')}"] if empty else []
    partly = dict.fromkeys(
        name for host in answered if judged(run.header, host) for name in unjudged(run.header, host)
    )
    return said + [f"nothing was judged by {visible(name)}" for name in partly]


def _verdicts(run: Run) -> Iterator[Verdict]:
    for host in run.hosts:
        yield from host.verdicts


def _fails(run: Run, verdict: Verdict) -> bool:
    """Whether a verdict alone makes the run fail."""
    failed = verdict.outcome is Outcome.FAIL and verdict.waiver is None
    return failed and counts(verdict, run.header.fail_on)
