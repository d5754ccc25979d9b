"""What a fix leaves as it is, and why."""

from hklint.fact import Unreadable
from hklint.fix import Left, LeftWhy
from hklint.judging.basis import table_evidence
from hklint.judging.evaluate import Judgement
from hklint.judging.table import TableResult
from hklint.policy import ConsistentExpectation, OutcomeExpectation, ValueExpectation

_SAYS: dict[LeftWhy, str] = {
    "waived": "A waiver accepts it, so it stays as it is.",
    "conflict": "It can't pass together with another rule. Decide which of them is to hold.",
    "unread": (
        "What it rests on was not read, so nobody could put it back. Take a new snapshot that has "
        "it, with an account that may read it."
    ),
    "no-value": "The policy names no registry value that would mend it.",
    "live-request": (
        "It is about a live request, which no file can answer. Check again after the fix."
    ),
    "group": (
        "It compares the hosts of a group, and no fix decides which of them is right. Write a rule "
        "for what they should have."
    ),
    "not-judged": "Whether it is for this host is not known, so nothing is changed for it.",
    "not-found": "No set of values was found with which it passes and no other rule is lost.",
}


def left(name: str, judged: Judgement, *, waived: bool, clashing: bool) -> Left:
    """A verdict that the fix does not mend."""
    rule = judged.rule
    why = _why(judged, waived=waived, clashing=clashing)
    says = _SAYS[why]
    if rule.info.remedy and why in {"no-value", "live-request", "not-found"}:
        says += f" {rule.info.remedy}"
    return Left(name, rule.title, rule.info.severity, judged.outcome, why, says)


def _why(judged: Judgement, *, waived: bool, clashing: bool) -> LeftWhy:
    if waived:
        return "waived"
    if clashing:
        return "conflict"
    if judged.basis is None:
        return "not-judged"
    if isinstance(judged.rule.expectation, OutcomeExpectation):
        return "live-request"
    if isinstance(judged.rule.expectation, ConsistentExpectation):
        return "group"
    if _is_unread(judged):
        return "unread"
    names_none = isinstance(judged.rule.expectation, ValueExpectation)
    return "no-value" if names_none else "not-found"


def _is_unread(judged: Judgement) -> bool:
    if isinstance(judged.basis, TableResult):
        items = table_evidence(judged.basis)
        return any(isinstance(item.observation, Unreadable) for item in items)
    return isinstance(judged.basis, Unreadable)
