"""The host's identity: what is asked for with every policy, and what the answers say."""

from collections.abc import Mapping
from typing import Any

import pytest

from hklint.fact import Absent, Fact, HostField, Observation, Present, Unreadable
from hklint.facts import read_answer, to_request
from hklint.facts.host import FIELDS, describe
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library
from hklint.policy import Policy

ERROR = {"type": "System.IO.IOException", "hresult": None, "message": "gone"}


def _field(name: str, state: str = "present", **fields: object) -> dict[str, Any]:
    return {"name": name, "state": state, **fields}


SEEN: dict[str, tuple[dict[str, Any], Observation]] = {
    "number": (_field("build", data=14393), Present("integer", 14393)),
    "number as text": (
        _field("build", data="14393"),
        Unreadable("malformed", "'14393' where integer is due"),
    ),
    "text": (_field("product", data="Server"), Present("text", "Server")),
    "text as number": (
        _field("product", data=2016),
        Unreadable("malformed", "2016 where text is due"),
    ),
    "version": (
        _field("exchange_version", data="15.1.2507.6"),
        Present("version", "15.1.2507.6"),
    ),
    "absent": (_field("exchange_version", "absent"), Absent("field")),
    "failed": (_field("edition", "failed", error=ERROR), Unreadable("failed", "gone")),
}


@pytest.mark.parametrize("name", SEEN)
def test_observation(name: str) -> None:
    item, expected = SEEN[name]
    seen = read_answer({"host": [item], "registry": [], "web_requests": []})
    assert seen == {HostField(item["name"]): expected}


PRODUCT = {HostField("product"): Present("text", "Windows Server 2016")}
BUILD = {HostField("build"): Present("integer", 14393)}


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (PRODUCT | BUILD, "Windows Server 2016, build 14393"),
        (PRODUCT, "Windows Server 2016"),
        (BUILD | {HostField("product"): Absent("field")}, "build 14393"),
        ({HostField("build"): Unreadable("failed")}, ""),
        ({}, ""),
    ],
)
def test_a_host_in_a_few_words(known: Mapping[Fact, Observation], words: str) -> None:
    assert describe(known) == words


def test_every_policy_asks_for_the_whole_identity(store_policy: Policy) -> None:
    needed = facts_needed([store_policy])
    assert {HostField(name) for name in FIELDS} <= needed
    assert to_request(needed)["host"] is True


def test_policies_together_ask_for_no_more_than_each_alone(shipped: Library) -> None:
    policies = list(shipped.policies.values())
    together = facts_needed([*policies, *policies])
    assert together == set().union(*(facts_needed([policy]) for policy in policies))


def test_the_plan_has_what_the_store_policy_rests_on(store_policy: Policy) -> None:
    """The values of Microsoft's article in both roles and views, and the request in three ways.

    The keys above them are asked for as well: a rollback has to know which of them a fix made.
    """
    protocols = "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"
    asked = sorted(map(str, facts_needed([store_policy])))
    assert [text for text in asked if ".NETFramework" in text] == [
        f"HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319: {value}"
        for value in (
            "SchUseStrongCrypto [64-bit]",
            "SystemDefaultTlsVersions [32-bit]",
            "SystemDefaultTlsVersions [64-bit]",
        )
    ]
    assert [text for text in asked if text.startswith(f"{protocols}\\TLS 1.2")] == [
        f"{protocols}\\TLS 1.2 [64-bit]",
        *(
            f"{protocols}\\TLS 1.2\\{role}: {value} [64-bit]"
            for role in ("Client", "Server")
            for value in ("DisabledByDefault", "Enabled")
        ),
    ]
    assert [text for text in asked if text.startswith("request")] == [
        f"request to https://appsource.microsoft.com [{way}]"
        for way in ("default", "system-default", "tls12")
    ]
