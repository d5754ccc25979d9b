"""The JSON Schema of a comparison."""

from typing import Any

import msgspec

from hklint.comparison import KIND_MEANING, Comparison, Kind
from hklint_reports.comparison.json_document import FORMAT, SCHEMA_FILE, VERSION

_KINDS = "; ".join(f"`{kind}` {KIND_MEANING[kind]}" for kind in Kind)

DESCRIPTIONS: dict[str, dict[str, str]] = {
    "Comparison": {
        "before": "The earlier run.",
        "after": "The later run.",
        "fail_on": "The mildest severity that counts for `exit_code`.",
        "allow_unknown": "Whether verdicts that are newly unknown don't count.",
        "exit_code": "0 not worse, 1 worse, 4 not known.",
        "policies": "Policies that are not the same in both runs.",
        "parameters": "Parameters that have other values.",
        "models": "Paths of models that are not what they were.",
        "hosts": "How the hosts differ.",
        "verdicts": "How many verdicts both runs have.",
        "counts": f"How many verdicts there are of each kind: {_KINDS}.",
        "changes": "What turned, the worst first; `unchanged` verdicts are only counted.",
    },
    "Compared": {
        "path": "The file of the run.",
        "started": "When it began, in UTC.",
        "hklint": "The version that made it.",
        "command": "`check` or `gate`.",
        "hosts": "How many hosts it has.",
        "not_reached": "How many of these gave no answer.",
        "interrupted": "Whether it was stopped, or cut off.",
        "exit_code": "Its own exit code.",
    },
    "PolicyChange": {
        "policy": "The policy's id.",
        "was": "Its version before, or empty: it is new.",
        "now": "Its version now, or empty: it is gone.",
        "document": "Whether its document is another one, whatever the versions say.",
        "added": "Rules that only the later run has.",
        "removed": "Rules that only the earlier run has.",
        "severities": "Rules that have another severity.",
    },
    "SeverityChange": {
        "rule": "The rule's id.",
        "was": "The severity before.",
        "now": "The severity now.",
    },
    "ParameterChange": {
        "name": "`policy.parameter`.",
        "was": "Its value before, or empty.",
        "now": "Its value now, or empty.",
    },
    "Hosts": {
        "compared": "How many were judged in both runs.",
        "lost": "Reached before, and not any more. Nothing of them is fixed.",
        "appeared": "Not in the earlier run.",
        "gone": "Not in the later run. Nothing of them is fixed.",
        "back": "Not reached before, and judged now.",
        "silent": "Reached in neither run.",
    },
    "HostChange": {
        "host": "Its name, as in the run that has it; the later one if both do.",
        "failed": "How many of its verdicts failed in the run that judged it, without waived ones.",
        "unknown": "How many could not be judged there.",
        "reason": "Why it was not reached, or empty.",
    },
    "Change": {
        "kind": "What became of the verdict; see `counts`.",
        "policy": "The policy's id.",
        "rule": "The rule's id.",
        "instance": "What tells the verdicts of one rule apart, or empty.",
        "title": "The rule's title.",
        "severity": "Its severity in the later run; of what is gone, in the earlier one.",
        "was": "What the earlier run says.",
        "now": "What the later run says.",
        "cause": (
            "`host`: it is judged by the same, or facts differ and the policy wants the same; "
            "`policy`: the policy, its parameters or a model; `both`; `hklint`: another version; "
            "`waiver`: one began or ended; `new_host`, `new_rule`: the earlier run does not have "
            "it; `not_reached_before`; `not_known`: nothing turned."
        ),
        "facts": "What the two runs read differently.",
        "waiver": "The waiver that accepts the verdict, or did until lately, or null.",
        "hosts": "The hosts on which it turned in just this way.",
    },
    "Side": {
        "state": "What the run says: an outcome, waived, not reached, or absent.",
        "wanted": "What the policy wants.",
        "found": "What was found.",
        "reason": "Why it is unknown or does not apply.",
    },
    "FactChange": {
        "fact": "The fact, as reports name it.",
        "was": "What was read before, in words; empty if it took no part.",
        "now": "What was read now, in words; empty if it takes no part.",
    },
    "WaiverMark": {
        "id": "The waiver's id.",
        "reason": "Why it was accepted.",
        "owner": "Who cares for it.",
        "approver": "Who accepted the risk.",
        "ticket": "Where that is written down.",
        "until": "When it ends, in UTC.",
        "span": "Its place in the waiver file.",
    },
    "Span": {
        "path": "The file.",
        "line": "The line, from 1.",
        "column": "The column, from 1.",
        "end_column": "The column behind its end.",
    },
}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12). Fields that it doesn't know are allowed: some may be added."""
    _, shapes = msgspec.json.schema_components([Comparison], ref_template="#/$defs/{name}")
    whole = _described("Comparison", shapes.pop("Comparison"))
    head = {
        "$schema": {"const": SCHEMA_FILE, "description": "The schema's file."},
        "format": {"const": FORMAT, "description": "What this is."},
        "version": {
            "const": VERSION,
            "description": "The same as long as nothing goes away or changes its meaning.",
        },
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:hklint:{FORMAT}:{VERSION}",
        **whole,
        "title": f"{FORMAT}, version {VERSION}",
        "properties": head | whole["properties"],
        "required": [*head, *whole["required"]],
        "$defs": {name: _described(name, shapes[name]) for name in sorted(shapes)},
    }


def _described(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    """A shape with the words above; what the code says of itself is left out."""
    bare = {key: value for key, value in shape.items() if key != "description"}
    if "properties" not in bare:
        return bare
    known = DESCRIPTIONS[name]
    properties = {
        key: {**value, "description": known[key]} for key, value in bare["properties"].items()
    }
    return {**bare, "properties": properties}
