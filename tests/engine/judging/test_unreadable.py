"""The shipped rules with a fact taken away, or made another type: nothing passes by accident.

Every passing rule of every case is judged again with each fact it rests on made unreadable. It may
pass still only if it passes with whatever the fact may be, which is tried out.
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES
from hklint.judging.evaluate import judge
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library
from hklint.policy import Policy
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Outcome

HOSTS = ("healthy", "server-2012-r2", "strong-crypto-only", "works-by-name", "exchange-2010")
POLICY = "exchange-store-addins"
BUILDS = (6001, 6003, 7601, 9200, 9600, 10240, 14393, 15063, 17763, 19045, 20348, 22631, 26100, 1)
HOST_VALUES: dict[str, tuple[int | str, ...]] = {
    "integer": BUILDS,
    "version": ("14.3.123.4", "15.0", "15.2.2562.17"),
    "text": ("x",),
}
WRONG_TYPES = (
    Present("REG_SZ", "1"),
    Present("REG_SZ", "0"),
    Present("REG_QWORD", 1),
    Present("REG_BINARY", "01000000"),
    Present("REG_MULTI_SZ", ("1",)),
)


@pytest.mark.parametrize("host", HOSTS)
def test_an_unreadable_fact_passes_only_where_it_does_not_matter(
    host: str,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
) -> None:
    policy, snapshot = shipped.policies[POLICY], store_host(host)
    for fact in facts_needed([policy]):
        without = _outcomes(policy, _with(snapshot, fact, Unreadable("access-denied")))
        completed = [_outcomes(policy, _with(snapshot, fact, seen)) for seen in _can_be(fact)]
        for rule, outcome in without.items():
            if outcome is not Outcome.UNKNOWN:
                assert {(rule, fact, found[rule]) for found in completed} == {(rule, fact, outcome)}


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("wrong", WRONG_TYPES, ids=str)
def test_a_value_of_another_type_never_brings_a_pass(
    host: str,
    wrong: Present,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
) -> None:
    """What passes with it passes as well with the value missing, or whatever number it is."""
    policy, snapshot = shipped.policies[POLICY], store_host(host)
    for fact in facts_needed([policy]):
        if not isinstance(fact, RegistryValue):
            continue
        missing = _outcomes(policy, _with(snapshot, fact, Absent("value")))
        for rule, outcome in _outcomes(policy, _with(snapshot, fact, wrong)).items():
            assert outcome is not Outcome.PASS or missing[rule] is Outcome.PASS, (rule, fact)


def test_a_host_of_which_nothing_is_known_passes_nothing(
    shipped: Library, host_with: Callable[[Any], Snapshot]
) -> None:
    for policy in shipped.policies.values():
        assert set(_outcomes(policy, host_with({})).values()) == {Outcome.UNKNOWN}


def _outcomes(policy: Policy, snapshot: Snapshot) -> dict[str, Outcome]:
    return {f"{i.rule.info.id}[{i.rule.instance}]": i.outcome for i in judge(policy, snapshot)}


def _with(snapshot: Snapshot, fact: Fact, seen: Observation) -> Snapshot:
    observations = {**snapshot.observations, lookup_key(fact): seen}
    return msgspec.structs.replace(snapshot, observations=observations)


def _can_be(fact: Fact) -> Iterator[Observation]:
    """Values of a fact that stand for all there can be."""
    match fact:
        case RegistryValue():
            yield Absent("key")
            yield from (Present("REG_DWORD", number) for number in (0, 1, 2, 0xFFFFFFFF))
            yield from WRONG_TYPES
        case RegistryName():
            yield from (Absent("value"), Present("name", ""))
        case RegistryKey():
            yield from (Absent("key"), Present("key", ""))
        case HostField(field=field):
            yield Absent("field")
            yield from (Present(FIELDS[field], value) for value in HOST_VALUES[FIELDS[field]])
        case WebRequest():
            yield from (Present("outcome", outcome) for outcome in OUTCOMES)
