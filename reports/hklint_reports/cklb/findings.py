"""What the verdicts of a host say of each group of a STIG that rules serve."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hklint.run import HostResult, PolicyInfo, RuleInfo, RunHeader
from hklint.tally import recorded_at
from hklint.verdict import Outcome, Verdict
from hklint_reports.text import visible
from hklint_reports.waiving import waived_by
from hklint_reports.wording import expectation, failure_parts, parts

STIG = "stig"
STATUSES = {
    Outcome.FAIL: "open",
    Outcome.UNKNOWN: "not_reviewed",
    Outcome.PASS: "not_a_finding",
    Outcome.NOT_APPLICABLE: "not_applicable",
}
"""The worst first: one of a group's verdicts that is worse than the others decides."""
NOT_REVIEWED = STATUSES[Outcome.UNKNOWN]
_WORST = tuple(STATUSES)
MAX_DETAILS = 30_000
"""Characters of a finding's details; STIG Manager cuts what is behind 32,767."""

Served = Mapping[str, Sequence[tuple[PolicyInfo, RuleInfo]]]
"""The rules that serve each group, by the group's id."""


class Finding(NamedTuple):
    """How a group stands: its status, why, and who has accepted it ("" if nobody has)."""

    status: str
    details: str
    comment: str


def served(header: RunHeader) -> Served:
    """The groups that rules of this run serve, in the order of the rules."""
    found: dict[str, list[tuple[PolicyInfo, RuleInfo]]] = {}
    for policy in header.policies:
        for rule in policy.rules:
            for control in dict.fromkeys(rule.controls):
                if control.catalogue == STIG:
                    found.setdefault(visible(control.id), []).append((policy, rule))
    return found


def findings(header: RunHeader, host: HostResult, rules: Served) -> dict[str, Finding]:
    """What is known of each group; one that no verdict is about is left out."""
    if host.failure is not None:
        said = [visible(": ".join(part)) for part in failure_parts(host.failure)]
        lost = Finding(NOT_REVIEWED, "\n".join(["The host was not reached.", *said]), "")
        return dict.fromkeys(rules, lost)
    verdicts: dict[tuple[str, str], list[Verdict]] = {}
    for verdict in host.verdicts:
        verdicts.setdefault((verdict.policy, verdict.rule), []).append(verdict)
    by_group = {
        group: [
            verdict
            for policy, rule in serving
            for verdict in verdicts.get((policy.id, rule.id), ())
        ]
        for group, serving in rules.items()
    }
    return {group: _finding(header, host, found) for group, found in by_group.items() if found}


def _finding(header: RunHeader, host: HostResult, verdicts: Sequence[Verdict]) -> Finding:
    ordered = sorted(verdicts, key=lambda verdict: _WORST.index(verdict.outcome))
    waived = dict.fromkeys(
        visible(waived_by(verdict.waiver)) for verdict in ordered if verdict.waiver is not None
    )
    return Finding(
        STATUSES[ordered[0].outcome],
        _cut(list(_details(header, host, ordered))),
        "\n".join(waived),
    )


def _details(header: RunHeader, host: HostResult, verdicts: Sequence[Verdict]) -> Iterator[str]:
    recorded = recorded_at(header, host)
    when = f"by facts recorded {recorded}" if recorded else f"on {visible(host.started)}"
    yield f"Judged by hklint {visible(header.hklint)} {when}."
    for verdict in verdicts:
        yield ""
        outcome = verdict.outcome.value.replace("_", " ")
        yield visible(f"{outcome}: {verdict.policy}, {verdict.name}: {verdict.title}")
        yield visible(expectation(verdict))
        yield from (visible(f"{label}: {text}") for label, text in parts(verdict))


def _cut(lines: Sequence[str]) -> str:
    """As many lines as there is room for."""
    room = MAX_DETAILS
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            return "\n".join([*lines[:number], f"... and {len(lines) - number} more lines"])
    return "\n".join(lines)
