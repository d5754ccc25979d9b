"""The part of a log that is about one policy, collected host by host and written afterwards."""

import json
from collections import Counter
from collections.abc import Iterator

from hklint.run import Gone, HostResult, PolicyInfo, Run
from hklint.verdict import Diagnosis, Outcome, Verdict
from hklint.waiver import WaiverMark
from hklint_reports import Options
from hklint_reports.identity import Json, run_guid
from hklint_reports.json_lines import ascii_json
from hklint_reports.sarif.folding import Folding, Hosts
from hklint_reports.sarif.notices import NOTICES, Notices, Open, Silent, time_text
from hklint_reports.sarif.places import FOLDER, Places
from hklint_reports.sarif.results import KINDS, Results
from hklint_reports.sarif.rules import driver
from hklint_reports.sarif.taxonomies import Taxonomies
from hklint_reports.text import visible
from hklint_reports.waiving import waiver_notes
from hklint_reports.wording import exit_reason, not_asked

MAX_RESULTS = 25_000
"""Results of a run that GitHub accepts; above it a result is a rule with its hosts counted."""
MAX_NOTICES = 1_000
"""Notifications of one kind that are about one host each."""
MAX_PACKED = 9_000_000
"""Bytes of all results of a file when packed; GitHub refuses a file of more than 10 MB."""
MAX_DIAGNOSES = 1_000
"""Different diagnoses that are listed, each with its hosts counted."""


