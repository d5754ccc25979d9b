"""Explaining: from a judgement to a verdict in sentences.

What was read, what it means on that Windows, what follows, what to do.
"""

from collections.abc import Iterator, Mapping
from typing import assert_never

from hklint import remedy, show
from hklint.evaluate import Judgement, TableResult, evaluate, unmet_condition
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue, Unreadable
from hklint.facts.web_request import MEANING as OUTCOME_MEANING
from hklint.model import FactInput, RequestInput, Row, Table
from hklint.placeholders import fill
from hklint.policy import (
    AbsentMeans,
    Condition,
    OutcomeExpectation,
    Policy,
    StateExpectation,
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


def explain(judgement: Judgement, policy: Policy, snapshot: Snapshot) -> Verdict:
    """The verdict on one rule, with everything a reader needs to believe and to act on it."""
    rule, outcome = judgement.rule, judgement.outcome
    items = tuple(_evidence(judgement))
    rows = tuple(_deciding_rows(judgement.basis))
    changes = remedy.changes(judgement, snapshot)
    needs_action = outcome in {Outcome.FAIL, Outcome.UNKNOWN}
    explanation = Explanation(
        read=show.read_lines(items),
        means=tuple(_means(judgement, rows)),
        missing=tuple(_missing(judgement)) if outcome is Outcome.UNKNOWN else (),
        matters=rule.info.why if needs_action else "",
        fix=tuple(_fix(changes, rule.info.remedy)) if needs_action else (),
        then=tuple(_then(changes)) if needs_action else (),
    )
    return Verdict(
        policy.id,
        rule.info.id,
        rule.instance,
        rule.title,
        rule.info.severity,
        outcome,
        rule.expectation.wanted,
        _found(judgement),
        _reason(judgement),
        rule.span,
        items,
        rows,
        changes,
        explanation,
    )


def diagnose(policy: Policy, snapshot: Snapshot) -> Diagnosis | None:
    """The cause as the policy's diagnosis sees it; None if it has none or does not apply."""
    if policy.diagnosis is None or unmet_condition(policy, snapshot) is not None:
        return None
    result = evaluate(policy.diagnosis, snapshot)
    rows = tuple(_deciding_rows(result))
    items = tuple(_table_evidence(result))
    model = result.table.model
    if len(result.states) != 1:
        means = [model.states[name].means for name in sorted(result.states)]
        title = " Or: ".join(means[:MAX_ROWS_SHOWN])
        missing = "; ".join(dict.fromkeys(_unread(result)))
        sentence = f"What would decide: {missing}." if missing else ""
        return Diagnosis(
            policy.id, model.id, "", title, sentence, works=False, rows=rows, evidence=items
        )
    state = model.states[next(iter(result.states))]
    sentence = " ".join(dict.fromkeys(row.because for row in rows if row.model == model.id))
    return Diagnosis(
        policy.id, model.id, state.name, state.means, sentence, state.works, rows, items, state.next
    )


def _evidence(judgement: Judgement) -> Iterator[Evidence]:
    if judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        yield show.evidence(condition.fact, seen)
    elif isinstance(judgement.basis, TableResult):
        yield from _table_evidence(judgement.basis)
    elif judgement.basis is not None:
        expectation = judgement.rule.expectation
        assert not isinstance(expectation, StateExpectation)
        yield show.evidence(expectation.fact, judgement.basis)


def _table_evidence(result: TableResult) -> Iterator[Evidence]:
    seen: set[Fact] = set()
    for fact, observation in _table_observations(result):
        if fact not in seen:
            seen.add(fact)
            yield show.evidence(fact, observation)


def _table_observations(result: TableResult) -> Iterator[tuple[Fact, Observation]]:
    for item in result.inputs:
        if isinstance(item.source, TableResult):
            yield from _table_observations(item.source)
        else:
            assert not isinstance(item.item.asks, Table)
            yield item.item.asks, item.source


def _deciding_rows(basis: Observation | TableResult | None) -> Iterator[DecidingRow]:
    """The rows that are possible, each table's before those of the tables it asks."""
    if not isinstance(basis, TableResult):
        return
    model = basis.table.model
    for row in basis.rows:
        because = fill(row.because, _texts(basis))
        yield DecidingRow(
            model.id, basis.table.subject, row.number, len(model.rows), row.state, because, row.span
        )
    for item in basis.inputs:
        if isinstance(item.source, TableResult) and _matters(item.item.input.name, basis.rows):
            yield from _deciding_rows(item.source)


def _matters(name: str, rows: tuple[Row, ...]) -> bool:
    return any(name in row.when for row in rows)


def _texts(result: TableResult) -> Mapping[str, object]:
    texts: dict[str, object] = dict(result.table.arguments)
    for item in result.inputs:
        name = item.item.input.name
        texts[f"{name}.case"] = " or ".join(sorted(item.cases))
        if not isinstance(item.source, TableResult):
            texts[f"{name}.value"] = _value_in_text(item.source)
    return texts


def _value_in_text(seen: Observation) -> str:
    match seen:
        case Present() if seen.type.startswith("REG_"):
            return show.show_value(seen.value)
        case Present():
            return str(seen.value)
        case Absent():
            return "absent"
        case Unreadable():
            return "not known"
        case _:
            assert_never(seen)


def _means(judgement: Judgement, rows: tuple[DecidingRow, ...]) -> Iterator[str]:
    if judgement.not_judged is not None:
        return
    basis = judgement.basis
    if isinstance(basis, TableResult):
        decided = len(basis.rows) == 1
        sentences = list(dict.fromkeys(_row_sentence(row, decided=decided) for row in rows))
        yield from sentences[:MAX_ROWS_SHOWN]
        if len(sentences) > MAX_ROWS_SHOWN:
            yield f"... and {len(sentences) - MAX_ROWS_SHOWN} more possibilities"
        return
    match judgement.rule.expectation, basis:
        case ValueExpectation() as expectation, Absent():
            if isinstance(expectation.absent, AbsentMeans):
                yield f"Absent counts as {expectation.absent.value}."
        case ValueExpectation() as expectation, Present() if basis.type != expectation.type:
            yield f"The value is {basis.type}, but only {expectation.type} is read here."
        case OutcomeExpectation(), Present():
            yield _sentence(OUTCOME_MEANING.get(str(basis.value), ""))  # type: ignore[call-overload]
        case _:
            pass


def _row_sentence(row: DecidingRow, *, decided: bool) -> str:
    return row.because if decided else f"{row.state}, if: {row.because}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _missing(judgement: Judgement) -> Iterator[str]:
    if judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        yield f"{condition.fact}: {show.show(seen)}"
    elif isinstance(judgement.basis, TableResult):
        yield from dict.fromkeys(_unread(judgement.basis))
    elif judgement.basis is not None:
        expectation = judgement.rule.expectation
        assert not isinstance(expectation, StateExpectation)
        yield f"{expectation.fact}: {show.show(judgement.basis)}"


def _unread(result: TableResult) -> Iterator[str]:
    """The facts that leave more than one case open, where the possible rows ask for them."""
    for item in result.inputs:
        if not _matters(item.item.input.name, result.rows):
            continue
        if isinstance(item.source, TableResult):
            yield from _unread(item.source)
        elif len(item.cases) > 1:
            yield f"{item.item.asks}: {_why_open(item.item.input, item.source)}"


def _why_open(item: object, seen: Observation) -> str:
    if isinstance(item, FactInput) and isinstance(seen, Present) and seen.type != item.type:
        return f"{show.show(seen)}; what Windows makes of this type is not documented"
    if isinstance(item, FactInput | RequestInput):
        return show.show(seen)
    return ""


def _fix(changes: tuple[Change, ...], remedy_text: str) -> Iterator[str]:
    keys: dict[str, list[str]] = {}
    for change in changes:
        fact = change.fact
        assert isinstance(fact, RegistryValue)
        shown = f'"{change.value}"' if isinstance(change.value, str) else change.value
        place = f"{fact.hive}\\{fact.key} [{fact.view}]"
        keys.setdefault(place, []).append(f"    {fact.value} = {shown} ({change.type})")
    for place, lines in keys.items():
        yield place
        yield from lines
    if remedy_text:
        yield remedy_text


def _then(changes: tuple[Change, ...]) -> Iterator[str]:
    needs = {change.restart for change in changes}
    if "computer" in needs:
        yield "Restart the computer: until then nothing changes. Then check again."
    elif "service" in needs:
        yield "Restart the service concerned, then check again."
    elif changes:
        yield "Check again."


def _found(judgement: Judgement) -> str:
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


def _reason(judgement: Judgement) -> str:
    if judgement.not_judged is not None:
        condition, seen = judgement.not_judged
        return _condition_reason(condition, seen)
    if judgement.outcome is Outcome.NOT_APPLICABLE:
        return "the value is absent, and the rule is only about hosts that have it"
    if judgement.outcome is not Outcome.UNKNOWN:
        return ""
    if isinstance(judgement.basis, TableResult):
        states = judgement.basis.table.model.states
        doubts = [states[name] for name in judgement.basis.states if states[name].doubt]
        if len(judgement.basis.states) == 1 and doubts:
            return f"{doubts[0].name}: {doubts[0].means}"
        return "a fact that decides could not be read"
    return "the fact could not be read"


def _condition_reason(condition: Condition, seen: Observation) -> str:
    what = condition.fact.field
    match seen:
        case Absent():
            return f"the host has no {what}; the policy is for hosts where it is {condition.wanted}"
        case Unreadable():
            return f"whether the policy applies is not known: {what} {show.show(seen)}"
        case _:
            return f"{what} is {show.show(seen)}, and the policy is for {condition.wanted}"
