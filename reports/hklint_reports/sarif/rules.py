"""Rules as SARIF describes them, with the messages of their results."""

import re
from collections.abc import Sequence

from hklint.run import PolicyInfo, RuleInfo, RunHeader
from hklint.verdict import Severity
from hklint_reports.identity import Json, guid
from hklint_reports.sarif.taxonomies import Taxonomies, controls_named, cwe_tags
from hklint_reports.text import markdown_code, markdown_words, one_line, sentence, visible

LEVELS: dict[Severity, tuple[str, str, str]] = {
    "critical": ("error", "9.5", "error"),
    "high": ("error", "8.0", "error"),
    "medium": ("warning", "5.5", "warning"),
    "low": ("note", "2.0", "recommendation"),
    "info": ("note", "", "recommendation"),
}
"""SARIF's level, GitHub's `security-severity` (a string) and `problem.severity`."""

MESSAGES = {
    "fail": "On host '{0}', '{1}' is '{2}', expected '{3}': '{4}'.",
    "pass": "On host '{0}', '{1}' is '{2}', as expected.",
    "open": "On host '{0}', '{1}' could not be judged: '{2}'.",
    "notApplicable": "On host '{0}', '{1}' does not apply: '{2}'.",
    "absent": "On host '{0}', '{1}' failed in the earlier run and does not fail any more.",
    "fail-hosts": "'{1}' fails on '{0}', where it is '{2}', expected '{3}': '{4}'.",
    "pass-hosts": "'{1}' passes on '{0}', where it is '{2}', as expected.",
    "open-hosts": "'{1}' could not be judged on '{0}': '{2}'.",
    "notApplicable-hosts": "'{1}' does not apply on '{0}': '{2}'.",
    "absent-hosts": "'{1}' failed on '{0}' in the earlier run and does not fail any more.",
}
"""What results say, by id; those about many hosts tell what the first of them has."""
DESCRIPTION_LIMIT = 1000
"""Characters of a description; GitHub and GitLab refuse more than 1,024."""
_IN_ADDRESS = r"(?:[A-Za-z0-9._~:/?@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*"
_ADDRESS = re.compile(
    rf"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:[/?]{_IN_ADDRESS})?(?:#{_IN_ADDRESS})?"
)
"""An address of RFC 3986 that names its host plainly: right as `helpUri` and in Markdown."""
TAG_LIMIT = 10
"""Tags of a rule; GitHub shows so many."""


def driver(
    header: RunHeader, policy: PolicyInfo, notices: Sequence[Json], messages: Sequence[str]
) -> Json:
    """The tool with its rules, the messages they use, and the notifications it may give."""
    taxonomies = Taxonomies(policy)
    supported = taxonomies.references()
    described: Json = {
        "name": "hklint",
        "fullName": f"hklint {visible(header.hklint)} (policy-as-code checker for Windows hosts)",
        "version": visible(header.hklint),
        "language": "en-US",
        "rules": [_rule(policy, rule, messages, taxonomies) for rule in policy.rules],
        "notifications": list(notices),
    }
    return described | ({"supportedTaxonomies": supported} if supported else {})


def _rule(
    policy: PolicyInfo, rule: RuleInfo, messages: Sequence[str], taxonomies: Taxonomies
) -> Json:
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
        "messageStrings": {message: {"text": MESSAGES[message]} for message in messages},
        "defaultConfiguration": {"level": level, "rank": float(score or 0) * 10},
        "properties": {
            "tags": _tags(rule),
            "precision": "very-high",
            "problem.severity": problem,
            **({"security-severity": score} if score else {}),
        },
    }
    if pages := [page.url for page in rule.references if _ADDRESS.fullmatch(page.url)]:
        described["helpUri"] = pages[0]
    if relationships := taxonomies.relationships(rule):
        described["relationships"] = relationships
    return described


def _tags(rule: RuleInfo) -> list[str]:
    tags = ("security", *cwe_tags(rule), *map(visible, rule.tags))
    return list(dict.fromkeys(tags))[:TAG_LIMIT]


def _pascal(rule_id: str) -> str:
    """A name beside the id, as SARIF wants it: `tls-1.2-client-usable` is `Tls12ClientUsable`."""
    return "".join(word.capitalize() for word in rule_id.replace(".", "").split("-"))


def _help_text(rule: RuleInfo) -> str:
    said = [sentence(rule.title), sentence(rule.why), sentence(rule.remedy)]
    if rule.controls:
        said.append(f"Serves {', '.join(controls_named(rule))}.")
    said += [f"See {one_line(page.title)}: {page.url}" for page in rule.references]
    return "\n".join(visible(line) for line in said if line)


def _help_markdown(rule: RuleInfo) -> str:
    said = [f"**{markdown_words(sentence(rule.title))}**"]
    headed = (("Why", rule.why), ("Remedy", rule.remedy))
    said += [f"**{head}:** {markdown_words(sentence(text))}" for head, text in headed if text]
    if rule.controls:
        said.append(f"**Serves:** {', '.join(map(markdown_code, controls_named(rule)))}")
    if rule.references:
        pages = (
            f"- {markdown_words(one_line(page.title))}: {_link(page.url)}"
            for page in rule.references
        )
        said.append("\n".join(pages))
    return "\n\n".join(said)


def _link(address: str) -> str:
    return f"<{address}>" if _ADDRESS.fullmatch(address) else markdown_code(address)
