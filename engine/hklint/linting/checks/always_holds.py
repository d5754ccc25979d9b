"""HK610: a rule that every value passes."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.cover import TooManyBoxesError
from hklint.facts.web_request import OUTCOMES
from hklint.linting.checks.rule_pairs import exclude_each_other
from hklint.linting.checks.scope import Scope
from hklint.policy import (
    ConsistentExpectation,
    OutcomeExpectation,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.span import Diagnostic
from hklint.values import ValueSet, all_of_type, complement, kind_of


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules that nothing can fail but a missing value or a wrong type."""
    for file in scope.policies:
        for rule in file.linked.rules:
            message = _why(rule)
            if message:
                hint = "narrow it; to ask only that a value is there, write exists: true"
                yield Diagnostic(rule.span, message, hint, Code.ALWAYS_HOLDS)


def _why(rule: Rule) -> str:
    match rule.expectation:
        case ValueExpectation(type=type_name, values=values):
            if kind_of(type_name) == "existence":
                return ""
            return f"every {type_name} passes" if _is_everything(type_name, values) else ""
        case StateExpectation(table=table, states=states):
            sure = {row.state for row in table.rows if not table.model.states[row.state].doubt}
            return "every state that the model comes to passes" if sure <= states else ""
        case OutcomeExpectation(outcomes=outcomes):
            return "every outcome passes" if outcomes >= set(OUTCOMES) else ""
        case ConsistentExpectation():
            return ""


def _is_everything(type_name: str, values: ValueSet) -> bool:
    try:
        return exclude_each_other(all_of_type(type_name), complement(values))
    except TooManyBoxesError:
        return False
