"""The shape of a checklist of STIG Viewer 3, as strict as its readers allow to say it.

There is no public schema. The keys and their types are those of mitre/heimdall2,
libs/hdf-converters/src/ckl-mapper/checklist-b-types.ts, which were made from STIG Viewer's own; the
order of words and the values are those of checklists that STIG Viewer exported, in
NUWCDIVNPT/stig-manager-client-modules, test-files/parsers/cklb.
"""

from typing import Any

TEXT: dict[str, Any] = {"type": "string"}
FILLED: dict[str, Any] = {"type": "string", "minLength": 1}
UUID = {
    "type": "string",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}
STATUS = {"enum": ["not_reviewed", "open", "not_a_finding", "not_applicable"]}


def strict(**properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def texts(*names: str) -> dict[str, dict[str, Any]]:
    return dict.fromkeys(names, TEXT)


RULE = strict(
    group_id_src={"type": "string", "pattern": "^V-[0-9]+$"},
    group_tree={
        "type": "array",
        "minItems": 1,
        "items": strict(id=FILLED, title=TEXT, description=TEXT),
    },
    group_id={"type": "string", "pattern": "^V-[0-9]+$"},
    severity={"enum": ["high", "medium", "low"]},
    group_title=FILLED,
    rule_id_src=FILLED,
    rule_id=FILLED,
    rule_version=FILLED,
    rule_title=FILLED,
    weight={"const": "10.0"},
    check_content_ref=strict(href=TEXT, name={"const": "M"}),
    classification=FILLED,
    documentable={"enum": ["true", "false"]},
    legacy_ids={"type": "array", "items": TEXT},
    ccis={"type": "array", "items": {"type": "string", "pattern": "^CCI-[0-9]{6}$"}},
    reference_identifier=TEXT,
    uuid=UUID,
    stig_uuid=UUID,
    status=STATUS,
    overrides={"const": {}},
    finding_details={"type": "string", "maxLength": 32_767},
    comments={"type": "string", "maxLength": 32_767},
    **texts("fix_text", "check_content", "discussion", "false_positives", "false_negatives"),
    **texts("security_override_guidance", "potential_impacts", "third_party_tools", "ia_controls"),
    **texts("responsibility", "mitigations", "mitigation_control"),
)
STIG = strict(
    stig_name=FILLED,
    display_name=FILLED,
    stig_id=FILLED,
    release_info=FILLED,
    version=FILLED,
    uuid=UUID,
    reference_identifier=TEXT,
    size={"type": "integer", "minimum": 1},
    rules={"type": "array", "minItems": 1, "items": RULE},
)
TARGET = strict(
    target_type={"enum": ["Computing", "Non-Computing"]},
    host_name={"type": "string", "minLength": 1, "maxLength": 255},
    role={"enum": ["None", "Workstation", "Member Server", "Domain Controller"]},
    is_web_database={"type": "boolean"},
    classification={"type": "null"},
    **texts("ip_address", "mac_address", "fqdn", "comments", "technology_area"),
    **texts("web_db_site", "web_db_instance"),
)
CHECKLIST = strict(
    title=FILLED,
    id=UUID,
    stigs={"type": "array", "minItems": 1, "items": STIG},
    active={"type": "boolean"},
    mode={"type": "integer"},
    has_path={"type": "boolean"},
    target_data=TARGET,
    cklb_version={"const": "1.0"},
)


def rule(number: int, **changes: object) -> dict[str, Any]:
    """A rule as a new checklist has it; its texts are invented."""
    group = f"V-{number}"
    return {
        "group_id_src": group,
        "group_tree": [
            {"id": group, "title": "SRG-1", "description": "<GroupDescription></GroupDescription>"}
        ],
        "group_id": group,
        "severity": "medium",
        "group_title": f"Requirement {number} of the guide.",
        "rule_id_src": f"SV-{number}r1_rule",
        "rule_id": f"SV-{number}r1",
        "rule_version": f"XX-00-{number}",
        "rule_title": f"Requirement {number} of the guide.",
        "fix_text": "Configure it.",
        "weight": "10.0",
        "check_content": "Look at it.",
        "check_content_ref": {"href": "Guide.xml", "name": "M"},
        "classification": "Unclassified",
        "discussion": "It matters.",
        "documentable": "false",
        "legacy_ids": [f"SV-{number - 1}", f"V-{number - 1}"],
        "ccis": ["CCI-002418"],
        "reference_identifier": "5551",
        "uuid": "86d3d3e7-3178-42e7-a40b-2d1566cbe853",
        "stig_uuid": "830f0927-3c12-4623-be2c-fa5e0487e9be",
        "status": "not_reviewed",
        "overrides": {},
        "comments": "",
        "finding_details": "",
        "false_positives": "",
        "false_negatives": "",
        "security_override_guidance": "",
        "potential_impacts": "",
        "third_party_tools": "",
        "ia_controls": "",
        "responsibility": "",
        "mitigations": "",
        "mitigation_control": "",
        **changes,
    }


def checklist(*rules: dict[str, Any], **target: object) -> dict[str, Any]:
    """A checklist as STIG Viewer makes it for a guide."""
    return {
        "title": "New Checklist",
        "id": "a609ab31-6873-4bcf-b9fe-0a2afa9c2454",
        "stigs": [
            {
                "stig_name": "A Security Technical Implementation Guide",
                "display_name": "A Guide",
                "stig_id": "A_STIG",
                "release_info": "Release: 4 Benchmark Date: 02 Apr 2025",
                "version": "2",
                "uuid": "830f0927-3c12-4623-be2c-fa5e0487e9be",
                "reference_identifier": "5551",
                "size": len(rules),
                "rules": list(rules),
            }
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
            "comments": "",
            "role": "None",
            "is_web_database": False,
            "technology_area": "",
            "web_db_site": "",
            "web_db_instance": "",
            "classification": None,
            **target,
        },
        "cklb_version": "1.0",
    }
