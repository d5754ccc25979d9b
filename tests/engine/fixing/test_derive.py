"""Fixes of hosts: what is changed, what is left and why, what clashes, and what is shared."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.documents.document import parse_document
from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryValue,
    Unreadable,
    View,
)
from hklint.fixing.derive import Deriver
from hklint.fixing.forms import files
from hklint.fixing.sharing import shared
from hklint.linking.policy import PolicyLinker
from hklint.policy import Policy
from hklint.snapshot import Snapshot

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]

GOLDEN = Path(__file__).parent / "golden"
SCHANNEL = "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2"
DOTNET = "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
ABSENT = Absent("value")


def number(value: int) -> Present:
    return Present("REG_DWORD", value)


def setting(name: str) -> RegistryValue:
    return RegistryValue("HKLM", "SOFTWARE\\Contoso", name)


def policy(name: str, **rules: Mapping[str, Any]) -> Policy:
    """A policy whose rules each expect something of a value of their own or of a common one."""
    document = {
        "kind": "policy",
        "id": name,
        "title": "Contoso",
        "version": "1.0.0",
        "rules": [
            {
                "id": rule,
                "title": rule,
                "severity": "high",
                "why": "It is.",
                "expect": {"registry": "HKLM\\SOFTWARE\\Contoso", "type": "REG_DWORD", **expect},
            }
            for rule, expect in rules.items()
        ],
    }
    linker = PolicyLinker(parse_document(yaml.safe_dump(document), f"{name}.yaml"), {}, {})
    linked = linker.link()
    assert linker.diagnostics == []
    return linked


def wants(value: str, data: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - YAML
    return {"value": value, "equals": data, "absent": "fail", **more}


def schannel(role: str, name: str) -> RegistryValue:
    return RegistryValue("HKLM", f"{SCHANNEL}\\{role}", name)


def dotnet(name: str, view: View) -> RegistryValue:
    return RegistryValue("HKLM", DOTNET, name, view)


@pytest.fixture(scope="module")
def support_case(host_with: Hosts) -> Snapshot:
    """TLS 1.2 is blocked, nothing else is set, and there is no key of the 32-bit .NET."""
    facts: dict[Fact, Observation] = {
        HostField("build"): Present("integer", 14393),
        HostField("exchange_version"): Present("version", "15.1.2507.6"),
        RegistryKey("HKLM", DOTNET, "32-bit"): Absent("key"),
        RegistryKey("HKLM", DOTNET): Present("key", ""),
    }
    for role in ("Client", "Server"):
        facts |= {schannel(role, "Enabled"): number(0), schannel(role, "DisabledByDefault"): ABSENT}
        facts[RegistryKey("HKLM", f"{SCHANNEL}\\{role}")] = Present("key", "")
    views: tuple[View, ...] = ("64-bit", "32-bit")
    for view in views:
        facts |= {
            dotnet("SystemDefaultTlsVersions", view): ABSENT,
            dotnet("SchUseStrongCrypto", view): ABSENT,
        }
    return host_with(facts)


def test_the_support_case_gets_the_values_of_microsofts_two_files(
    store_policy: Policy, support_case: Snapshot
) -> None:
    """TLS12-Enable.reg and NET4X-UseSchannelDefaults.reg, in one fix with one restart."""
    found = Deriver([store_policy]).derive(support_case)
    assert {(step.fact, step.before, step.after) for step in found.fix.steps} == {
        *((schannel(role, "Enabled"), number(0), number(1)) for role in ("Client", "Server")),
        *(
            (schannel(role, "DisabledByDefault"), ABSENT, number(0))
            for role in ("Client", "Server")
        ),
        *(
            (dotnet("SystemDefaultTlsVersions", view), ABSENT, number(1))
            for view in ("64-bit", "32-bit")
        ),
    }
    assert found.fix.restart == "computer"
    assert found.smallest
    assert [(item.rule, item.why) for item in found.left] == [
        ("exchange-store-addins: store-reachable", "live-request")
    ]


@pytest.mark.parametrize(
    "name",
    ["fix.reg", "rollback.reg", "fix.ps1", "rollback.ps1", "fix.yml", "rollback.yml", "lgpo.txt"],
)
def test_the_files_of_the_support_case(
    name: str,
    store_policy: Policy,
    support_case: Snapshot,
    updating: bool,  # noqa: FBT001 - a fixture's value
) -> None:
    made = files(Deriver([store_policy]).derive(support_case).fix)[name]
    path = GOLDEN / f"tls12-blocked.{name}"
    if updating:
        path.write_bytes(made)
    assert made == path.read_bytes()


def test_two_policies_that_differ_are_named_and_neither_is_mended(host_with: Hosts) -> None:
    one = policy("one", mode=wants("Mode", 1), other=wants("Other", 1))
    two = policy("two", mode=wants("Mode", 2))
    found = Deriver([one, two]).derive(
        host_with({setting("Mode"): number(0), setting("Other"): ABSENT})
    )
    assert [step.fact for step in found.fix.steps] == [setting("Other")]
    (conflict,) = found.conflicts
    assert conflict.rules == ("one: mode", "two: mode")
    assert conflict.facts == (setting("Mode"),)
    assert [(item.rule, item.why) for item in found.left] == [
        ("one: mode", "conflict"),
        ("two: mode", "conflict"),
    ]


def test_a_rule_that_passes_is_not_given_up(host_with: Hosts) -> None:
    one = policy("one", mode=wants("Mode", 1))
    two = policy("two", mode=wants("Mode", 2))
    found = Deriver([one, two]).derive(host_with({setting("Mode"): number(2)}))
    assert found.fix.steps == ()
    assert found.conflicts[0].rules == ("one: mode", "two: mode")


def test_one_value_serves_two_rules(host_with: Hosts) -> None:
    both = policy(
        "both",
        high={"value": "Mode", "at_least": 5, "write": 5, "absent": "fail"},
        higher={"value": "Mode", "at_least": 7, "write": 7, "absent": "fail"},
    )
    found = Deriver([both]).derive(host_with({setting("Mode"): number(0)}))
    (step,) = found.fix.steps
    assert step.after == number(7)
    assert step.rules == ("both: high", "both: higher")


def test_a_value_that_must_not_be_is_deleted(host_with: Hosts) -> None:
    strict = policy("strict", mode={"value": "Mode", "not_equals": 3, "absent": "pass"})
    (step,) = Deriver([strict]).derive(host_with({setting("Mode"): number(3)})).fix.steps
    assert (step.before, step.after) == (number(3), ABSENT)


@pytest.mark.parametrize(
    ("seen", "expect", "why"),
    [
        (Unreadable("access-denied"), wants("Mode", 1), "unread"),
        (number(0), {"value": "Mode", "at_least": 5, "absent": "fail"}, "no-value"),
    ],
)
def test_what_is_left_says_why(
    seen: Observation, expect: Mapping[str, Any], why: str, host_with: Hosts
) -> None:
    found = Deriver([policy("one", mode=expect)]).derive(host_with({setting("Mode"): seen}))
    assert found.fix.steps == ()
    assert [item.why for item in found.left] == [why]


def test_what_a_waiver_accepts_stays_as_it_is(host_with: Hosts) -> None:
    deriver = Deriver([policy("one", mode=wants("Mode", 1))])
    host = host_with({setting("Mode"): number(0)})
    assert len(deriver.derive(host).fix.steps) == 1
    found = deriver.derive(host, {"one: mode"})
    assert found.fix.steps == ()
    assert [item.why for item in found.left] == ["waived"]


def test_keys_that_writing_makes_are_named_with_the_one_above_nobody_asked_for(
    host_with: Hosts,
) -> None:
    key = RegistryKey("HKLM", "SOFTWARE\\Contoso")
    host = host_with({setting("Mode"): Absent("key"), key: Absent("key")})
    fix = Deriver([policy("one", mode=wants("Mode", 1))]).derive(host).fix
    assert fix.new_keys == (key,)
    assert fix.unasked_keys == (RegistryKey("HKLM", "SOFTWARE"),)


def test_hosts_with_the_same_need_share_a_fix_and_others_do_not(host_with: Hosts) -> None:
    deriver = Deriver([policy("one", mode=wants("Mode", 1))])
    found = [deriver.derive(host_with({setting("Mode"): number(it)})) for it in (0, 0, 1, 2)]
    assert [len(hosts) for _, hosts in shared(found)] == [2, 1]
    assert [fix.steps[0].before for fix, _ in shared(found)] == [number(0), number(2)]
