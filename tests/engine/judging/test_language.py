"""Rules as authors write them, judged on what a host can answer: `language.yaml` has the cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from hklint.documents.document import parse_document, read_document
from hklint.fact import Fact, RegistryKey, RegistryValue
from hklint.facts import read_answer, to_request
from hklint.facts.registry import complete
from hklint.judging.evaluate import judge
from hklint.judging.explain import explain
from hklint.judging.plan import facts_needed
from hklint.linking.policy import PolicyLinker
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source
from hklint.sources.answer import contract_problem
from hklint.verdict import Verdict

CASES: list[Any] = read_document(Path(__file__).parent / "language.yaml").root["cases"]
POLICY = """\
kind: policy
id: contoso
title: Contoso
version: 1.0.0
rules:
  - id: rule
    title: It is so
    severity: high
    why: Because.
"""
ERROR = {"type": "System.Exception", "hresult": None, "message": "no"}
COLLECTOR = {
    "powershell": "5.1",
    "edition": "Desktop",
    "bits": 64,
    "process": "wsmprovhost",
    "user": "audit",
    "administrator": True,
    "culture": "en-US",
    "milliseconds": 1,
}


def policy_of(case: Mapping[str, Any]) -> Policy:
    """The policy with the case's rule."""
    lines = [f"    {key}: {_flow(case[key])}" for key in ("expect", "applies_to") if key in case]
    document = parse_document(POLICY + "\n".join(lines) + "\n", "policy.yaml")
    linker = PolicyLinker(document, {}, {})
    policy = linker.link()
    assert linker.diagnostics == []
    return policy


def _flow(node: Any) -> str:  # noqa: ANN401 - YAML
    """A YAML tree in flow form."""
    if isinstance(node, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ", ".join(map(_flow, node)) + "]"
    if isinstance(node, bool):
        return str(node).lower()
    return str(node) if isinstance(node, int) else "'" + node.replace("'", "''") + "'"


def judged(policy: Policy, host: Mapping[str, Any]) -> Verdict:
    """The verdict on a host that answers as the case says."""
    request = to_request(facts_needed([policy]))
    (asked,) = request["registry"]
    state = host.get("key", "present")
    item = {name: asked[name] for name in ("hive", "view", "key")} | {"state": state}
    if state == "present":
        given = host.get("values", {})
        item["values"] = [_value(name, given.get(name, "absent")) for name in asked["values"]]
    elif state == "denied":
        item["error"] = ERROR
    answer = {
        "version": 1,
        "collector": COLLECTOR,
        "host": [
            _field("build", host.get("build", 14393)),
            _field("exchange_version", host.get("exchange", "absent")),
        ],
        "registry": [item],
        "web_requests": [],
    }
    assert contract_problem(answer) is None
    full = complete(answer, request["registry"])
    snapshot = Snapshot("EX01", "", Source("", "", "", "", ""), full, read_answer(full))
    (judgement,) = judge(policy, snapshot)
    return explain(judgement, policy, snapshot)


def _field(name: str, given: Any) -> dict[str, Any]:  # noqa: ANN401 - YAML
    match given:
        case "absent":
            return {"name": name, "state": "absent"}
        case "failed":
            return {"name": name, "state": "failed", "error": ERROR}
        case _:
            return {"name": name, "state": "present", "data": given}


def _value(name: str, given: Any) -> dict[str, Any]:  # noqa: ANN401 - YAML
    match given:
        case "absent":
            return {"name": name, "state": "absent"}
        case "failed":
            return {"name": name, "state": "failed", "error": ERROR}
        case _:
            (type_name, data), *_ = given.items()
            return {"name": name, "state": "present", "type": type_name, "data": data}


@pytest.mark.parametrize(
    ("case", "outcome", "host"),
    [
        pytest.param(case, outcome, host, id=f"{case['name']}, {outcome} {number}")
        for case in CASES
        for outcome, hosts in case["outcomes"].items()
        for number, host in enumerate(hosts, 1)
    ],
)
def test_case(case: Any, outcome: str, host: Any) -> None:  # noqa: ANN401 - YAML
    verdict = judged(policy_of(case), host)
    assert verdict.outcome == outcome
    assert verdict.wanted == case["wanted"]
    assert verdict.reason if outcome in {"unknown", "not_applicable"} else not verdict.reason


def test_a_key_alone_is_asked_for_without_values() -> None:
    facts: set[Fact] = {
        RegistryKey("HKLM", "SOFTWARE\\A"),
        RegistryKey("HKLM", "Software\\B"),
        RegistryValue("HKLM", "software\\b", "V"),
    }
    request = to_request(facts)
    assert [(item["key"], item["values"]) for item in request["registry"]] == [
        ("SOFTWARE\\A", []),
        ("Software\\B", ["V"]),
    ]
