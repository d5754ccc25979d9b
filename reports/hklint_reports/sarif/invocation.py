"""How the command ended, and what it could not judge: SARIF's invocation and its notifications."""

from collections.abc import Iterator
from typing import Literal

from hklint.failure import ADVICE, MEANING, Failure
from hklint.run import HostResult, PolicyInfo, Run
from hklint.verdict import Outcome, Verdict
from hklint_reports.sarif.rules import Json
from hklint_reports.text import sarif_message, visible
from hklint_reports.times import utc, utc_or
from hklint_reports.waiving import Note, about, waived_by, waiver_notes, whose
from hklint_reports.wording import exit_reason, not_asked

Level = Literal["error", "warning", "note"]
_NOT_REACHED, _NOT_JUDGED, _INTERRUPTED, _WAIVER = range(4)


def _notice(notice_id: str, short: str, full: str, advice: str, level: Level = "error") -> Json:
    return {
        "id": notice_id,
        "name": "".join(word.capitalize() for word in notice_id.split("-")),
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": advice},
        "defaultConfiguration": {"level": level},
    }


NOTICES: tuple[Json, ...] = (
    _notice(
        "host-not-reached",
        "A host gave no answer.",
        "A host gave no answer; none of its rules were judged, and none counts as passed.",
        "Read the reason in the message, put it right, and run again.",
    ),
    _notice(
        "rule-not-judged",
        "A rule could not be judged.",
        "A rule could not be judged on a host; it does not count as passed.",
        "Give the account the right to read what the message names, then run again.",
    ),
    _notice(
        "run-interrupted",
        "The run was stopped before its end.",
        "The run was stopped before its end; hosts that left no result do not count as passed.",
        "Run again for the hosts that are missing.",
    ),
    _notice(
        "waiver-needs-attention",
        "A waiver needs attention.",
        "A waiver has expired or is about to, is not in force yet, is not needed, or is for all.",
        "Talk to its owner: renew the waiver, mend the hosts, or take it out.",
        "note",
    ),
)


def invocation(run: Run, policy: PolicyInfo) -> Json:
    """The command as it was run for one of its policies."""
    return {
        "executionSuccessful": not run.summary.interrupted and run.summary.exit_code != 5,  # noqa: PLR2004 - the exit code of a bug
        "exitCode": run.summary.exit_code,
        "exitCodeDescription": f"{exit_reason(run).capitalize()}.",
        "startTimeUtc": _time(run.header.started),
        "endTimeUtc": _time(run.summary.ended),
        "arguments": [visible(argument) for argument in run.header.arguments],
        "toolExecutionNotifications": list(_notifications(run, policy)),
    }


def _time(text: str) -> str:
    return f"{utc(text):%Y-%m-%dT%H:%M:%S}.{utc(text).microsecond // 1000:03d}Z"


def _notifications(run: Run, policy: PolicyInfo) -> Iterator[Json]:
    for host in run.hosts:
        if host.failure is not None:
            yield _not_reached(run, host, host.failure, policy)
        for verdict in host.verdicts:
            if verdict.policy == policy.id and verdict.outcome is Outcome.UNKNOWN:
                yield _not_judged(run, host, verdict, policy)
    if run.summary.interrupted:
        text = sarif_message(f"The run was {not_asked(run)}.")
        yield _notification(_INTERRUPTED, text, run.summary.ended)
    if policy is run.header.policies[0]:
        yield from (_waiver_note(run, note) for note in waiver_notes(run))


def _not_reached(run: Run, host: HostResult, failure: Failure, policy: PolicyInfo) -> Json:
    detail = f" ('{failure.detail}')" if failure.detail else ""
    text = sarif_message(
        f"Host '{host.host}' was not reached: {MEANING[failure.reason]}{detail}. "
        f"Of policy '{policy.id}' no rule was judged. {ADVICE[failure.reason]}"
    )
    return _notification(_NOT_REACHED, text, _host_time(run, host)) | {
        "locations": [_location(host)],
        "properties": {
            "host": visible(host.host),
            "reason": failure.reason,
            "phase": visible(failure.phase),
        },
    }


def _waiver_note(run: Run, note: Note) -> Json:
    said = f"{about(note.waiver)} {note.text}; {whose(note.waiver)}"
    level: Level = "warning" if note.urgent else "note"
    text = sarif_message(f"Waiver '{said}'.")
    return _notification(_WAIVER, text, run.header.started, level) | {
        "properties": {"waiver": visible(note.waiver.id), "what": note.word},
    }


def _not_judged(run: Run, host: HostResult, verdict: Verdict, policy: PolicyInfo) -> Json:
    reason = verdict.reason or " ".join(verdict.explanation.missing) or "no reason given"
    waived = "" if verdict.waiver is None else f" It is '{waived_by(verdict.waiver)}'."
    text = sarif_message(
        f"On host '{host.host}', '{verdict.name}' could not be judged: '{reason}'.{waived}"
    )
    level: Level = "error" if verdict.waiver is None else "note"
    index = next(n for n, rule in enumerate(policy.rules) if rule.id == verdict.rule)
    return _notification(_NOT_JUDGED, text, _host_time(run, host), level) | {
        "associatedRule": {"id": verdict.rule, "index": index},
        "locations": [_location(host)],
        "properties": {"host": visible(host.host), "instance": visible(verdict.instance)},
    }


def _notification(index: int, text: str, moment: str, level: Level = "error") -> Json:
    return {
        "descriptor": {"id": NOTICES[index]["id"], "index": index},
        "level": level,
        "timeUtc": _time(moment),
        "message": {"text": text},
    }


def _host_time(run: Run, host: HostResult) -> str:
    return utc_or(host.started, utc(run.header.started)).isoformat()


def _location(host: HostResult) -> Json:
    name = visible(host.host)
    return {"logicalLocations": [{"fullyQualifiedName": name, "kind": "host"}]}
