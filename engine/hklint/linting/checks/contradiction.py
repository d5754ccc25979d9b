"""HK609: two rules that no host can satisfy both."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.rule_pairs import exclude_each_other, pairs, said_at
from hklint.linting.checks.scope import Scope
from hklint.policy import (
    AbsentMeans,
    OutcomeExpectation,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.span import Diagnostic
from hklint.values import contains, is_empty, normal


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules of all policies that are linted together, where one passes and the other fails."""
    for first, second in pairs(scope.policies):
        if _contradict(first.rule, second.rule):
            place = said_at(first.rule.span, second.rule.span)
            message = (
                f"rule {first.name} ({place}) wants {first.rule.expectation.wanted}, "
                f"this wants {second.rule.expectation.wanted}: no host can satisfy both"
            )
            hint = "change one of them, or say with applies_to which hosts each is for"
            yield Diagnostic(second.rule.span, message, hint, Code.CONTRADICTION)


def _contradict(first: Rule, second: Rule) -> bool:
    match first.expectation, second.expectation:
        case ValueExpectation() as one, ValueExpectation() as other:
            both_absent = _passes_absent(one) and _passes_absent(other)
            return not both_absent and not _share_a_value(one, other)
        case StateExpectation(states=states), StateExpectation(states=others):
            return not states & others
        case OutcomeExpectation(outcomes=outcomes), OutcomeExpectation(outcomes=others):
            return not outcomes & others
        case _:
            return False


def _share_a_value(one: ValueExpectation, other: ValueExpectation) -> bool:
    """Whether a value that is there may pass both; if that is not sure, it may."""
    if is_empty(one.values) or is_empty(other.values):
        return False
    if "any" in (one.type, other.type) or "key" in (one.type, other.type):
        return True
    if one.type != other.type:
        return False
    return one.exact != other.exact or not exclude_each_other(one.values, other.values)


def _passes_absent(item: ValueExpectation) -> bool:
    if isinstance(item.absent, AbsentMeans):
        value = normal(item.type, item.absent.value, exact=item.exact)
        return value is not None and contains(item.values, value)
    return item.absent != "fail"
