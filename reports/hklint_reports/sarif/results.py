"""Findings: the failed verdicts of one policy as SARIF results, waived ones with a suppression."""

from collections.abc import Iterator

from hklint.run import PolicyInfo, RuleInfo, Run
from hklint.verdict import Change, Outcome, Verdict
from hklint.waiver import moment_text
from hklint_reports.sarif.places import Places
from hklint_reports.sarif.rules import FINDING, LEVELS, Json, fingerprint, guid
from hklint_reports.text import counted, sarif_message, visible
from hklint_reports.waiving import waived_by
from hklint_reports.wording import parts

MAX_RESULTS = 25_000
"""Results of a run that GitHub accepts; above it a result is a rule with its hosts counted."""
MAX_FACTS = 50
"""Facts named by a result; GitHub refuses more than 1,000 locations, and shows 100."""
Finding = tuple[Verdict, tuple[str, ...]]


def findings(run: Run, policy: PolicyInfo, places: Places) -> Iterator[Json]:
    """A result for each failed verdict, host by host."""
    numbers = {rule.id: number for number, rule in enumerate(policy.rules)}
    for verdict, hosts in _failed(run, policy):
        number = numbers[verdict.rule]
        result = _result(verdict, hosts, number, policy.rules[number], places)
        # SARIF 2.1.0, 3.27.23: where one result says whether it is suppressed, all do.
        if run.header.waivers:
            result["suppressions"] = list(_suppressions(verdict, result["guid"], places))
        yield result


def _failed(run: Run, policy: PolicyInfo) -> Iterator[Finding]:
    found: list[Finding] = [
        (verdict, (host.host,))
        for host in run.hosts
        for verdict in host.verdicts
        if verdict.policy == policy.id and verdict.outcome is Outcome.FAIL
    ]
    if len(found) <= MAX_RESULTS:
        yield from found
        return
    first: dict[tuple[str, ...], Verdict] = {}
    hosts: dict[tuple[str, ...], list[str]] = {}
    for verdict, names in found:
        key = (verdict.rule, verdict.instance, *_waiver_id(verdict))
        first.setdefault(key, verdict)
        hosts.setdefault(key, []).extend(names)
    for key, verdict in first.items():
        yield verdict, tuple(hosts[key])


def _result(
    verdict: Verdict, hosts: tuple[str, ...], number: int, rule: RuleInfo, places: Places
) -> Json:
    host = hosts[0]
    who = host if len(hosts) == 1 else f"{host} and {counted(len(hosts) - 1, 'other host')}"
    means = " ".join(verdict.explanation.means) or verdict.title
    arguments = [
        visible(text) for text in (who, verdict.name, verdict.found, verdict.wanted, means)
    ]
    where = (host.casefold(),) if len(hosts) == 1 else _waiver_id(verdict)
    identity = (verdict.policy, verdict.rule, verdict.instance, *where)
    mark = fingerprint(*identity)
    facts = dict.fromkeys(evidence.fact for evidence in verdict.evidence)
    logical = [places.host(host), *(places.fact(host, fact) for fact in list(facts)[:MAX_FACTS])]
    return {
        "ruleId": verdict.rule,
        "ruleIndex": number,
        "kind": "fail",
        "level": LEVELS[verdict.severity][0],
        "message": {
            "id": "fail",
            "text": FINDING.format(*map(sarif_message, arguments)),
            "arguments": arguments,
        },
        "locations": [
            {
                "physicalLocation": places.physical(rule.span, until=verdict.span.line),
                "logicalLocations": logical,
            }
        ],
        "relatedLocations": _related(verdict, places),
        "guid": guid("result", *identity),
        "partialFingerprints": {
            "primaryLocationLineHash": f"{mark}:1",
            "policyRuleHost/v1": mark,
        },
        "properties": _properties(verdict, hosts),
    }


def _waiver_id(verdict: Verdict) -> tuple[str, ...]:
    """What keeps waived hosts apart from others where a result is about many; nothing if not so."""
    return () if verdict.waiver is None else (verdict.waiver.id,)


def _suppressions(verdict: Verdict, result_guid: object, places: Places) -> Iterator[Json]:
    """Who accepted a finding, and where that is written; Microsoft's SDK reads `expiryUtc`."""
    mark = verdict.waiver
    if mark is not None:
        yield {
            "kind": "external",
            "status": "accepted",
            "justification": visible(waived_by(mark)),
            "guid": guid("suppression", mark.id, str(result_guid)),
            "location": {"physicalLocation": places.physical(mark.span)},
            "properties": {
                "alias": visible(mark.owner),
                "expiryUtc": moment_text(mark.until),
                "ticket": visible(mark.ticket),
                "waiver": visible(mark.id),
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
            "message": {"text": sarif_message(told)},
        }
        for number, (span, told) in enumerate(spans)
    ]


def _properties(verdict: Verdict, hosts: tuple[str, ...]) -> Json:
    explained: dict[str, list[str]] = {}
    for label, text in parts(verdict):
        explained.setdefault(label, []).append(visible(text))
    return {
        "hosts": [visible(host) for host in hosts],
        "instance": visible(verdict.instance),
        "severity": verdict.severity,
        "expected": visible(verdict.wanted),
        "found": visible(verdict.found),
        "facts": [
            {"fact": visible(str(evidence.fact)), "read": visible(evidence.shown)}
            for evidence in verdict.evidence
        ],
        "decidedBy": [
            {
                "model": visible(row.model),
                "subject": visible(row.subject),
                "row": row.number,
                "of": row.of,
                "state": visible(row.state),
                "because": visible(row.because),
            }
            for row in verdict.rows
        ],
        "explanation": explained,
        "remedy": [_remedy(change) for change in verdict.changes],
    }


def _remedy(change: Change) -> Json:
    value = change.value
    return {
        "fact": visible(str(change.fact)),
        "type": change.type,
        "value": value if isinstance(value, int) else _text(value),
        "restart": change.restart,
    }


def _text(value: str | tuple[str, ...]) -> str | list[str]:
    return visible(value) if isinstance(value, str) else [visible(item) for item in value]
