"""Explaining: from a judgement to a verdict in sentences.

What was read, what it means on that Windows, what follows, what to do.
"""

from collections import Counter
from collections.abc import Iterator
from typing import cast

from hklint.fact import Absent, Present, RegistryValue, Unreadable
from hklint.facts.problem import NOT_LISTED
from hklint.facts.web_request import MEANING as OUTCOME_MEANING
from hklint.facts.web_request import Outcome as RequestOutcome
from hklint.judging import reasons, remedy, show
from hklint.judging.basis import deciding_rows, table_evidence, unread
from hklint.judging.consistency import consistency
from hklint.judging.evaluate import Judgement, unmet_condition
from hklint.judging.plan import expectation_facts
from hklint.judging.risks import risks
from hklint.judging.table import TableResult, evaluate
from hklint.policy import (
    AbsentMeans,
    OutcomeExpectation,
    Policy,
    ValueExpectation,
)
from hklint.snapshot import Snapshot
from hklint.verdict import (
    Change,
    DecidingRow,
    Diagnosis,
    Evidence,
    Explanation,
    Outcome,
    Verdict,
)

MAX_ROWS_SHOWN = 4
_LISTING = (
    "write the endpoint anew with `hklint jea`, for this policy and the host's others, and "
    "register it there again"
)


def explain(judgement: Judgement, policy: Policy, snapshot: Snapshot) -> Verdict:
    """The verdict on one rule, with everything a reader needs to believe and to act on it."""
    rule, outcome = judgement.rule, judgement.outcome
    items = tuple(_evidence(judgement))
    found = judgement.basis
    rows = tuple(deciding_rows(found)) if isinstance(found, TableResult) else ()
    changes = remedy.changes(judgement, snapshot)
    needs_action = outcome in {Outcome.FAIL, Outcome.UNKNOWN}
    explanation = Explanation(
        read=show.read_lines(items),
        means=tuple(_means(judgement, rows)),
        missing=tuple(_missing(judgement)) if outcome is Outcome.UNKNOWN else (),
        matters=rule.info.why if needs_action else "",
        affects=risks(rule, snapshot) if needs_action else (),
        fix=tuple(_fix(changes, rule.info.remedy, items)) if needs_action else (),
        then=(
            (*_not_alone(changes, policy, snapshot), *_then(changes, items)) if needs_action else ()
        ),
    )
    return Verdict(
        policy.id,
        rule.info.id,
        rule.instance,
        rule.title,
        rule.info.severity,
        outcome,
        rule.expectation.wanted,
        reasons.found(judgement),
        reasons.reason(judgement),
        rule.span,
        items,
        rows,
        changes,
        explanation,
        consistency=consistency(judgement),
    )


def diagnose(policy: Policy, snapshot: Snapshot) -> Diagnosis | None:
    """The cause as the policy's diagnosis sees it; None if it has none or does not apply."""
    if policy.diagnosis is None or unmet_condition(policy.conditions, snapshot) is not None:
        return None
    return diagnosis_of(policy.id, evaluate(policy.diagnosis, snapshot))


def diagnosis_of(policy_id: str, result: TableResult) -> Diagnosis:
    """What a table came to, in sentences."""
    rows = tuple(deciding_rows(result))
    items = tuple(table_evidence(result))
    model = result.table.model
    if len(result.states) != 1:
        means = [model.states[name].means for name in sorted(result.states)]
        title = " Or: ".join(means[:MAX_ROWS_SHOWN])
        missing = "; ".join(dict.fromkeys(unread(result)))
        sentence = f"What would decide: {missing}." if missing else ""
        return Diagnosis(
            policy_id, model.id, "", title, sentence, works=False, rows=rows, evidence=items
        )
    state = model.states[next(iter(result.states))]
    sentences = list(dict.fromkeys(row.because for row in rows if row.model == model.id))
    sentence = sentences[0] if len(sentences) == 1 else "Either: " + " Or: ".join(sentences)
    return Diagnosis(
        policy_id, model.id, state.name, state.means, sentence, state.works, rows, items, state.next
    )


def _evidence(judgement: Judgement) -> Iterator[Evidence]:
    if judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        yield show.evidence(condition.fact, seen)
    elif isinstance(judgement.basis, TableResult):
        yield from table_evidence(judgement.basis)
    elif judgement.basis is not None:
        (fact,) = expectation_facts(judgement.rule.expectation)
        yield show.evidence(fact, judgement.basis)


