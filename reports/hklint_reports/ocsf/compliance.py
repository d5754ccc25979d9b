"""The compliance of an event: what was asked, by which standards, and how the host stands."""

from hklint.controls import CATALOGUES
from hklint.run import PolicyInfo, RuleInfo
from hklint.verdict import Outcome, Verdict
from hklint_reports.identity import Json
from hklint_reports.text import one_line, visible
from hklint_reports.wording import expectation, parts

STATUSES = {
    Outcome.PASS: (1, "Pass"),
    Outcome.FAIL: (3, "Fail"),
    Outcome.UNKNOWN: (0, "Unknown"),
    Outcome.NOT_APPLICABLE: (99, "Not Applicable"),
}
"""`compliance.status_id` with its caption; 99 is Other, whose caption is the source's own."""


def compliance(
    policy: PolicyInfo | None, rule: RuleInfo | None, verdict: Verdict, weight: tuple[int, str]
) -> Json:
    """The compliance object of a verdict; `weight` is the severity of its rule."""
    number, word = STATUSES[verdict.outcome]
    standards = [f"{policy.title} {policy.version}"] if policy else [verdict.policy]
    standards += [CATALOGUES[name].name for name in _catalogues(rule)]
    check: Json = {
        "uid": visible(verdict.name),
        "name": visible(verdict.title),
        "severity_id": weight[0],
        "severity": weight[1],
        "status_id": number,
        "status": word,
    }
    said: Json = {
        "status_id": number,
        "status": word,
        "status_code": verdict.outcome.value,
        "status_detail": visible(expectation(verdict)),
        "status_details": [visible(f"{label}: {text}") for label, text in parts(verdict)],
        "standards": [visible(name) for name in standards],
        "control": visible(f"{verdict.policy} - {verdict.name} - {verdict.title}"),
        "checks": [check],
    }
    if policy is not None:
        check["version"] = visible(policy.version)
    if rule is not None:
        if requirements := _requirements(rule):
            said["requirements"] = requirements
        if rule.references:
            said["compliance_references"] = [
                {"title": visible(item.title), "src_url": visible(item.url)}
                for item in rule.references
            ]
    if catalogues := _catalogues(rule):
        said["compliance_standards"] = [
            {"title": CATALOGUES[name].title, "src_url": CATALOGUES[name].uri}
            for name in catalogues
        ]
    return said


def remediation(rule: RuleInfo | None, verdict: Verdict) -> Json:
    """What to do; empty if nobody says so."""
    risks = (f"May break: {line}" for line in verdict.explanation.affects)
    remedy = [one_line(rule.remedy)] if rule and rule.remedy else []
    said = [*risks, *verdict.explanation.fix, *remedy]
    lines = [visible(line) for line in (*said, *verdict.explanation.then)]
    if not lines:
        return {}
    advice: Json = {"desc": "\n".join(lines)}
    if rule is not None and rule.references:
        advice["references"] = [visible(item.url) for item in rule.references]
    if safeguards := [item.id for item in rule.controls if item.catalogue == _CIS] if rule else []:
        version = CATALOGUES[_CIS].version
        advice["cis_controls"] = [
            {"name": visible(safeguard), "version": version} for safeguard in safeguards
        ]
    return advice


_CIS = "cis-controls"


def _catalogues(rule: RuleInfo | None) -> list[str]:
    """The catalogues that a rule names; one that hklint does not know is left to `requirements`."""
    named = {item.catalogue for item in rule.controls} if rule else set[str]()
    return [name for name in CATALOGUES if name in named]


def _requirements(rule: RuleInfo) -> list[str]:
    return [visible(f"{_short(item.catalogue)} {item.id}") for item in dict.fromkeys(rule.controls)]


def _short(catalogue: str) -> str:
    known = CATALOGUES.get(catalogue)
    return known.name if known else catalogue
