"""Sentences that all reports of a comparison share."""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from hklint.comparison import Cause, Change, Comparison, HostChange, Kind, PolicyChange, Side, State
from hklint.counting import is_severe
from hklint.exit_code import Exit
from hklint.failure import MEANING, Reason
from hklint.verdict import SEVERITIES
from hklint.waiver import moment_text, read_moment
from hklint_reports.text import counted

WORDS: dict[Kind, str] = {
    Kind.NEWLY_FAILING: "newly failing",
    Kind.WAIVER_ENDED: "waiver ended",
    Kind.NEWLY_UNKNOWN: "newly unknown",
    Kind.STILL_FAILING: "still failing",
    Kind.STILL_UNKNOWN: "still unknown",
    Kind.NEWLY_WAIVED: "newly waived",
    Kind.STILL_WAIVED: "still waived",
    Kind.GONE: "gone",
    Kind.APPLIES_NO_MORE: "applies no more",
    Kind.FIXED: "fixed",
    Kind.NEWLY_PASSING: "newly passing",
    Kind.APPEARED: "appeared",
    Kind.UNCHANGED: "unchanged",
}
"""What a change is called in reports."""
HOST_WORDS = {
    "lost": "not reached any more",
    "silent": "still not reached",
    "appeared": "appeared",
    "gone": "gone",
    "back": "reached again",
}
"""What became of a host, as `hosts_changed` has it."""

RULES_NAMED = 5

_ANSWERS = {
    Exit.PASSED: ("NOT WORSE", "the later run is not worse"),
    Exit.FAILED: ("WORSE", "the later run is worse"),
    Exit.UNDETERMINED: ("NOT KNOWN", "whether the later run is worse is not known"),
}


def answer(found: Comparison) -> str:
    """The comparison in a word or two."""
    return _ANSWERS[Exit(found.exit_code)][0]


def exit_reason(found: Comparison) -> str:
    """Why `hklint diff` ends with its exit code."""
    return _ANSWERS[Exit(found.exit_code)][1]


def reason(found: Comparison) -> str:
    """Why the later run is worse, or not: what counts first, and never only what is well."""
    return ", ".join([*_worse(found), *_beside(found)])


def _worse(found: Comparison) -> Iterator[str]:
    failing = _counting(found, Kind.NEWLY_FAILING)
    if failing:
        worst = min((change.severity for change in failing), key=SEVERITIES.index)
        yield f"{_verdicts(failing)} newly {_fails(failing)} (worst: {worst}{_milder(found)})"
    if ended := _counting(found, Kind.WAIVER_ENDED):
        yield f"{_verdicts(ended)} {_fails(ended, 'lost its waiver', 'lost their waivers')}"
    if unknown := _counting(found, Kind.NEWLY_UNKNOWN):
        allowed = " (allowed)" if found.allow_unknown else ""
        yield f"{_verdicts(unknown)} newly can't be judged{allowed}"
    if lost := found.hosts.lost:
        yield f"{counted(len(lost), 'host')} {_is(len(lost))} not reached any more"
    if silent := sum(bool(host.reason) for host in found.hosts.appeared):
        yield f"{counted(silent, 'new host')} {_is(silent)} not reached"
    if found.after.interrupted:
        yield "the later run was interrupted"
    if not found.verdicts:
        yield "no verdict is in both runs"
    elif not failing:
        yield "nothing newly fails" + (_that_counts(found))


def _milder(found: Comparison) -> str:
    """What the tally has beside those that count."""
    counting = sum(len(change.hosts) for change in _counting(found, Kind.NEWLY_FAILING))
    milder = found.counts.get(Kind.NEWLY_FAILING, 0) - counting
    return f"; {milder} more below {found.fail_on}" if milder else ""


def _that_counts(found: Comparison) -> str:
    milder = found.counts.get(Kind.NEWLY_FAILING, 0)
    return f" of severity {found.fail_on} or above ({milder} below)" if milder else ""


