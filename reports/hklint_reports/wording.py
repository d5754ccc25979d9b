"""Sentences that several reports share, so that no two of them say it differently."""

from collections.abc import Iterable, Iterator

from hklint.clock import utc_or
from hklint.failure import ADVICE, MEANING, Failure
from hklint.run import Gone, Run
from hklint.tally import NOT_KNOWN
from hklint.verdict import SEVERITIES, DecidingRow, Outcome, Verdict
from hklint_reports.since import EFFECTS
from hklint_reports.text import counted, visible
from hklint_reports.waiving import waiver_parts, waivers_text

NEVER_A_PASS = "whether the host complies; this never counts as a pass"  # noqa: S105 - a sentence, no password


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
        ("may break", said.affects),
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
            over = run.tally.expired and not run.tally.failing
            failed = "a rule newly failed" if _decides(run) else "a rule failed"
            return "the waiver of a rule has expired" if over else failed
        case 4:
            return _undetermined(run)
        case code:
            return _EXIT_REASONS.get(code, "hklint was ended from outside")


def _passed(run: Run) -> str:
    said = [_nothing_failed(run)]
    if _number(run, Outcome.UNKNOWN):
        below = f"unknown verdicts are below {run.header.fail_on}"
        said.append("unknown verdicts were allowed" if run.header.allow_unknown else below)
    elif run.summary.waived.get(Outcome.UNKNOWN):
        said.append("unknown verdicts are waived")
    return "; ".join([*said, *_known_said(run)])


def _nothing_failed(run: Run) -> str:
    """What a run can say at most when it passed."""
    what = "nothing newly failed" if _decides(run) else "nothing failed"
    severity = f" of severity {run.header.fail_on} or above" if _number(run, Outcome.FAIL) else ""
    but = " that is not waived" if run.summary.waived.get(Outcome.FAIL) else ""
    return f"{what}{severity}{but}"


def _undetermined(run: Run) -> str:
    if run.summary.interrupted:
        return "the run was interrupted"
    if run.summary.hosts_not_reached:
        return "a host was not reached"
    if run.tally.open:
        return "a rule could not be judged"
    if run.tally.held:
        return _not_in_effect(run)
    return ", ".join(_nothing_judged(run)) or "something could not be judged"


def _not_in_effect(run: Run) -> str:
    if run.tally.held["pending"]:
        return "a rule passes by values that take effect after a restart"
    return "whether the values by which a rule passes are in effect is not known"


def _number(run: Run, outcome: Outcome) -> int:
    """How many verdicts there are of an outcome, without those that are waived or known."""
    idle = run.summary.waived.get(outcome, 0) + run.tally.known[outcome]
    return run.summary.counts.get(outcome, 0) - idle


_GONE = {
    "not_applicable": "; does not apply any more, which is no fix",
    "absent": "; is not judged any more, which is no fix",
}


def gone_ending(gone: Gone) -> str:
    """What follows the name of a failure that is gone without having been put right."""
    return _GONE.get(gone.now, "")


def not_asked(run: Run) -> str:
    """What an interrupted run left undone."""
    missing = run.tally.cancelled + max(0, run.header.targets - run.tally.hosts)
    if missing:
        return f"interrupted: {missing} of {counted(run.header.targets, 'host')} left no result"
    return "interrupted: the run was stopped before its end"


def gate_reason(run: Run) -> str:
    """Why the gate is open or shut, for the one line that an installer reads."""
    counting = run.tally.failing.total()
    passed, unknown = _number(run, Outcome.PASS), _number(run, Outcome.UNKNOWN)
    failed = _number(run, Outcome.FAIL)
    said: list[str] = []
    if run.summary.exit_code == 0:
        said += [_nothing_failed(run)] if _decides(run) else []
        said.append(f"{counted(passed, 'verdict')} passed")
    if counting:
        worst = min(run.tally.failing, key=SEVERITIES.index)
        idle = sum(run.summary.waived.values()) + run.tally.known.total()
        judged = counted(passed + failed + unknown + idle, "verdict")
        newly = "newly failed" if _decides(run) else "failed"
        said.append(f"{counting} of {judged} {newly} (worst: {worst})")
    if run.summary.hosts_not_reached:
        said.append(f"{counted(run.summary.hosts_not_reached, 'host')} gave no answer")
    if run.tally.open:
        said.append(f"{counted(run.tally.open, 'verdict')} could not be judged")
    said += _effects_said(run)
    if uncounted := unknown - run.tally.open:
        why = " (allowed)" if run.header.allow_unknown else f" below {run.header.fail_on}"
        said.append(f"{counted(uncounted, 'verdict')} could not be judged{why}")
    if run.summary.interrupted:
        said.append("the run was interrupted")
    if lighter := failed - counting:
        said.append(f"{counted(lighter, 'verdict')} failed below {run.header.fail_on}")
    said += [*_known_said(run), *_waivers_said(run)]
    if not (counting or run.summary.exit_code == 0):
        said += _nothing_judged(run)
    if run.tally.recorded:
        said.append(f"by facts recorded {run.tally.recorded}, not by the host as it is now")
    return ", ".join(said)


def _effects_said(run: Run) -> Iterator[str]:
    """What passes, but is not in effect as far as known."""
    tally = run.tally
    for effect, total in sorted(tally.effects.items()):
        number = tally.held[effect] or total
        below = "" if tally.held[effect] else " (this does not count)"
        yield f"{counted(number, 'verdict')} passed, but {EFFECTS[effect]}{below}"


def _decides(run: Run) -> bool:
    """Whether what a baseline has does not count for the exit code."""
    return run.header.baseline is not None and run.header.baseline.decides


def _known_said(run: Run) -> Iterator[str]:
    """What does not count only because the baseline has it already."""
    baseline = run.header.baseline
    day = utc_or(baseline.started, NOT_KNOWN).strftime("%Y-%m-%d") if baseline else ""
    for outcome, words in ((Outcome.FAIL, "failed"), (Outcome.UNKNOWN, "could not be judged")):
        if known := run.tally.known[outcome]:
            them = "is" if known == 1 else "are"
            yield f"{counted(known, 'verdict')} {words} and {them} known since the run of {day}"


def _waivers_said(run: Run) -> Iterator[str]:
    """What does not count only because somebody accepted it, or counts because that is over."""
    for outcome, words in ((Outcome.FAIL, "failed"), (Outcome.UNKNOWN, "could not be judged")):
        if waived := run.tally.waived[outcome]:
            who = visible(waivers_text(run.tally.waivers[outcome].values()))
            yield f"{counted(waived, 'verdict')} {words} and waived ({who})"
    if run.tally.expired:
        yield f"{counted(run.tally.expired, 'verdict')} with an expired waiver"


def _nothing_judged(run: Run) -> list[str]:
    """What is to be said of hosts that answered, and to which nothing applied that counts."""
    tally = run.tally
    if tally.not_judged == tally.hosts:
        return ["nothing was judged"]
    said = (
        [f"nothing was judged on {counted(tally.not_judged, 'host')}"] if tally.not_judged else []
    )
    return said + [
        f"nothing was judged by {visible(policy.id)}"
        for policy in run.header.policies
        if tally.not_judged_by[policy.id]
    ]
