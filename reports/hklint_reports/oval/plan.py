"""Which rules of a run OVAL can judge, and why it can't judge the others."""

from typing import NamedTuple

from hklint.registry_test import RegistryTest
from hklint.run import RuleInfo, RunHeader
from hklint_reports.oval.criteria import criteria
from hklint_reports.oval.names import number
from hklint_reports.oval.tree import Criteria, NotInOvalError

NOT_ONE_VALUE = "it rests on a decision table or a web request, not on one registry value"
NOT_KEPT = "the run was recorded by an older hklint, which did not keep what rules ask: check again"
_KEPT_SINCE = 3
"""The first version of a run that has `registry_tests`."""


class Planned(NamedTuple):
    """A rule that OVAL can judge."""

    rule: RuleInfo
    test: RegistryTest
    criteria: Criteria

    @property
    def matches(self) -> bool:
        """Whether an author's pattern is matched, which can take PCRE more than it has."""
        return any(asked.kind == "matches" for way in self.test.ways for asked in way)


class Plan(NamedTuple):
    """The rules that OVAL can judge by their numbers, and the names of others with the reasons."""

    judged: dict[int, Planned]
    left_out: list[tuple[str, str]]


def plan(header: RunHeader) -> Plan:
    """What OVAL can judge of a run."""
    rules = {(policy.id, rule.id): rule for policy in header.policies for rule in policy.rules}
    judged: dict[int, Planned] = {}
    left_out: list[tuple[str, str]] = []
    for test in header.registry_tests:
        rule = rules[test.policy, test.rule]
        try:
            planned = Planned(rule, test, criteria(test))
        except NotInOvalError as reason:
            left_out.append((name_of(test), str(reason)))
        else:
            judged[number(test.policy, test.rule, test.instance)] = planned
    tested = {(test.policy, test.rule) for test in header.registry_tests}
    other = NOT_ONE_VALUE if header.version >= _KEPT_SINCE else NOT_KEPT
    left_out += [("/".join(name), other) for name in rules if name not in tested]
    return Plan(judged, left_out)


def name_of(test: RegistryTest) -> str:
    """A rule as readers know it: `policy/rule[view=32-bit]`."""
    return f"{test.policy}/{test.rule}" + (f"[{test.instance}]" if test.instance else "")