def _beside(found: Comparison) -> Iterator[str]:
    counts = found.counts
    if still := counts.get(Kind.STILL_FAILING, 0):
        yield f"{still} still {'fails' if still == 1 else 'fail'}"
    if unknown := counts.get(Kind.STILL_UNKNOWN, 0):
        yield f"{unknown} still can't be judged"
    if silent := len(found.hosts.silent):
        yield f"{counted(silent, 'host')} {_is(silent)} still not reached"
    if waived := counts.get(Kind.NEWLY_WAIVED, 0):
        yield f"{waived} {_is(waived)} newly waived"
    if dropped := sum(len(change.hosts) for change in found.changes if _is_dropped(change)):
        yield f"{dropped} that failed {_is(dropped)} not judged any more"
    if fixed := counts.get(Kind.FIXED, 0):
        yield f"{fixed} {_is(fixed)} fixed"
    if gone := len(found.hosts.gone):
        yield f"{counted(gone, 'host')} {_is(gone)} gone"


def _is_dropped(change: Change) -> bool:
    """Whether it failed, and neither fails nor was put right."""
    return change.was.state is State.FAIL and change.kind in (Kind.GONE, Kind.APPLIES_NO_MORE)


def _counting(found: Comparison, kind: Kind) -> list[Change]:
    return [
        change
        for change in found.changes
        if change.kind is kind and is_severe(change.severity, found.fail_on)
    ]


def tally(found: Comparison) -> str:
    """How many verdicts there are of each kind, and on how many hosts."""
    pieces = [f"{number} {WORDS[kind]}" for kind, number in found.counts.items() if number]
    hosts = counted(found.hosts.compared, "host")
    return f"Verdicts: {', '.join(pieces) or 'none'} ({hosts} in both runs)"


def _verdicts(changes: Iterable[Change]) -> str:
    return counted(sum(len(change.hosts) for change in changes), "verdict")


def _fails(changes: Iterable[Change], one: str = "fails", more: str = "fail") -> str:
    return one if sum(len(change.hosts) for change in changes) == 1 else more


def _is(number: int) -> str:
    return "is" if number == 1 else "are"


def side_text(side: Side) -> str:
    """What a run says of a verdict."""
    match side.state:
        case State.PASS:
            return f"passes: found {side.found}" if side.found else "passes"
        case State.FAIL:
            return f"fails: expected {side.wanted}, found {side.found}"
        case State.WAIVED:
            return f"fails and is waived: expected {side.wanted}, found {side.found}"
        case State.UNKNOWN:
            return f"could not be judged: {side.reason}" if side.reason else "could not be judged"
        case State.UNKNOWN_WAIVED:
            return f"could not be judged and is waived: {side.reason}"
        case State.NOT_APPLICABLE:
            return f"does not apply: {side.reason}"
        case State.NOT_REACHED:
            return "host not reached"
        case State.ABSENT:
            return "not there"


def facts_text(change: Change) -> Iterator[str]:
    """Each fact that differs, as a sentence without its full stop."""
    for fact in change.facts:
        if not fact.was:
            yield f"{fact.fact} is {fact.now}, which did not matter before"
        elif not fact.now:
            yield f"{fact.fact} was {fact.was}, which does not matter now"
        else:
            yield f"{fact.fact} was {fact.was}, is {fact.now}"


_CAUSES = {
    Cause.BOTH: "the host and the policy: neither is what it was",
    Cause.NEW_HOST: "a new host: the run before does not have it",
    Cause.NEW_RULE: "a new rule, or instance of it: the run before does not have it",
    Cause.NOT_REACHED_BEFORE: "not known: the host was not reached before",
    Cause.NOT_KNOWN: "",
}


def cause_text(change: Change, found: Comparison) -> str:
    """Who turned a verdict; "" where nothing did."""
    match change.cause:
        case Cause.HOST:
            return _host_text(change, found)
        case Cause.POLICY:
            return _policy_text(change)
        case Cause.HKLINT:
            versions = f"{found.after.hklint} judges otherwise than {found.before.hklint}"
            return f"hklint: {versions}, by the same policy and the same facts"
        case Cause.WAIVER:
            return f"the waiver: {_waiver_text(change, found)}"
        case other:
            return _CAUSES[other]


