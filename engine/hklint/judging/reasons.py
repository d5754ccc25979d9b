"""What a verdict says in a few words: what was found, and why it is unknown or does not apply."""

from hklint.fact import Absent, Observation, Present, Unreadable
from hklint.judging import show
from hklint.judging.basis import open_inputs
from hklint.judging.consistency import consistency
from hklint.judging.evaluate import Judgement
from hklint.judging.table import TableResult
from hklint.policy import Condition
from hklint.verdict import Outcome


def found(judgement: Judgement) -> str:
    """What a rule rests on was found to be."""
    if judgement.not_judged is not None:
        return ""
    basis = judgement.basis
    match basis:
        case TableResult():
            return " or ".join(sorted(basis.states))
        case Present(type="outcome"):
            return str(basis.value)
        case None:
            return ""
        case _:
            return show.show(basis)


def reason(judgement: Judgement) -> str:
    """Why a rule is unknown or not applicable."""
    if judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        what = "rule" if condition in judgement.rule.conditions else "policy"
        return _condition_reason(what, condition, seen)
    if judgement.outcome is Outcome.NOT_APPLICABLE:
        return "the value is absent, and the rule is only about hosts that have it"
    if judgement.outcome is not Outcome.UNKNOWN:
        return ""
    return _not_known(judgement)


def _not_known(judgement: Judgement) -> str:
    if waits_for_others(judgement):
        return "the other hosts of its group are not looked at here"
    if isinstance(judgement.basis, TableResult):
        states = judgement.basis.table.model.states
        doubts = [states[name] for name in judgement.basis.states if states[name].doubt]
        if len(judgement.basis.states) == 1 and doubts:
            return f"{doubts[0].name}: {doubts[0].means}"
        if all(isinstance(seen, Present) for _, seen in open_inputs(judgement.basis)):
            return "a fact that decides has a type whose meaning is not documented"
        return "a fact that decides could not be read"
    if isinstance(judgement.basis, Unreadable) and judgement.basis.reason == "not-allowed":
        return "the fact is not allowed to be asked for"
    return "the fact could not be read"


def waits_for_others(judgement: Judgement) -> bool:
    """Whether all is known of this host, and the others of its group would decide."""
    own = consistency(judgement)
    return own is not None and bool(own.digest)


def _condition_reason(what: str, condition: Condition, seen: Observation) -> str:
    field = condition.fact.field
    match seen:
        case Absent():
            return (
                f"the host has no {field}; the {what} is for hosts where it is {condition.wanted}"
            )
        case Unreadable():
            return f"whether the {what} applies is not known: {field}: {show.show(seen)}"
        case _:
            return f"{field} is {show.show(seen)}, and the {what} is for {condition.wanted}"
