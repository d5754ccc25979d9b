"""A checklist without the user's own: the groups that rules serve, in the words of the policy.

The texts of a STIG are DISA's and are not here, nor is what changes from release to release, such
as the id of a rule (`SV-...`): what stands in these places is the policy's.
"""

from hklint.run import PolicyInfo, RuleInfo, RunHeader
from hklint.verdict import Severity
from hklint_reports.cklb.checklist import Json
from hklint_reports.cklb.findings import NOT_REVIEWED, Served
from hklint_reports.identity import guid
from hklint_reports.text import one_line, visible

SEVERITIES: dict[Severity, str] = {
    "critical": "high",
    "high": "high",
    "medium": "medium",
    "low": "low",
    "info": "low",
}
"""A STIG knows CAT I, II and III."""
_EMPTY = (
    "check_content",
    "false_positives",
    "false_negatives",
    "security_override_guidance",
    "potential_impacts",
    "third_party_tools",
    "ia_controls",
    "responsibility",
    "mitigations",
    "mitigation_control",
    "reference_identifier",
    "comments",
)


def template(header: RunHeader, rules: Served) -> Json:
    """A checklist of all groups that are served, a STIG for each policy; none is reviewed yet."""
    by_policy: dict[str, list[str]] = {}
    for group, serving in rules.items():
        by_policy.setdefault(serving[0][0].id, []).append(group)
    return {
        "title": "",
        "id": "",
        "stigs": [
            _stig(policy, {group: [rule for _, rule in rules[group]] for group in there})
            for policy in header.policies
            if (there := by_policy.get(policy.id))
        ],
        "active": True,
        "mode": 2,
        "has_path": False,
        "target_data": {
            "target_type": "Computing",
            "host_name": "",
            "ip_address": "",
            "mac_address": "",
            "fqdn": "",
            "comments": visible(f"hklint {header.hklint}, run of {header.started}"),
            "role": "None",
            "is_web_database": False,
            "technology_area": "",
            "web_db_site": "",
            "web_db_instance": "",
            "classification": None,
        },
        "cklb_version": "1.0",
    }


def _stig(policy: PolicyInfo, groups: dict[str, list[RuleInfo]]) -> Json:
    stig_uuid = guid("stig", policy.id, policy.version)
    title = visible(policy.title)
    return {
        "stig_name": title,
        "display_name": title,
        "stig_id": visible(policy.id),
        "release_info": visible(f"hklint policy {policy.version}"),
        "version": visible(policy.version),
        "uuid": stig_uuid,
        "reference_identifier": "",
        "size": len(groups),
        "rules": [_rule(policy, group, rules, stig_uuid) for group, rules in groups.items()],
    }


def _rule(policy: PolicyInfo, group: str, rules: list[RuleInfo], stig_uuid: str) -> Json:
    first = rules[0]
    group, title = visible(group), visible(first.title)
    ours = visible(f"{policy.id}/{first.id}")
    return {
        "group_id_src": group,
        "group_tree": [
            {"id": group, "title": title, "description": "<GroupDescription></GroupDescription>"}
        ],
        "group_id": group,
        "group_title": title,
        "severity": SEVERITIES[first.severity],
        "rule_id_src": ours,
        "rule_id": ours,
        "rule_version": visible(first.id),
        "rule_title": title,
        "fix_text": visible(one_line(first.remedy)),
        "weight": "10.0",
        "check_content_ref": {"href": visible(policy.path), "name": "M"},
        "classification": "Unclassified",
        "discussion": visible(one_line(first.why)),
        "documentable": "false",
        "legacy_ids": [],
        "ccis": [
            visible(control.id)
            for control in dict.fromkeys(item for rule in rules for item in rule.controls)
            if control.catalogue == "cci"
        ],
        "uuid": guid("stig-rule", policy.id, policy.version, group),
        "stig_uuid": stig_uuid,
        "status": NOT_REVIEWED,
        "overrides": {},
        "finding_details": "hklint has no verdict on this host.",
        **dict.fromkeys(_EMPTY, ""),
    }