def _host_text(change: Change, found: Comparison) -> str:
    if change.policy in {policy.policy for policy in found.policies if policy.document}:
        return "the host; the policy has changed too, but wants the same here"
    return "the host: it is judged by the same rules as before"


def _policy_text(change: Change) -> str:
    if change.now.state is State.ABSENT:
        return "the policy, or the choice of its rules: this one is not judged any more"
    if change.was.wanted != change.now.wanted:
        return (
            f"the policy: it wants {change.now.wanted} now, and wanted {change.was.wanted} before"
        )
    return "the policy, its parameters or a model: what was read is the same"


def _waiver_text(change: Change, found: Comparison) -> str:
    waiver = change.waiver
    if waiver is None:
        return "another than before"
    who = f"owner {waiver.owner}, ticket {waiver.ticket}"
    until = moment_text(waiver.until)
    if change.kind is not Kind.WAIVER_ENDED:
        return f"{waiver.id} accepts it until {until} ({who}): {waiver.reason}"
    if waiver.until <= read_moment(found.after.started):
        return f"{waiver.id} expired {until} ({who})"
    return f"{waiver.id} is not given any more, or is for something else now ({who})"


def host_text(host: HostChange, when: str) -> str:
    """What is known of a host that only one run judged; `when` says which, as "before"."""
    parts = [f"not reached{when}: {MEANING[Reason(host.reason)]}"] if host.reason else []
    if host.failed:
        parts.append(f"{counted(host.failed, 'verdict')} failed{when}")
    if host.unknown:
        parts.append(f"{host.unknown} could not be judged{when}")
    return ", ".join(parts) or f"nothing failed{when}"


def policy_text(change: PolicyChange) -> str:
    """How a policy differs, behind its id."""
    if not change.was:
        return f"{change.now} is new, with {counted(len(change.added), 'rule')}"
    if not change.now:
        return f"{change.was} is gone, with {counted(len(change.removed), 'rule')}"
    parts = [f"{change.was}, now {change.now}" if change.was != change.now else change.now]
    if change.was == change.now and change.document:
        parts.append("another document of the same version")
    if change.added:
        parts.append(f"added {_named(change.added)}")
    if change.removed:
        parts.append(f"removed {_named(change.removed)}")
    parts += [f"{item.rule} is {item.now}, was {item.was}" for item in change.severities]
    return "; ".join(parts)


def _named(rules: tuple[str, ...]) -> str:
    more = len(rules) - RULES_NAMED
    return ", ".join(rules[:RULES_NAMED]) + (f" and {more} more" if more > 0 else "")


def judged_otherwise(found: Comparison) -> Iterator[tuple[str, str]]:
    """What the runs judge by differently, as labelled lines."""
    yield from (("policy", f"{item.policy} {policy_text(item)}") for item in found.policies)
    for item in found.parameters:
        yield "parameter", f"{item.name} is {item.now or 'not set'}, was {item.was or 'not set'}"
    yield from (("model", f"{path} is not what it was") for path in found.models)
    if found.before.hklint != found.after.hklint:
        yield "hklint", f"{found.after.hklint}, was {found.before.hklint}"


def hosts_changed(found: Comparison) -> Iterator[tuple[str, HostChange, str]]:
    """Each host that only one of the runs judged: what became of it, and what is known of it."""
    hosts = found.hosts
    for host in hosts.lost:
        failure = MEANING[Reason(host.reason)]
        yield "lost", host, f"{failure}; {host_text(replace(host, reason=''), ' before')}"
    yield from (("silent", host, host_text(host, "")) for host in hosts.silent)
    yield from (("appeared", host, host_text(host, "")) for host in hosts.appeared)
    yield from (("gone", host, host_text(host, " before")) for host in hosts.gone)
    yield from (("back", host, host_text(host, "")) for host in hosts.back)


def warnings(found: Comparison) -> Iterator[str]:
    """What a reader has to know before the rest."""
    if read_moment(found.after.started) < read_moment(found.before.started):
        yield "The later run is the older one: were the two files exchanged?"
    if found.before.interrupted:
        yield "The run before was interrupted: hosts that it left out seem to have appeared."
    if found.after.interrupted:
        yield "The later run was interrupted: hosts that it left out seem to be gone."
