"""Hosts made up for a policy: one on which its rules pass, and what would make them fail.

Values are tried by judging, so a host is only as healthy as the policy finds it; what cannot be
found stays as it is, and its verdict says so.
"""

from collections.abc import Iterable, Iterator, Mapping

from hklint.fact import (
    Absent,
    Data,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryKey,
    RegistryName,
    RegistryValue,
    WebRequest,
)
from hklint.facts.host import FIELDS
from hklint.facts.web_request import OUTCOMES
from hklint.judging.evaluate import judge, judge_rule, unmet_condition
from hklint.judging.plan import expectation_facts, facts_needed
from hklint.judging.remedy import changes
from hklint.judging.ways import after
from hklint.policy import (
    AbsentMeans,
    Condition,
    OutcomeExpectation,
    Policy,
    Rule,
    ValueExpectation,
)
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.values import Ranges
from hklint.verdict import Outcome

Facts = dict[Fact, Observation]

MAX_ROUNDS = 10
"""How often what a fix writes is tried: it can bring other rules into play."""

_FIELDS: Mapping[str, tuple[Data, ...]] = {
    "build": (20348, 14393, 17763, 26100, 9600, 22631, 19045, 7601),
    "domain_role": (3, 5, 2, 4, 1, 0),
    "installation_type": ("Server", "Server Core", "Client"),
    "exchange_version": ("15.2.1544.4", "15.1.2507.6", "15.0.1497.2"),
    "dotnet_release": (533320, 528049, 461808, 379893),
    "product": ("Windows Server 2022 Standard", "Windows Server 2016 Standard", "Windows 11 Pro"),
    "edition": ("ServerStandard", "ServerDatacenter", "Professional"),
}
"""Hosts that are likely meant, the likeliest first."""
_USUAL = ("build", "domain_role", "installation_type")
_TRIED: Mapping[str, tuple[Data, ...]] = {
    "REG_DWORD": (0, 1, 2, 3, 4, 5, 10, 100, 0xFFFFFFFF),
    "REG_QWORD": (0, 1, 2, 3, 4, 5, 10, 100, 0xFFFFFFFFFFFFFFFF),
    "REG_SZ": ("", "0", "1", "changed"),
    "REG_EXPAND_SZ": ("", "0", "1", "changed"),
    "REG_MULTI_SZ": ((), ("changed",)),
    "REG_BINARY": ("", "00", "01"),
    "REG_NONE": ("", "00", "01"),
}
_ANY = Present("REG_DWORD", 1)
_THERE = Present("key", "")


def healthy(policy: Policy) -> Facts:
    """Facts with which as many rules of the policy pass as can be found."""
    facts = nothing_set(policy)
    for _ in range(MAX_ROUNDS):
        found = dict(_mended(policy, _host(facts)))
        if not found:
            break
        facts |= found
    return facts


def nothing_set(policy: Policy) -> Facts:
    """A host that the policy is meant for, that reaches everything, and has none of its values."""
    needed = facts_needed([policy])
    facts: Facts = {
        fact: Present("outcome", "reached") for fact in needed if isinstance(fact, WebRequest)
    }
    facts |= {fact: Absent("key") for fact in needed if isinstance(fact, RegistryKey)}
    facts |= {
        fact: Absent("value") for fact in needed if isinstance(fact, RegistryValue | RegistryName)
    }
    asked: set[Fact] = {item.fact for item in policy.conditions}
    for rule in policy.rules:
        asked.update((item.fact for item in rule.conditions), expectation_facts(rule.expectation))
    for name in {*_USUAL, *(fact.field for fact in asked if isinstance(fact, HostField))}:
        if name not in _FIELDS:
            continue
        of_policy = [item for item in policy.conditions if item.fact.field == name]
        facts[HostField(name)] = _field(name, of_policy)
    return facts


def wrong(policy: Policy, facts: Facts) -> Facts:
    """Values and outcomes with which rules fail that ask for them and pass on this host."""
    found: Facts = {}
    for judgement in judge(policy, _host(facts)):
        expectation = judgement.rule.expectation
        if judgement.outcome is Outcome.PASS and isinstance(
            expectation, ValueExpectation | OutcomeExpectation
        ):
            failing = next(_giving(judgement.rule, expectation, Outcome.FAIL), None)
            if failing is not None:
                found.setdefault(expectation.fact, failing)
    return found


def _host(facts: Facts) -> Snapshot:
    known = {lookup_key(fact): seen for fact, seen in facts.items()}
    return Snapshot("example", "", Source("example", "", "", "", ""), {}, known)


def _field(name: str, conditions: Iterable[Condition]) -> Observation:
    """The likeliest value of a field that meets the conditions."""
    choices = [Present(FIELDS[name], value) for value in _FIELDS[name]]
    field = HostField(name)
    fitting = (it for it in choices if unmet_condition(conditions, _host({field: it})) is None)
    return next(fitting, choices[0])


def _mended(policy: Policy, host: Snapshot) -> Iterator[tuple[Fact, Observation]]:
    """What to change on this host so that rules pass that don't."""
    for judgement in judge(policy, host):
        if judgement.outcome not in {Outcome.FAIL, Outcome.UNKNOWN}:
            continue
        written = changes(judgement, host)
        for change in written:
            yield change.fact, after(change)
        expectation = judgement.rule.expectation
        if not written and isinstance(expectation, ValueExpectation):
            found = next(_giving(judgement.rule, expectation, Outcome.PASS), None)
            if found is not None:
                yield expectation.fact, found


def _giving(
    rule: Rule, expectation: ValueExpectation | OutcomeExpectation, outcome: Outcome
) -> Iterator[Observation]:
    """What gives a rule with this expectation this outcome."""
    for seen in _tried(expectation):
        if judge_rule(rule, _host({expectation.fact: seen})).outcome is outcome:
            yield seen


def _tried(expectation: ValueExpectation | OutcomeExpectation) -> Iterator[Observation]:
    """Observations worth trying: what is named in the rule, what is just beside it, and others."""
    if isinstance(expectation, OutcomeExpectation):
        yield from (Present("outcome", outcome) for outcome in reversed(OUTCOMES))
        return
    if expectation.type not in _TRIED:
        yield from (_ANY if expectation.type == "any" else _THERE, Absent("value"))
        return
    data = list(_TRIED[expectation.type])
    if isinstance(expectation.absent, AbsentMeans):
        data.insert(0, expectation.absent.value)
    if isinstance(expectation.values, Ranges):
        cuts = [cut for span in expectation.values.spans for cut, _ in span]
        numbers = [cut for cut in cuts if isinstance(cut, int)]
        data += [near for cut in numbers for near in (cut - 1, cut, cut + 1) if near >= 0]
    yield from (Present(expectation.type, value) for value in data)
    yield Absent("value")
