"""Results: the verdicts of one policy, and what an earlier run had and this one has not."""

from collections.abc import Iterator

from hklint.run import Gone, PolicyInfo, RuleInfo, Run
from hklint.verdict import Change, Outcome, Verdict
from hklint.waiver import moment_text
from hklint_reports import Options
from hklint_reports.identity import Json, fingerprint, guid
from hklint_reports.sarif.folding import Hosts
from hklint_reports.sarif.places import Places, fact_place, host_place
from hklint_reports.sarif.rules import LEVELS, MESSAGES
from hklint_reports.sarif.shown import said, shown
from hklint_reports.text import counted, markdown_code, markdown_words
from hklint_reports.waiving import waived_by
from hklint_reports.wording import parts

MAX_FACTS = 50
"""Facts named by a result; GitHub refuses more than 1,000 locations, and shows 100."""
KINDS = {
    Outcome.FAIL: "fail",
    Outcome.PASS: "pass",
    Outcome.UNKNOWN: "open",
    Outcome.NOT_APPLICABLE: "notApplicable",
}
"""SARIF 2.1.0, 3.27.9."""


class Results:
    """Makes the results of one policy's run."""

    def __init__(self, run: Run, policy: PolicyInfo, places: Places, options: Options) -> None:
        self._policy = policy
        self._places = places
        self._numbers = {rule.id: number for number, rule in enumerate(policy.rules)}
        # SARIF 2.1.0, 3.27.23 and 3.27.24: where one result has these properties, all have.
        self._suppressing = options.all_kinds and bool(run.header.waivers)
        self._comparing = run.header.baseline is not None

    def knows(self, rule_id: str) -> bool:
        """Whether the policy has a rule; one that an earlier run had may be gone."""
        return rule_id in self._numbers

    def kind(self, item: Verdict | Gone) -> tuple[str, ...]:
        """What results on several hosts have in common that share one where they are too many."""
        return item.rule, item.instance, _message(item), *_waiver_id(item)

    def result(self, item: Verdict | Gone, hosts: Hosts) -> Json:
        """A verdict on one host, or that of the first host for many."""
        identity = self._identity(item, hosts)
        result_guid = guid("result", *identity)
        mark = fingerprint(*identity)
        number = self._numbers[item.rule]
        rule = self._policy.rules[number]
        message = _message(item)
        result: Json = {
            "ruleId": item.rule,
            "ruleIndex": number,
            "kind": "fail" if message == "absent" else message,
            "level": LEVELS[item.severity][0] if message in ("fail", "absent") else "none",
            "message": _text(item, message, hosts),
            "locations": [self._location(item, rule, hosts.names[0])],
            "guid": result_guid,
            "partialFingerprints": {
                "primaryLocationLineHash": f"{mark}:1",
                "policyRuleHost/v1": mark,
            },
            "properties": _properties(item, hosts),
        }
        if isinstance(item, Verdict):
            result["relatedLocations"] = _related(item, self._places)
        if self._suppressing:
            result["suppressions"] = list(_suppressions(item, result_guid, self._places))
        if self._comparing:
            result["baselineState"] = _state(hosts)
        return result

    def _identity(self, item: Verdict | Gone, hosts: Hosts) -> tuple[str, ...]:
        """What makes a result the same as one of another run: never a line, a time or a value."""
        identity = item.policy, item.rule, item.instance
        if hosts.alone:
            return *identity, hosts.names[0].casefold()
        message = _message(item)
        return *identity, *_waiver_id(item), *(() if message == "fail" else (message,))

    def _location(self, item: Verdict | Gone, rule: RuleInfo, host: str) -> Json:
        if isinstance(item, Gone):
            return {
                "physicalLocation": self._places.physical(rule.span),
                "logicalLocations": [host_place(host)],
            }
        facts = list(dict.fromkeys(evidence.fact for evidence in item.evidence))[:MAX_FACTS]
        return {
            "physicalLocation": self._places.physical(rule.span, until=item.span.line),
            "logicalLocations": [host_place(host), *(fact_place(host, fact) for fact in facts)],
        }


def _message(item: Verdict | Gone) -> str:
    return KINDS[item.outcome] if isinstance(item, Verdict) else "absent"


