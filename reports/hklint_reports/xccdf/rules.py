"""Rules of the benchmark: one for each rule of a policy or, with `for_each`, for each instance.

XCCDF would have several results for one rule with `multiple`. MITRE's Heimdall then shows the first
of them and openscap-report the last, and OpenSCAP's score counts the first: an instance that failed
would vanish behind one that passed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from hklint.controls import CATALOGUES
from hklint.run import Control, PolicyInfo, Reference, RuleInfo, Run
from hklint.verdict import Severity
from hklint_reports.text import one_line, sentence, visible, xml_attribute, xml_text
from hklint_reports.xccdf.markup import element, lines_text
from hklint_reports.xccdf.names import rule_id

SEVERITIES: Mapping[Severity, str] = {
    "critical": "high",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "info": "info",
}
"""XCCDF has nothing above high."""
WEIGHT = "1.0"
"""Policies give no weights, so all rules weigh the same."""
_SYSTEMS = {"cci": "http://cyber.mil/cci"}
"""What DISA's own benchmarks call the catalogue; the others are named by their pages."""
_ENGLISH = {"xml:lang": "en"}
"""Heimdall shows the text of a rationale or a fix only if the element has an attribute."""
_CHARACTERS = r"([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_ADDRESS = re.compile(rf"https://[A-Za-z0-9.-]+(:[0-9]+)?(/{_CHARACTERS}(#{_CHARACTERS})?)?")
"""What every reader takes for an address (RFC 3986); other ones are text only."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the benchmark; `instance` is "" for a rule without for_each.

    `idents` and `check` are elements that each of its results has as well.
    """

    id: str
    policy: PolicyInfo
    info: RuleInfo
    instance: str
    idents: str
    check: str


Rules = Mapping[tuple[str, str, str], Rule]
"""Every rule by policy, rule and instance, in the order of the policies."""


def rules_of(run: Run) -> Rules:
    """The rules, in all instances that any host has; a rule without verdicts stands once.

    This is a pass over the hosts, because the header has no instances.
    """
    instances: dict[tuple[str, str], dict[str, None]] = {}
    for host in run.hosts:
        for verdict in host.verdicts:
            instances.setdefault((verdict.policy, verdict.rule), {})[verdict.instance] = None
    return {
        (policy.id, info.id, instance): _rule(policy, info, instance)
        for policy in run.header.policies
        for info in policy.rules
        for instance in instances.get((policy.id, info.id), {"": None})
    }


def _rule(policy: PolicyInfo, info: RuleInfo, instance: str) -> Rule:
    idents = "".join(
        element("ident", control.id, system=_system(control)) for control in info.controls
    )
    name = rule_id(policy.id, info.id, instance)
    return Rule(name, policy, info, instance, idents, _check(info))


def rule_lines(run: Run, rule: Rule) -> Iterator[str]:
    """The element of a rule."""
    info = rule.info
    yield f'<Rule id="{rule.id}" severity="{SEVERITIES[info.severity]}" weight="{WEIGHT}">\n'
    yield element("title", f"{info.title} [{rule.instance}]" if rule.instance else info.title)
    place = f"{info.span.path}:{info.span.line}"
    yield f"<description>{xml_text(f'Rule {info.id} of policy {rule.policy.id}, {place}')}"
    if written := _written(run, info):
        yield f"\n<html:pre>{lines_text(written)}</html:pre>"
    yield "</description>\n"
    yield from map(_reference, info.references)
    if info.why:
        yield element("rationale", sentence(info.why), **_ENGLISH)
    yield rule.idents
    if info.remedy:
        yield element("fixtext", one_line(info.remedy), **_ENGLISH)
    yield rule.check
    yield "</Rule>\n"


def _check(info: RuleInfo) -> str:
    """What was checked: the rule in its policy, for which hklint is the checking system."""
    place = xml_attribute(quote(visible(info.span.path)))
    reference = f"<check-content-ref href={place} name={xml_attribute(info.id)}/>"
    return f'<check system="urn:hklint:policy">{reference}</check>\n'


def _system(control: Control) -> str:
    if control.catalogue in CATALOGUES:
        return _SYSTEMS.get(control.catalogue, CATALOGUES[control.catalogue].uri)
    return "urn:hklint:catalogue:other"


def _reference(reference: Reference) -> str:
    title = one_line(reference.title)
    if _ADDRESS.fullmatch(reference.url):
        return element("reference", title, href=reference.url)
    return element("reference", f"{title}: {reference.url}")


def _written(run: Run, info: RuleInfo) -> list[str]:
    """The rule as its policy has it: the item of the list that its id stands in."""
    lines = run.header.documents.get(info.span.path, "").split("\n")
    here = info.span.line - 1
    if not 0 <= here < len(lines):
        return []
    first = here
    while first and not lines[first].lstrip().startswith("- "):
        first -= 1
    margin = len(lines[first]) - len(lines[first].lstrip())
    end = here + 1
    while end < len(lines) and not _ends(lines[end], margin):
        end += 1
    written = [line[margin:].rstrip() for line in lines[first:end]]
    while written and not written[-1]:
        written.pop()
    return written


def _ends(line: str, margin: int) -> bool:
    """Whether a line belongs to what follows an item that begins at a margin."""
    return bool(line.strip()) and not line[: margin + 1].isspace()
