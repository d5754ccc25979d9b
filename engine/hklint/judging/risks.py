"""Risks: what mending a rule may break on a host, as its policy states it."""

from collections.abc import Iterator

from hklint.fact import Absent, Present, Unreadable
from hklint.judging import show
from hklint.judging.basis import unread
from hklint.judging.evaluate import judge_expectation, unmet_condition
from hklint.judging.plan import expectation_facts
from hklint.judging.table import TableResult
from hklint.policy import Risk, Rule
from hklint.snapshot import Snapshot
from hklint.verdict import Outcome


def risks(rule: Rule, snapshot: Snapshot) -> tuple[str, ...]:
    """What mending a rule may break on this host, each in a line.

    Whether a risk concerns it is asked of the host as it is before. Where that is not known the
    risk is told, with what is missing.
    """
    return tuple(line for risk in rule.risks for line in _told(risk, snapshot))


def _told(risk: Risk, snapshot: Snapshot) -> Iterator[str]:
    missing: list[str] = []
    unmet = unmet_condition(risk.conditions, snapshot)
    if unmet is not None:
        condition, seen = unmet
        if not isinstance(seen, Unreadable):
            return
        missing.append(f"{condition.fact}: {show.show(seen)}")
    if risk.expectation is not None:
        outcome, basis = judge_expectation(risk.expectation, snapshot)
        if outcome in {Outcome.FAIL, Outcome.NOT_APPLICABLE}:
            return
        if outcome is Outcome.UNKNOWN:
            missing += _unknown(risk, basis)
    if not missing:
        yield risk.what
    else:
        yield f"Perhaps: {risk.what} Not known: {'; '.join(dict.fromkeys(missing))}."


def _unknown(risk: Risk, basis: Present | Absent | Unreadable | TableResult) -> Iterator[str]:
    assert risk.expectation is not None
    if isinstance(basis, TableResult):
        yield from unread(basis)
        doubts = (basis.table.model.states[state] for state in sorted(basis.states))
        yield from (state.means.removesuffix(".") for state in doubts if state.doubt)
    else:
        (fact,) = expectation_facts(risk.expectation)
        yield f"{fact}: {show.show(basis)}"
