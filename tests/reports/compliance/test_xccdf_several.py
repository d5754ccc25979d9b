"""What a run of several policies and hosts with snapshots adds to XCCDF."""

from collections.abc import Callable

import pytest
from lxml import etree

from hklint.run import Run

pytestmark = pytest.mark.parametrize("case", ["several"], indirect=True)
Texts = Callable[[str], list[str]]


@pytest.fixture
def texts(recorded: Run, render: Callable[..., str], names: dict[str, str]) -> Texts:
    """The texts or attributes that a path names."""
    tree = etree.fromstring(render(recorded, "xccdf").encode("ascii"))
    return lambda path: [str(found) for found in tree.xpath(path, namespaces=names)]


def test_a_group_for_each_policy(texts: Texts) -> None:
    assert texts("/x:Benchmark/@id") == ["xccdf_hklint_benchmark_exchange-store-addins_windows-tls"]
    assert texts("/x:Benchmark/x:version/text()") == [
        "exchange-store-addins 1.0.0, windows-tls 2.0.1"
    ]
    assert texts("//x:Group/@id") == [
        "xccdf_hklint_group_exchange-store-addins",
        "xccdf_hklint_group_windows-tls",
    ]
    assert texts("//x:Profile/x:title/text()") == ["windows-tls.strict"]
    assert texts("//x:Profile/x:select/@idref") == texts("//x:Rule/@id")


def test_an_instance_that_no_id_can_have_gets_a_digest(texts: Texts) -> None:
    assert texts("//x:Rule[contains(@id, 'ciphers')]/@id") == [
        "xccdf_hklint_rule_windows-tls_ciphers_name-RC4-128-128-ff8f70e11b9e",
        "xccdf_hklint_rule_windows-tls_ciphers_name_NULL",
    ]


def test_the_score_is_the_mean_of_the_policies(texts: Texts) -> None:
    """One of five, and two of three."""
    assert texts("//x:TestResult[1]/x:score/text()") == ["43.33", "3"]


def test_controls_and_references(texts: Texts) -> None:
    rule = "//x:Rule[contains(@id, 'tls-1.0-off')]"
    assert texts(f"{rule}/x:ident/text()") == ["SC-8(1)", "CCI-002418", "CWE-326", "4.2"]
    assert texts(f"{rule}/x:ident/@system") == [
        "https://csrc.nist.gov/pubs/sp/800/53/r5/upd1/final",
        "http://cyber.mil/cci",
        "https://cwe.mitre.org/",
        "urn:hklint:catalogue:other",
    ]
    assert texts("(//x:rule-result[contains(@idref, 'tls-1.0-off')])[1]/x:ident/text()") == texts(
        f"{rule}/x:ident/text()"
    )
    assert texts(f"{rule}/x:reference/text()") == [
        "A page",
        "No address: https://learn.microsoft.com/a b",
    ]
    assert texts(f"{rule}/x:reference/@href") == [
        "https://learn.microsoft.com/windows-server/security?view=x#top"
    ]
    assert texts(f"{rule}/x:rationale/text()") == ["Whoever reads the traffic breaks it."]
    assert texts(f"{rule}/@severity") == ["high"]


def test_rules_are_quoted_as_the_policy_has_them(texts: Texts) -> None:
    """Without what stands around it; a rule whose document is not there has no quotation."""
    first = (
        "- title: TLS 1.0 is off\n\n  id: tls-1.0-off\n  why: |\n"
        "    Whoever reads the traffic\n    breaks it."
    )
    ciphers = "- id: ciphers\n  for_each: {name: [RC4 128/128, NULL]}"
    assert texts("//x:Group[2]//h:pre/text()") == [
        first,
        ciphers,
        ciphers,
    ]


def test_what_a_host_is(texts: Texts) -> None:
    def facts(number: int) -> dict[str, str]:
        path = f"//x:TestResult[{number}]/x:target-facts/x:fact"
        return dict(zip(texts(f"{path}/@name"), texts(f"{path}/text()"), strict=True))

    scap, ours = "urn:scap:fact:asset:identifier", "urn:hklint:fact"
    first = facts(1)
    assert first[f"{scap}:host_name"] == "EX01"
    assert first[f"{scap}:fqdn"] == "EX01.corp.example"
    assert first[f"{scap}:ipv4"] == "10.0.0.7"
    assert first[f"{ours}:account"] == r"LAB\audit"
    assert texts("//x:TestResult[1]/x:target-address/text()") == ["10.0.0.7"]
    assert texts("//x:TestResult[1]/x:identity/text()") == [r"LAB\audit"]
    assert texts("//x:TestResult[1]/x:identity/@privileged") == ["true"]
    second = facts(2)
    assert f"{scap}:fqdn" not in second
    assert second[f"{ours}:taken-from"] == "psrp://ex02"
    assert facts(3)[f"{scap}:ipv6"] == "fd00::7"
    assert facts(4)[f"{scap}:host_name"] == "ex04"
    assert facts(4)[f"{scap}:fqdn"] == "ex04.corp.example"
    assert facts(4)[f"{ours}:not-reached"].startswith("reason: name-not-resolved (resolving): ")


def test_old_facts_are_called_old(texts: Texts) -> None:
    assert texts("//x:TestResult[2]/x:title/text()") == [
        "hklint check: EX02, by facts recorded 2026-11-20T08:00:00Z, not as it is now"
    ]
    assert texts("//x:TestResult[1]/x:title/text()") == ["hklint check: EX01 (10.0.0.7)"]


def test_a_rule_without_a_verdict_is_not_checked(texts: Texts) -> None:
    result = "//x:TestResult[1]/x:rule-result[contains(@idref, 'never-judged')]"
    assert texts(f"{result}/x:result/text()") == ["notchecked"]
    assert texts(f"{result}/x:message/text()") == [
        "not judged: the run has no verdict of this rule on this host"
    ]


def test_the_baseline_is_named(texts: Texts) -> None:
    (message,) = texts("//x:TestResult[1]/x:rule-result[contains(@idref, 'RC4')]/x:message/text()")
    assert message.splitlines()[1] == (
        "baseline   new since the run of 2026-11-01T10:00:00Z (before.jsonl)"
    )
