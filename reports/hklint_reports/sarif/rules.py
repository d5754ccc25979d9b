"""Rules as SARIF describes them, and ids that stay the same from run to run."""

import hashlib
import uuid
from collections.abc import Sequence

from hklint.run import PolicyInfo, RuleInfo, RunHeader
from hklint.verdict import Severity
from hklint_reports.text import markdown, one_line, sentence, visible

Json = dict[str, object]

LEVELS: dict[Severity, tuple[str, str, str]] = {
    "critical": ("error", "9.5", "error"),
    "high": ("error", "8.0", "error"),
    "medium": ("warning", "5.5", "warning"),
    "low": ("note", "2.0", "recommendation"),
    "info": ("note", "", "recommendation"),
}
"""SARIF's level, GitHub's `security-severity` (a string) and `problem.severity`."""

FINDING = "On host '{0}', '{1}' is '{2}', expected '{3}': '{4}'."
DESCRIPTION_LIMIT = 1000
"""Characters of a description; GitHub and GitLab refuse more than 1,024."""
TAG_LIMIT = 10
"""Tags of a rule; GitHub shows so many."""
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:hklint")


def guid(*parts: str) -> str:
    """A UUID of version 5 (SARIF's schema knows 1 to 5): the same parts give the same one."""
    return str(uuid.uuid5(_NAMESPACE, _joined(parts).decode()))


def fingerprint(*parts: str) -> str:
    """What a finding is recognised by in the next run."""
    return hashlib.sha256(_joined(parts)).hexdigest()[:16]


def _joined(parts: Sequence[str]) -> bytes:
    return "\0".join(parts).encode(errors="backslashreplace")


def driver(header: RunHeader, policy: PolicyInfo, notices: Sequence[Json]) -> Json:
    """The tool with its rules and the notifications it may give."""
    return {
        "name": "hklint",
        "fullName": f"hklint {visible(header.hklint)} (policy-as-code checker for Windows hosts)",
        "version": visible(header.hklint),
        "language": "en-US",
        "rules": [_rule(policy, rule) for rule in policy.rules],
        "notifications": list(notices),
    }


def _rule(policy: PolicyInfo, rule: RuleInfo) -> Json:
    level, score, problem = LEVELS[rule.severity]
    title = visible(sentence(rule.title), DESCRIPTION_LIMIT)
    described: Json = {
        "id": rule.id,
        "name": _pascal(rule.id),
        "guid": guid("rule", policy.id, rule.id),
        "shortDescription": {"text": title},
        "fullDescription": {
            "text": visible(f"{title} {sentence(rule.why)}".strip(), DESCRIPTION_LIMIT)
        },
        "help": {"text": _help_text(rule), "markdown": _help_markdown(rule)},
        "messageStrings": {"fail": {"text": FINDING}},
        "defaultConfiguration": {"level": level, "rank": float(score or 0) * 10},
        "properties": {
            "tags": ["security", *(tag for tag in rule.tags if tag != "security")][:TAG_LIMIT],
            "precision": "very-high",
            "problem.severity": problem,
            **({"security-severity": score} if score else {}),
        },
    }
    pages = [page.url for page in rule.references if page.url.startswith("https://")]
    return described | ({"helpUri": pages[0]} if pages else {})


def _pascal(rule_id: str) -> str:
    """A name beside the id, as SARIF wants it: `tls-1.2-client-usable` is `Tls12ClientUsable`."""
    return "".join(word.capitalize() for word in rule_id.replace(".", "").split("-"))


def _help_text(rule: RuleInfo) -> str:
    said = [sentence(rule.title), sentence(rule.why), sentence(rule.remedy)]
    said += [f"See {one_line(page.title)}: {page.url}" for page in rule.references]
    return "\n".join(visible(line) for line in said if line)


def _help_markdown(rule: RuleInfo) -> str:
    said = [f"**{markdown(sentence(rule.title))}**"]
    said += [f"{head} {markdown(sentence(text))}" for head, text in _headed(rule) if text]
    if rule.references:
        pages = (
            f"- {markdown(one_line(page.title))}: {markdown(page.url)}" for page in rule.references
        )
        said.append("\n".join(pages))
    return "\n\n".join(said)


def _headed(rule: RuleInfo) -> tuple[tuple[str, str], ...]:
    return ("**Why:**", rule.why), ("**Remedy:**", rule.remedy)
