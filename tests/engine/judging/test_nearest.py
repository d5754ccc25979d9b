"""What would turn a verdict does turn it, and there is nothing nearer."""

import itertools
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue
from hklint.judging.counterfactual import nearest, supposing
from hklint.judging.evaluate import judge_rule
from hklint.policy import Policy, Rule
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Outcome

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]

SEEN: tuple[Present | Absent, ...] = (
    Absent("value"),
    *(Present("REG_DWORD", number) for number in (0, 1, 2)),
)


def _values(policy: Policy) -> list[RegistryValue]:
    facts = {fact for rule in policy.rules for fact in rule.facts}
    return sorted((fact for fact in facts if isinstance(fact, RegistryValue)), key=str)


def _rules(policy: Policy) -> list[Rule]:
    """Those that rest on registry values."""
    return [rule for rule in policy.rules if rule.info.id != "store-reachable"]


@pytest.mark.parametrize("wanted", [Outcome.PASS, Outcome.FAIL])
@given(data=st.data())
def test_each_turns_the_verdict_and_none_is_smaller(
    wanted: Outcome, data: st.DataObject, store_policy: Policy, host_with: Hosts
) -> None:
    seen = {fact: data.draw(st.sampled_from(SEEN)) for fact in _values(store_policy)}
    known: dict[Fact, Observation] = {**seen, HostField("build"): Present("integer", 14393)}
    host = host_with(known)
    rule = data.draw(st.sampled_from(_rules(store_policy)))
    if judge_rule(rule, host).outcome is wanted:
        return
    found = nearest(rule, host, wanted)
    assert found.complete
    for facts in found.found:
        assert judge_rule(rule, supposing(host, facts)).outcome is wanted
    size = len(found.found[0]) if found.found else 3
    for fewer in range(1, size):
        own = [fact for fact in seen if lookup_key(fact) in rule.facts]
        for facts in itertools.combinations(own, fewer):
            for others in itertools.product(SEEN, repeat=fewer):
                changed = {**known, **dict(zip(facts, others, strict=True))}
                assert judge_rule(rule, host_with(changed)).outcome is not wanted
