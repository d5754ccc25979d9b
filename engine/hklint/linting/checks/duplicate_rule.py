"""HK608: two rules of one policy that ask the same of the same thing."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.rule_pairs import pairs, said_at
from hklint.linting.checks.scope import Scope
from hklint.policy import (
    ConsistentExpectation,
    OutcomeExpectation,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.span import Diagnostic


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules that always have the same verdict; over several policies that can be meant."""
    for file in scope.policies:
        for first, second in pairs((file,)):
            if first.rule.conditions == second.rule.conditions and _same(first.rule, second.rule):
                place = said_at(first.rule.span, second.rule.span)
                message = f"rule {first.name} ({place}) asks the same of the same thing"
                hint = "remove one of them"
                yield Diagnostic(second.rule.span, message, hint, Code.DUPLICATE_RULE)


def _same(first: Rule, second: Rule) -> bool:
    match first.expectation, second.expectation:
        case ValueExpectation() as one, ValueExpectation() as other:
            return (one.type, one.values, one.absent) == (other.type, other.values, other.absent)
        case StateExpectation(states=states), StateExpectation(states=others):
            return states == others
        case OutcomeExpectation(outcomes=outcomes), OutcomeExpectation(outcomes=others):
            return outcomes == others
        case ConsistentExpectation(exact=exact), ConsistentExpectation(exact=other):
            return exact == other
        case _:
            return False
