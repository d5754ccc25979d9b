"""Coverage: which rows of tables, and which outcomes of rules, tests have met.

Only what a test expects counts. A row is met where it alone was possible and the expectation rests
on it; an outcome is met where a test expected it and it came. What is merely evaluated on the way
is not met: if it were wrong, no test would tell.
"""

from collections.abc import Iterable, Iterator

from hklint.facts.web_request import OUTCOMES
from hklint.judging.table import TableResult
from hklint.model import Model, Table
from hklint.policy import Expectation, OutcomeExpectation, Policy, StateExpectation
from hklint.policy_tests.expected import rule_name
from hklint.policy_tests.results import Coverage, Unmet
from hklint.verdict import Outcome


class Met:
    """What tests have met so far."""

    def __init__(self) -> None:
        self.outcomes: set[tuple[str, str, Outcome]] = set()
        """Policy, verdict and its outcome."""
        self.rows: set[tuple[str, int]] = set()
        """Model and number of the row."""

    def table(self, result: TableResult) -> None:
        """Notes the rows that decided, in a table and in those that it asks on the way."""
        if len(result.rows) != 1:
            return
        (row,) = result.rows
        self.rows.add((result.table.model.id, row.number))
        for item in result.inputs:
            if isinstance(item.source, TableResult) and item.item.input.name in row.when:
                self.table(item.source)


def coverage(policies: Iterable[Policy], models: Iterable[Model], met: Met) -> Coverage:
    """How much of these policies and models was met."""
    outcomes: list[Unmet | None] = []
    for policy in policies:
        for rule in policy.rules:
            name = rule_name(rule)
            for outcome in possible_outcomes(rule.expectation):
                found = (policy.id, name, outcome) in met.outcomes
                what = f"rule {name}: no test expects {outcome}"
                outcomes.append(None if found else Unmet(rule.info.span, what))
    rows: list[Unmet | None] = []
    for model in models:
        for row in model.rows:
            what = f"model {model.id}, row {row.number} of {len(model.rows)}: {row.state}"
            found = (model.id, row.number) in met.rows
            rows.append(None if found else Unmet(row.span, what))
    unmet = [item for item in (*outcomes, *rows) if item is not None]
    unmet.sort(key=lambda item: (item.span.path, item.span.line, item.what))
    return Coverage(len(rows), rows.count(None), len(outcomes), outcomes.count(None), tuple(unmet))


def possible_outcomes(expectation: Expectation) -> Iterator[Outcome]:
    """Whether some host passes, and whether some host fails, as far as the tables tell.

    A value can always be wrong: it may be of another type. A state that no row comes to, with the
    parameters that are given, can neither pass nor fail a rule; nor can a state of doubt.
    """
    match expectation:
        case StateExpectation(table=table):
            known = table.model.states
            decided = {state for state in _states(table) if not known[state].doubt}
            if decided & expectation.states:
                yield Outcome.PASS
            if decided - expectation.states:
                yield Outcome.FAIL
        case OutcomeExpectation():
            yield Outcome.PASS
            if expectation.outcomes < frozenset(OUTCOMES):
                yield Outcome.FAIL
        case _:
            yield Outcome.PASS
            yield Outcome.FAIL


def _states(table: Table) -> frozenset[str]:
    """The states that a table can come to, given those that the tables it asks can come to."""
    possible = {
        item.input.name: _states(item.asks) for item in table.inputs if isinstance(item.asks, Table)
    }
    return frozenset(
        row.state
        for row in table.rows
        if all(possible[name] & names for name, names in row.when.items() if name in possible)
    )