def _means(judgement: Judgement, rows: tuple[DecidingRow, ...]) -> Iterator[str]:
    if judgement.not_judged is not None:
        return
    basis = judgement.basis
    if isinstance(basis, TableResult):
        sentences = list(dict.fromkeys(_row_sentences(rows)))
        most = len(sentences) if len(basis.rows) == 1 else MAX_ROWS_SHOWN
        yield from sentences[:most]
        if len(sentences) > most:
            yield f"... and {len(sentences) - most} more sentences like these"
        return
    match judgement.rule.expectation, basis:
        case ValueExpectation() as expectation, Absent():
            if isinstance(expectation.absent, AbsentMeans):
                counts = show.show_value(expectation.absent.value, expectation.type)
                yield f"Absent counts as {counts}."
        case ValueExpectation(type="any" | "key"), _:
            pass
        case ValueExpectation() as expectation, Present() if basis.type != expectation.type:
            yield f"The value is {basis.type}, but only {expectation.type} is read here."
        case OutcomeExpectation(), Present():
            yield _sentence(OUTCOME_MEANING[cast("RequestOutcome", basis.value)])
        case _:
            pass


def _row_sentences(rows: tuple[DecidingRow, ...]) -> Iterator[str]:
    """What each row says; one of several possible rows of a table with what it would mean."""
    possible = Counter(row.subject for row in rows)
    for row in rows:
        if possible[row.subject] == 1:
            yield row.because
        elif row.subject == rows[0].subject:
            yield f"{row.state}, if: {row.because}"
        else:
            yield f"{row.subject} {row.state}, if: {row.because}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _missing(judgement: Judgement) -> Iterator[str]:
    if reasons.waits_for_others(judgement):
        yield "what the other hosts of its group have"
    elif judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        yield f"{condition.fact}: {show.show(seen)}"
    elif isinstance(judgement.basis, TableResult):
        yield from dict.fromkeys(unread(judgement.basis))
    elif judgement.basis is not None:
        (fact,) = expectation_facts(judgement.rule.expectation)
        yield f"{fact}: {show.show(judgement.basis)}"


def _fix(
    changes: tuple[Change, ...], remedy_text: str, items: tuple[Evidence, ...]
) -> Iterator[str]:
    keys: dict[str, list[str]] = {}
    for change in changes:
        fact = change.fact
        assert isinstance(fact, RegistryValue)
        place = f"{fact.hive}\\{fact.key} [{fact.view}]"
        keys.setdefault(place, []).append(f"    {_line(fact.value or '(default)', change)}")
    for place, lines in keys.items():
        yield place
        yield from lines
    refused = _refused(items)
    if refused and not changes:
        yield f"If hosts may be asked for it: {'; '.join(refused)}."
    elif remedy_text:
        yield remedy_text
    elif not changes and any(_is_unread_value(item) for item in items):
        yield "No change is proposed: what could not be read could not be put back either."


def _line(name: str, change: Change) -> str:
    if change.value is None:
        return f"{name}: delete this value"
    return f"{name} = {show.show(Present(change.type, change.value))}"


def _refused(items: tuple[Evidence, ...]) -> list[str]:
    """What would allow what was not allowed to be asked for."""
    seen = [item.observation for item in items if isinstance(item.observation, Unreadable)]
    ways = (
        _LISTING if item == NOT_LISTED else item.detail
        for item in seen
        if item.reason == "not-allowed"
    )
    return list(dict.fromkeys(ways))


def _is_unread_value(item: Evidence) -> bool:
    return isinstance(item.fact, RegistryValue) and isinstance(item.observation, Unreadable)


def _not_alone(changes: tuple[Change, ...], policy: Policy, snapshot: Snapshot) -> Iterator[str]:
    broken = remedy.broken_by(changes, policy.rules, snapshot) if changes else ()
    if broken:
        names = ", ".join(dict.fromkeys(rule.info.id for rule in broken))
        yield (
            f"Don't make this change alone: {names} would no longer pass. "
            "Make the changes of all failed rules together."
        )


def _then(changes: tuple[Change, ...], items: tuple[Evidence, ...]) -> Iterator[str]:
    needs = {change.restart for change in changes}
    if "computer" in needs:
        yield "Restart the computer: until then nothing changes. Then check again."
    elif "service" in needs:
        yield "Restart the service concerned, then check again."
    elif changes:
        yield "Check again."
    else:
        unread = [item.observation for item in items if isinstance(item.observation, Unreadable)]
        if any(seen.reason == "access-denied" for seen in unread):
            yield "Check again with an account that may read it."
        elif any(seen.reason == "not-allowed" for seen in unread):
            yield "Check again; a snapshot has to be taken anew."
        elif any(seen.reason == "not-asked" for seen in unread):
            yield "Take a new snapshot with this policy: the one there is was taken for another."
        elif unread:
            yield "Find out on the host why it could not be read, and check again."
