"""The kinds of SARIF's notifications, and what notifications say of hosts and waivers."""

from typing import Literal, NamedTuple

from hklint.clock import utc, utc_or
from hklint.failure import ADVICE, MEANING, Failure
from hklint.run import Baseline, PolicyInfo, Run
from hklint.verdict import Verdict
from hklint.waiver import WaiverMark
from hklint_reports.identity import Json
from hklint_reports.sarif.folding import Hosts
from hklint_reports.sarif.places import host_place
from hklint_reports.sarif.results import unknown_because
from hklint_reports.text import counted, sarif_message, visible
from hklint_reports.waiving import Note, about, waived_by, whose

Level = Literal["error", "warning", "note"]
_NOT_REACHED, _NOT_JUDGED, _INTERRUPTED, _WAIVER, _WAIVED, _GONE, _FOLDED = range(7)


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
    _notice(
        "failures-waived",
        "A waiver accepts failures, which are no results here.",
        "Failures that a waiver accepts are left out, because many readers show them as open.",
        "For a file with all of them, as results with suppressions, add --all-kinds.",
        "note",
    ),
    _notice(
        "failures-gone",
        "Failures of the earlier run are gone.",
        "What failed in the earlier run and fails no more is no result, because many readers "
        "would show it as open.",
        "For a file with each of them, as a result that is absent, add --all-kinds.",
        "note",
    ),
    _notice(
        "results-counted",
        "A result is about all hosts of a rule.",
        "There are more results than code scanning takes, so hosts that fail the same rule share "
        "one.",
        "Read the other reports for each host: jsonl and html have them all.",
        "note",
    ),
)


class Silent(NamedTuple):
    """A host that was not reached; `started` is when it was asked."""

    started: str
    failure: Failure


class Open(NamedTuple):
    """A verdict that is not known; `started` is when its host was asked."""

    started: str
    verdict: Verdict


class Notices:
    """Makes the notifications of one policy's run."""

    def __init__(self, run: Run, policy: PolicyInfo) -> None:
        self._run = run
        self._policy = policy
        self._numbers = {rule.id: number for number, rule in enumerate(policy.rules)}

    def not_reached(self, item: Silent, hosts: Hosts) -> Json:
        """A host that gave no answer, or those that gave none for the same reason."""
        failure = item.failure
        detail = f" ('{failure.detail}')" if failure.detail else ""
        verb = "was" if hosts.count == 1 else "were"
        text = (
            f"{_those(hosts)} {verb} not reached: {MEANING[failure.reason]}{detail}. "
            f"Of policy '{self._policy.id}' no rule was judged. {ADVICE[failure.reason]}"
        )
        return (
            self._notification(_NOT_REACHED, text, self._time(item.started))
            | _places(hosts)
            | {
                "properties": _hosts(hosts)
                | {"reason": failure.reason, "phase": visible(failure.phase)}
            }
        )

    def not_judged(self, item: Open, hosts: Hosts) -> Json:
        """A rule that could not be judged on a host, or on some."""
        verdict = item.verdict
        waived = "" if verdict.waiver is None else f" It is '{waived_by(verdict.waiver)}'."
        those = _those(hosts, "host", "hosts")
        text = (
            f"On {those}, '{verdict.name}' could not be judged: "
            f"'{unknown_because(verdict)}'.{waived}"
        )
        level: Level = "error" if verdict.waiver is None else "note"
        rule = {"id": verdict.rule, "index": self._numbers[verdict.rule]}
        return (
            self._notification(_NOT_JUDGED, text, self._time(item.started), level)
            | {"associatedRule": rule}
            | _places(hosts)
            | {"properties": _hosts(hosts) | {"instance": visible(verdict.instance)}}
        )

    def interrupted(self, said: str) -> Json:
        """The run was stopped."""
        return self._notification(_INTERRUPTED, f"The run was {said}.", self._run.summary.ended)

    def waiver(self, note: Note) -> Json:
        """Something is the matter with a waiver."""
        said = f"{about(note.waiver)} {note.text}; {whose(note.waiver)}"
        level: Level = "warning" if note.urgent else "note"
        return self._noted(_WAIVER, f"Waiver '{said}'.", level) | {
            "properties": {"waiver": visible(note.waiver.id), "what": note.word},
        }

    def waived(self, mark: WaiverMark, count: int) -> Json:
        """Failures that a waiver accepts."""
        verb, end = ("is", "it is no result") if count == 1 else ("are", "they are no results")
        failures = f"'{counted(count, 'failure')}' of policy '{self._policy.id}'"
        return self._noted(_WAIVED, f"{failures} {verb} '{waived_by(mark)}'; {end} here.") | {
            "properties": {"waiver": visible(mark.id), "failures": count},
        }

    def gone(self, count: int, baseline: Baseline) -> Json:
        """What failed in the earlier run."""
        verb = "is" if count == 1 else "are"
        failures = f"'{counted(count, 'failure')}' of policy '{self._policy.id}'"
        text = f"{failures} in the earlier run '{baseline.path}' {verb} gone."
        return self._noted(_GONE, text) | {"properties": {"failures": count}}

    def folded(self, count: int) -> Json:
        """Results are about rules with their hosts counted."""
        said = f"There are '{count}' results of policy '{self._policy.id}'"
        text = f"{said}: each result here is about a rule and all of its hosts."
        return self._noted(_FOLDED, text) | {"properties": {"results": count}}

    def _noted(self, index: int, text: str, level: Level = "note") -> Json:
        return self._notification(index, text, self._run.header.started, level)

    def _notification(self, index: int, text: str, moment: str, level: Level = "error") -> Json:
        return {
            "descriptor": {"id": NOTICES[index]["id"], "index": index},
            "level": level,
            "timeUtc": time_text(moment),
            "message": {"text": sarif_message(text)},
        }

    def _time(self, started: str) -> str:
        return utc_or(started, utc(self._run.header.started)).isoformat()


def time_text(text: str) -> str:
    """A moment with milliseconds, in UTC."""
    return f"{utc(text):%Y-%m-%dT%H:%M:%S}.{utc(text).microsecond // 1000:03d}Z"


def _those(hosts: Hosts, one: str = "Host", many: str = "Hosts") -> str:
    name = hosts.names[0]
    if hosts.count == 1:
        return f"{one} '{name}'"
    return f"{many} '{name} and {counted(hosts.count - 1, 'other')}'"


def _hosts(hosts: Hosts) -> Json:
    return {"hosts": [visible(name) for name in hosts.names], "hostCount": hosts.count}


def _places(hosts: Hosts) -> Json:
    return {"locations": [{"logicalLocations": [host_place(name)]} for name in hosts.names]}