def _text(item: Verdict | Gone, message: str, hosts: Hosts) -> Json:
    name = hosts.names[0]
    if hosts.count > 1:
        name = f"{counted(hosts.count, 'host')}, the first of them {name}"
    arguments = [shown(text) for text in (name, *_arguments(item))]
    message_id = message if hosts.alone else f"{message}-hosts"
    text = MESSAGES[message_id].format(*map(said, arguments))
    document: Json = {"id": message_id, "text": text, "arguments": arguments}
    if not hosts.alone:
        names = "\n".join(f"- {markdown_code(name)}" for name in hosts.names)
        more = hosts.count - len(hosts.names)
        document["markdown"] = f"{markdown_words(text)}\n\n{names}" + (
            f"\n- and {more} more" * (more > 0)
        )
    return document


def _arguments(item: Verdict | Gone) -> tuple[str, ...]:
    if isinstance(item, Gone):
        return (f"{item.rule}[{item.instance}]" if item.instance else item.rule,)
    match item.outcome:
        case Outcome.FAIL:
            means = " ".join(item.explanation.means) or item.title
            return item.name, item.found, item.wanted, means
        case Outcome.PASS:
            return item.name, item.found
        case Outcome.UNKNOWN:
            return item.name, unknown_because(item)
        case Outcome.NOT_APPLICABLE:
            return item.name, item.reason or "no reason given"


def unknown_because(verdict: Verdict) -> str:
    """Why a verdict is not known, in a few words."""
    return verdict.reason or " ".join(verdict.explanation.missing) or "no reason given"


def _waiver_id(item: Verdict | Gone) -> tuple[str, ...]:
    """What keeps waived hosts apart from others where a result is about many; nothing if not so."""
    if isinstance(item, Gone) or item.waiver is None:
        return ()
    return (item.waiver.id,)


def _state(hosts: Hosts) -> str:
    """Where a result stands against the earlier run; one of many hosts changes with any of them."""
    states = hosts.states
    return next(iter(states)) if len(states) == 1 else "updated"


def _suppressions(item: Verdict | Gone, result_guid: str, places: Places) -> Iterator[Json]:
    """Who accepted a finding, and where that is written; Microsoft's SDK reads `expiryUtc`."""
    if isinstance(item, Verdict) and (mark := item.waiver) is not None:
        yield {
            "kind": "external",
            "status": "accepted",
            "justification": shown(waived_by(mark)),
            "guid": guid("suppression", mark.id, result_guid),
            "location": {"physicalLocation": places.physical(mark.span)},
            "properties": {
                "alias": shown(mark.owner),
                "expiryUtc": moment_text(mark.until),
                "ticket": shown(mark.ticket),
                "waiver": shown(mark.id),
            },
        }


def _related(verdict: Verdict, places: Places) -> list[Json]:
    """The expected value in the policy, and the rows of decision tables that judged it."""
    spans = [(verdict.span, "The value that the policy expects.")]
    for row in verdict.rows:
        told = f"Row {row.number} of {row.of} of '{row.model}' says '{row.state}'."
        spans.append((row.span, told))
    return [
        {
            "id": number,
            "physicalLocation": places.physical(span),
            "message": {"text": said(told)},
        }
        for number, (span, told) in enumerate(spans)
    ]


def _properties(item: Verdict | Gone, hosts: Hosts) -> Json:
    about: Json = {
        "hosts": [shown(host) for host in hosts.names],
        "hostCount": hosts.count,
        "instance": shown(item.instance),
        "severity": item.severity,
    }
    return about | (_evidence(item) if isinstance(item, Verdict) else {})


def _evidence(verdict: Verdict) -> Json:
    explained: dict[str, list[str]] = {}
    for label, text in parts(verdict):
        explained.setdefault(label, []).append(shown(text))
    return {
        "expected": shown(verdict.wanted),
        "found": shown(verdict.found),
        "facts": [
            {"fact": shown(str(evidence.fact)), "read": shown(evidence.shown)}
            for evidence in verdict.evidence
        ],
        "decidedBy": [
            {
                "model": shown(row.model),
                "subject": shown(row.subject),
                "row": row.number,
                "of": row.of,
                "state": shown(row.state),
                "because": shown(row.because),
            }
            for row in verdict.rows
        ],
        "explanation": explained,
        "remedy": [_remedy(change) for change in verdict.changes],
    }


def _remedy(change: Change) -> Json:
    value = change.value
    return {
        "fact": shown(str(change.fact)),
        "type": change.type,
        "value": value if value is None or isinstance(value, int) else _value(value),
        "restart": change.restart,
    }


def _value(value: str | tuple[str, ...]) -> str | list[str]:
    return shown(value) if isinstance(value, str) else [shown(item) for item in value]