class Part:
    """One policy of a run; what it holds does not grow with the hosts."""

    def __init__(self, run: Run, policy: PolicyInfo, options: Options) -> None:
        self._run = run
        self._policy = policy
        self._all_kinds = options.all_kinds
        self._places = Places(run.header.documents, options.folder)
        self._places.artifact(policy.path)
        self._results = Results(run, policy, self._places, options)
        self._notices = Notices(run, policy)
        share = MAX_PACKED // len(run.header.policies)
        self._lines = Folding[Verdict | Gone](
            self._results.result, MAX_RESULTS, share, folded=self._surely() > MAX_RESULTS
        )
        self._silent = Folding[Silent](self._notices.not_reached, MAX_NOTICES, share)
        self._open = Folding[Open](self._notices.not_judged, MAX_NOTICES, share)
        self._waived = Counter[WaiverMark]()
        self._gone = 0
        self._diagnoses: dict[tuple[str, str], tuple[Diagnosis, Hosts]] = {}

    def _surely(self) -> int:
        """At least so many results there will be."""
        verdicts = self._run.tally.verdicts
        if self._all_kinds:
            return sum(verdicts[self._policy.id, outcome] for outcome in Outcome)
        return verdicts[self._policy.id, Outcome.FAIL] - self._run.tally.waived[Outcome.FAIL]

    def add_host(self, host: HostResult) -> None:
        """What a host has beside its verdicts, which are added before."""
        if host.failure is not None:
            self._silent.add(host.failure.reason, Silent(host.started, host.failure), host.host)
        for diagnosis in host.diagnoses:
            if diagnosis.policy == self._policy.id:
                self._add_diagnosis(host, diagnosis)

    def _add_diagnosis(self, host: HostResult, diagnosis: Diagnosis) -> None:
        key = diagnosis.model, diagnosis.state
        if key not in self._diagnoses and len(self._diagnoses) < MAX_DIAGNOSES:
            self._diagnoses[key] = diagnosis, Hosts()
        if key in self._diagnoses:
            self._diagnoses[key][1].add(host.host, "")

    def add_finding(self, host: HostResult, verdict: Verdict) -> None:
        """A verdict that failed or is not known, as findings are written without others."""
        if verdict.outcome is Outcome.UNKNOWN:
            waiver = "" if verdict.waiver is None else verdict.waiver.id
            kind = verdict.rule, verdict.instance, waiver
            self._open.add(kind, Open(host.started, verdict), host.host)
        elif verdict.waiver is not None:
            self._waived[verdict.waiver] += 1
        else:
            self.add_result(host, verdict, verdict.baseline_state or "new")

    def add_result(self, host: HostResult, item: Verdict | Gone, state: str) -> None:
        """A result, which stands so against the earlier run if there is one."""
        self._lines.add(self._results.kind(item), item, host.host, state)

    def add_gone(self, host: HostResult, gone: Gone, *, known: bool) -> None:
        """What failed in the earlier run; `known` if a verdict of this run is about the same."""
        if not (self._all_kinds and self._results.knows(gone.rule)):
            self._gone += 1
        elif not known:
            self.add_result(host, gone, "absent")

    def texts(self, details: Json) -> Iterator[str]:
        """The SARIF run as JSON, a result a line; `details` is its automationDetails."""
        yield _indented(self._head(details)).removesuffix("\n}")
        yield ',\n "results": ['
        yield from _separated(self._lines.lines())
        yield '\n ],\n "invocations": ['
        yield _indented(self._invocation()).removesuffix("\n}")
        yield ',\n "toolExecutionNotifications": ['
        yield from _separated(self._notifications())
        yield "\n ]}],\n"
        yield _indented(self._tail()).removeprefix("{\n")

    def _head(self, details: Json) -> Json:
        messages = list(KINDS.values()) if self._all_kinds else ["fail"]
        if self._all_kinds and self._run.header.baseline is not None:
            messages.append("absent")
        if self._lines.folded:
            messages = [f"{message}-hosts" for message in messages]
        head: Json = {
            "tool": {"driver": driver(self._run.header, self._policy, NOTICES, messages)},
            "automationDetails": details,
            "originalUriBaseIds": {
                FOLDER: {"description": {"text": "The folder in which hklint was run."}},
            },
            "columnKind": "unicodeCodePoints",
            "defaultSourceLanguage": "yaml",
        }
        if (baseline := self._run.header.baseline) is not None:
            head["baselineGuid"] = run_guid(self._policy.id, baseline.started)
        if taxonomies := Taxonomies(self._policy).documents():
            head["taxonomies"] = taxonomies
        return head

    def _invocation(self) -> Json:
        header, summary = self._run.header, self._run.summary
        return {
            "executionSuccessful": not summary.interrupted and summary.exit_code != 5,  # noqa: PLR2004 - the exit code of a bug
            "exitCode": summary.exit_code,
            "exitCodeDescription": f"{exit_reason(self._run).capitalize()}.",
            "startTimeUtc": time_text(header.started),
            "endTimeUtc": time_text(summary.ended),
            "arguments": [visible(argument) for argument in header.arguments],
        }

    def _notifications(self) -> Iterator[str]:
        yield from self._silent.lines()
        yield from self._open.lines()
        yield from map(ascii_json, self._notes())

    def _notes(self) -> Iterator[Json]:
        for waiver, count in self._waived.items():
            yield self._notices.waived(waiver, count)
        baseline = self._run.header.baseline
        if baseline is not None and self._gone:
            yield self._notices.gone(self._gone, baseline)
        if self._lines.folded:
            yield self._notices.folded(self._lines.count)
        if self._run.summary.interrupted:
            yield self._notices.interrupted(not_asked(self._run))
        if self._policy is self._run.header.policies[0]:
            yield from map(self._notices.waiver, waiver_notes(self._run))

    def _tail(self) -> Json:
        header = self._run.header
        return {
            "artifacts": self._places.artifacts(
                {self._policy.path: self._policy.sha256},
                {waiver.span.path for waiver in header.waivers},
            ),
            "properties": {
                "policyVersion": visible(self._policy.version),
                "hosts": self._run.summary.hosts,
                "hostsNotReached": self._run.summary.hosts_not_reached,
                "diagnoses": [
                    {
                        "cause": visible(diagnosis.state),
                        "title": visible(diagnosis.title),
                        "sentence": visible(diagnosis.sentence),
                        "hosts": [visible(name) for name in hosts.names],
                        "hostCount": hosts.count,
                    }
                    for diagnosis, hosts in self._diagnoses.values()
                ],
            },
        }


def _indented(document: Json) -> str:
    """JSON in ASCII for people to read, without a command of a build server."""
    return json.dumps(document, indent=1).replace("##", "#\\u0023")


def _separated(lines: Iterator[str]) -> Iterator[str]:
    """The elements of a JSON array, each on a line."""
    separator = "\n"
    for line in lines:
        yield separator + line
        separator = ",\n"
