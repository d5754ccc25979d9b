"""What OCSF has no attribute for: where a rule stands, what was compared, and who accepted it."""

from hklint.run import HostResult, PolicyInfo, RunHeader
from hklint.tally import recorded_at
from hklint.verdict import Verdict
from hklint.waiver import WaiverMark, moment_text
from hklint_reports.identity import Json
from hklint_reports.text import visible
from hklint_reports.wording import row_place


def unmapped(
    header: RunHeader, host: HostResult, verdict: Verdict, policy: PolicyInfo | None
) -> Json:
    """A flat object of texts; nothing empty but `found`."""
    about: dict[str, str] = {
        "policy": verdict.policy,
        "rule": verdict.rule,
        "instance": verdict.instance,
        "outcome": verdict.outcome.value,
        "expected": verdict.wanted,
        "found": verdict.found,
        "reason": verdict.reason,
        "place": f"{verdict.span.path}:{verdict.span.line}",
        "policy_sha256": policy.sha256 if policy else "",
        "target": host.target,
        "facts_recorded_at": recorded_at(header, host),
        "baseline_state": verdict.baseline_state,
    }
    told: Json = {name: visible(text) for name, text in about.items() if text or name == "found"}
    if verdict.rows:
        told["rows"] = [visible(row_place(row)) for row in verdict.rows]
    for name, mark in (("waiver", verdict.waiver), ("expired_waiver", verdict.expired_waiver)):
        if mark is not None:
            told[name] = _waiver(mark)
    return told


def _waiver(mark: WaiverMark) -> Json:
    return {
        "id": visible(mark.id),
        "until": moment_text(mark.until),
        "reason": visible(mark.reason),
        "owner": visible(mark.owner),
        "approver": visible(mark.approver),
        "ticket": visible(mark.ticket),
        "place": visible(f"{mark.span.path}:{mark.span.line}"),
    }
