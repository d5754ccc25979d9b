"""The registry rules of a policy as data, for judges that know no policies."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from hklint import values
from hklint.cover import Value
from hklint.fact import Absent, Data
from hklint.judging.evaluate import judge_value
from hklint.policy import Policy, Rule, ValueExpectation
from hklint.registry_test import Question, RegistryTest
from hklint.values import Cut, Ranges, ValueSet


def registry_tests(policy: Policy) -> Iterator[RegistryTest]:
    """What each rule asks that is on one registry value, name or key."""
    for rule in policy.rules:
        if isinstance(rule.expectation, ValueExpectation):
            yield _registry_test(policy, rule, rule.expectation)


def _registry_test(policy: Policy, rule: Rule, expectation: ValueExpectation) -> RegistryTest:
    most = values.highest(expectation.type)
    return RegistryTest(
        policy=policy.id,
        rule=rule.info.id,
        instance=rule.instance,
        title=rule.title,
        fact=expectation.fact,
        type=expectation.type,
        wanted=expectation.wanted,
        ways=tuple(
            tuple(question for question in way if not _is_always_answered(question, most))
            for way in _ways(expectation.values)
        ),
        exact=expectation.exact,
        absent=judge_value(expectation, Absent("value")),
    )


def _ways(allowed: ValueSet) -> Iterator[list[Question]]:
    """The ways to be in a set of the values of a registry type."""
    if isinstance(allowed, Ranges):
        for start, end in allowed.spans:
            yield list(_between(start, end))
        return
    for data in _in_order(allowed.yes):
        yield [Question("equals", data)]
    refused = [Question("equals", data, answer=False) for data in _in_order(allowed.no)]
    for box in allowed.others:
        asked = [Question(test.kind, test.operand, wanted) for test, wanted in box.items()]
        yield asked + refused


def _between(start: Cut, end: Cut) -> Iterator[Question]:
    """What is asked of the numbers from one cut to another, each of which is before a number."""
    low, high = start[0], end[0]
    if isinstance(low, int) and high == low + 1:
        yield Question("equals", low)
        return
    if isinstance(low, int):
        yield Question("from", low)
    if isinstance(high, int):
        yield Question("from", high, answer=False)


def _in_order(found: Iterable[Value]) -> Sequence[Data]:
    """Values of one registry type, which are no versions."""
    return sorted(cast("Iterable[str]", found))


def _is_always_answered(question: Question, most: int | None) -> bool:
    """Whether no number of the type has another answer."""
    if question.kind != "from" or most is None:
        return False
    return question.operand == 0 if question.answer else question.operand == most + 1
