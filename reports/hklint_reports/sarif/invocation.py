"""How the command ended, and what it could not judge: SARIF's invocation and its notifications."""

from collections.abc import Iterator

from hklint.failure import ADVICE, MEANING, Failure
from hklint.run import HostResult, PolicyInfo, Run
from hklint.verdict import Outcome, Verdict
from hklint_reports.sarif.rules import Json
from hklint_reports.text import sarif_message, visible
from hklint_reports.times import utc, utc_or
from hklint_reports.wording import exit_reason, not_asked

_NOT_REACHED, _NOT_JUDGED, _INTERRUPTED = range(3)


def _notice(notice_id: str, name: str, short: str, full: str, advice: str) -> Json:
    return {
        "id": notice_id,
        "name": name,
        "shortDescription": {"text": short},
        "fullDescription": {"text": full},
        "help": {"text": advice},
        "defaultConfiguration": {"level": "error"},
    }


NOTICES: tuple[Json, ...] = (
    _notice(
        "host-not-reached",
        "HostNotReached",
        "A host gave no answer.",
        "A host gave no answer; none of its rules were judged, and none counts as passed.",
        "Read the reason in the message, put it right, and run again.",
    ),
    _notice(
        "rule-not-judged",
        "RuleNotJudged",
        "A rule could not be judged.",
        "A rule could not be judged on a host; it does not count as passed.",
        "Give the account the right to read what the message names, then run again.",
    ),
    _notice(
        "run-interrupted",
        "RunInterrupted",
        "The run was stopped before its end.",
        "The run was stopped before its end; hosts that left no result do not count as passed.",
        "Run again for the hosts that are missing.",
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


def _not_judged(run: Run, host: HostResult, verdict: Verdict, policy: PolicyInfo) -> Json:
    reason = verdict.reason or " ".join(verdict.explanation.missing) or "no reason given"
    text = sarif_message(
        f"On host '{host.host}', '{verdict.name}' could not be judged: '{reason}'."
    )
    index = next(n for n, rule in enumerate(policy.rules) if rule.id == verdict.rule)
    return _notification(_NOT_JUDGED, text, _host_time(run, host)) | {
        "associatedRule": {"id": verdict.rule, "index": index},
        "locations": [_location(host)],
        "properties": {"host": visible(host.host), "instance": visible(verdict.instance)},
    }


def _notification(index: int, text: str, moment: str) -> Json:
    return {
        "descriptor": {"id": NOTICES[index]["id"], "index": index},
        "level": "error",
        "timeUtc": _time(moment),
        "message": {"text": text},
    }


def _host_time(run: Run, host: HostResult) -> str:
    return utc_or(host.started, utc(run.header.started)).isoformat()


def _location(host: HostResult) -> Json:
    name = visible(host.host)
    return {"logicalLocations": [{"fullyQualifiedName": name, "kind": "host"}]}
