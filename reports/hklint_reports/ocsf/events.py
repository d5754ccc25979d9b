"""Events: what every one of them has, and what tells verdicts, lost hosts and lost runs apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hklint.clock import utc, utc_or
from hklint.run import Gone, HostResult, PolicyInfo, RuleInfo, RunHeader
from hklint.verdict import Outcome, Severity, Verdict
from hklint_reports.identity import Json, fingerprint, guid
from hklint_reports.ocsf.compliance import STATUSES, compliance, remediation
from hklint_reports.ocsf.device import device, evidences, observables
from hklint_reports.ocsf.unmapped import unmapped
from hklint_reports.text import one_line, visible
from hklint_reports.waiving import waived_by
from hklint_reports.wording import expectation, failure_parts

VERSION = "1.8.0"
CLASS = 2003
ACTIVITIES = {1: "Create", 2: "Update", 3: "Close"}
SEVERITIES: dict[Severity, tuple[int, str]] = {
    "critical": (5, "Critical"),
    "high": (4, "High"),
    "medium": (3, "Medium"),
    "low": (2, "Low"),
    "info": (1, "Informational"),
}
NO_SEVERITY = (0, "Unknown")
NEW, SUPPRESSED, RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
NO_FINDING = (99, "No Finding")
_TROUBLE = (Outcome.FAIL, Outcome.UNKNOWN)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = utc("1970-01-01T00:00:00Z")


class Events:
    """Makes the events of one run."""

    def __init__(self, header: RunHeader) -> None:
        self._header = header
        self._started = utc(header.started)
        self._rules = {
            (policy.id, rule.id): (policy, rule)
            for policy in header.policies
            for rule in policy.rules
        }

    def of_host(self, host: HostResult) -> Iterator[Json]:
        """An event for each verdict, or one that says that there are none."""
        frame = self._frame(utc_or(host.started, self._started)) | {
            "device": (about := device(host)),
            "observables": observables(about),
        }
        if host.failure is not None:
            said = dict(failure_parts(host.failure))
            details = [visible(f"{label}: {text}") for label, text in said.items()]
            yield {
                **frame,
                **_state(1, NO_SEVERITY, NEW),
                "metadata": self._metadata(host.host, "host-not-reached"),
                "message": visible(f"{host.host} was not reached: {said['reason']}"),
                "compliance": _not_known("not_reached", details),
                "finding_info": {
                    "uid": fingerprint("host-not-reached", host.host.casefold()),
                    "title": "The host was reached",
                    "types": ["Compliance"],
                },
                "remediation": {"desc": visible(said["then"])},
                "unmapped": {"target": visible(host.target)},
            }
        gone = {_key(item) for item in host.gone if item.now == "pass"}
        for verdict in host.verdicts:
            yield frame | self._of_verdict(host, verdict, gone=_key(verdict) in gone)

    def of_run(self, problem: str) -> Json:
        """The event of a run that has no answer, although no host's event says so."""
        return {
            **self._frame(self._started),
            **_state(1, NO_SEVERITY, NEW),
            "metadata": self._metadata("", "run"),
            "message": visible(problem),
            "compliance": _not_known("run_not_completed", [visible(problem)]),
            "finding_info": {
                "uid": fingerprint("run", *(policy.id for policy in self._header.policies)),
                "title": "The run was completed",
                "types": ["Compliance"],
            },
        }

    def _of_verdict(self, host: HostResult, verdict: Verdict, *, gone: bool) -> Json:
        policy, rule = self._rules.get((verdict.policy, verdict.rule), (None, None))
        trouble = verdict.outcome in _TROUBLE
        weight = SEVERITIES[verdict.severity]
        activity, status = _activity(verdict, gone=gone), _status(verdict, gone=gone)
        event: Json = {
            **_state(activity, weight if trouble else SEVERITIES["info"], status),
            "metadata": self._metadata(host.host, *_key(verdict)),
            "message": visible(f"{host.host}: {verdict.name}: {expectation(verdict)}"),
            "compliance": compliance(policy, rule, verdict, weight),
            "finding_info": _finding(host, verdict, policy, rule),
            "unmapped": unmapped(self._header, host, verdict, policy),
        }
        if verdict.waiver is not None:
            event["comment"] = visible(waived_by(verdict.waiver))
        if found := evidences(verdict):
            event["evidences"] = found
        if trouble and (advice := remediation(rule, verdict)):
            event["remediation"] = advice
        return event

    def _frame(self, time: datetime) -> Json:
        """What is the same in all events of a moment."""
        return {
            "category_uid": CLASS // 1000,
            "category_name": "Findings",
            "class_uid": CLASS,
            "class_name": "Compliance Finding",
            "time": (time - _EPOCH) // _MILLISECOND,
        }

    def _metadata(self, host: str, *identity: str) -> Json:
        header = self._header
        return {
            "version": VERSION,
            "profiles": ["host"] if host else [],
            "extensions": [{"name": "win", "uid": "2", "version": VERSION}],
            "product": {
                "name": "hklint",
                "vendor_name": "hklint",
                "version": visible(header.hklint),
            },
            "uid": guid("event", header.started, host, *identity),
            "correlation_uid": guid("events", header.started, *header.arguments),
            "log_name": f"hklint {visible(header.command)}",
        }


def _state(activity: int, severity: tuple[int, str], status: tuple[int, str]) -> Json:
    return {
        "activity_id": activity,
        "activity_name": ACTIVITIES[activity],
        "type_uid": CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {ACTIVITIES[activity]}",
        "severity_id": severity[0],
        "severity": severity[1],
        "status_id": status[0],
        "status": status[1],
    }


def _activity(verdict: Verdict, *, gone: bool) -> int:
    if gone:
        return 3
    return 2 if verdict.baseline_state in ("unchanged", "updated") else 1


def _status(verdict: Verdict, *, gone: bool) -> tuple[int, str]:
    if verdict.waiver is not None:
        return SUPPRESSED
    if verdict.outcome in _TROUBLE:
        return NEW
    return RESOLVED if gone else NO_FINDING


def _key(item: Verdict | Gone) -> tuple[str, str, str]:
    return item.policy, item.rule, item.instance


def _not_known(code: str, details: list[str]) -> Json:
    number, word = STATUSES[Outcome.UNKNOWN]
    return {
        "status_id": number,
        "status": word,
        "status_code": code,
        "status_details": details,
    }


def _finding(
    host: HostResult, verdict: Verdict, policy: PolicyInfo | None, rule: RuleInfo | None
) -> Json:
    """What is found; its `uid` stays the same from run to run, and is that of SARIF."""
    analytic: Json = {
        "uid": visible(f"{verdict.policy}/{verdict.rule}"),
        "name": visible(rule.title if rule else verdict.title),
        "type_id": 1,
        "type": "Rule",
    }
    if policy is not None:
        analytic["version"] = visible(policy.version)
    finding: Json = {
        "uid": fingerprint(*_key(verdict), host.host.casefold()),
        "title": visible(verdict.title),
        "types": ["Compliance"],
        "analytic": analytic,
    }
    if rule is not None:
        finding["desc"] = visible(one_line(rule.why))
        if rule.tags:
            finding["tags"] = [{"name": "tags", "values": [visible(tag) for tag in rule.tags]}]
    return finding
