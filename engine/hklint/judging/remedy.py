"""Remedies: which registry values would make a failed rule pass, proved by judging again."""

from collections.abc import Iterable, Sequence

from hklint.fact import Fact, RegistryName, RegistryValue
from hklint.judging.changed import changed, keys_of
from hklint.judging.evaluate import Judgement, judge_rule, unmet_condition
from hklint.judging.repair import repair
from hklint.policy import Rule
from hklint.snapshot import Snapshot, lookup_key
from hklint.verdict import Change, Outcome


def changes(judgement: Judgement, snapshot: Snapshot) -> tuple[Change, ...]:
    """The smallest set of changes with which a rule passes; empty if it needs or has none."""
    if judgement.outcome not in {Outcome.FAIL, Outcome.UNKNOWN} or judgement.basis is None:
        return ()
    found = repair([judgement.rule], (), snapshot)
    return () if found is None else found.changes


def broken_by(
    made: Sequence[Change], rules: Iterable[Rule], snapshot: Snapshot
) -> tuple[Rule, ...]:
    """The rules that pass now, and would not with only these changes made."""
    touched = touched_facts(made)
    concerned = [
        rule
        for rule in rules
        if not touched.isdisjoint(rule.facts) and unmet_condition(rule.conditions, snapshot) is None
    ]
    after = changed(snapshot, made)
    return tuple(
        rule
        for rule in concerned
        if judge_rule(rule, after).outcome is not Outcome.PASS
        and judge_rule(rule, snapshot).outcome is Outcome.PASS
    )


def touched_facts(made: Iterable[Change]) -> frozenset[Fact]:
    """What may be observed otherwise with these changes made, in the spelling of observations."""
    facts: set[Fact] = set()
    for change in made:
        fact = change.fact
        assert isinstance(fact, RegistryValue)
        facts.add(lookup_key(fact))
        facts.add(lookup_key(RegistryName(fact.hive, fact.key, fact.value, fact.view)))
        facts.update(map(lookup_key, keys_of(fact)))
    return frozenset(facts)
