"""From the hosts of a run to the shapes of the JSON report."""

from collections.abc import Iterable
from typing import assert_never

from hklint import consistency
from hklint import fact as facts
from hklint import run as runs
from hklint import verdict as verdicts
from hklint import waiver as waivers
from hklint.clock import utc
from hklint.counting import prevents_a_pass
from hklint.failure import ADVICE, MEANING, Failure
from hklint.span import Span
from hklint.tally import recorded_at
from hklint.waiver import moment_text
from hklint_reports.json_document import host_shapes as shapes
from hklint_reports.text import visible

MOST_TEXTS = 200
"""Texts of one REG_MULTI_SZ; what is beyond is counted in one more."""


def host_shape(header: runs.RunHeader, result: runs.HostResult) -> shapes.Host:
    """One host. Every text passes `visible` on its way."""
    recorded = recorded_at(header, result)
    return shapes.Host(
        name=visible(result.host),
        target=visible(result.target),
        windows=visible(result.windows),
        started=moment_or_none(result.started),
        seconds=result.seconds,
        recorded=bool(recorded),
        recorded_at=moment_or_none(recorded),
        failure=_failure(result.failure),
        diagnoses=tuple(_diagnosis(diagnosis) for diagnosis in result.diagnoses),
        verdicts=tuple(_verdict(header, verdict) for verdict in result.verdicts),
        gone=tuple(
            shapes.Gone(
                visible(gone.policy),
                visible(gone.rule),
                visible(gone.instance),
                visible(gone.title),
                gone.severity,
                gone.now or None,
            )
            for gone in result.gone
        ),
        since=result.since or None,
    )


def _failure(failure: Failure | None) -> shapes.Failure | None:
    if failure is None:
        return None
    reason = failure.reason
    phase, detail = visible(failure.phase), visible(failure.detail)
    return shapes.Failure(reason, phase, detail, MEANING[reason], ADVICE[reason])


def _diagnosis(diagnosis: verdicts.Diagnosis) -> shapes.Diagnosis:
    return shapes.Diagnosis(
        policy=visible(diagnosis.policy),
        model=visible(diagnosis.model),
        state=visible(diagnosis.state),
        title=visible(diagnosis.title),
        sentence=visible(diagnosis.sentence),
        works=diagnosis.works,
        facts=tuple(_fact(evidence) for evidence in diagnosis.evidence),
        rows=tuple(_row(row) for row in diagnosis.rows),
        next_steps=texts_of(diagnosis.next_steps),
    )


def _verdict(header: runs.RunHeader, verdict: verdicts.Verdict) -> shapes.Verdict:
    said = verdict.explanation
    return shapes.Verdict(
        name=visible(verdict.name),
        policy=visible(verdict.policy),
        rule=visible(verdict.rule),
        instance=visible(verdict.instance),
        title=visible(verdict.title),
        severity=verdict.severity,
        outcome=verdict.outcome,
        counts=prevents_a_pass(header, verdict),
        expected=visible(verdict.wanted),
        found=visible(verdict.found),
        reason=visible(verdict.reason),
        place=place_of(verdict.span),
        waiver=_mark(verdict.waiver),
        expired_waiver=_mark(verdict.expired_waiver),
        baseline_state=verdict.baseline_state or None,
        effect=verdict.effect or None,
        since=verdict.since or None,
        facts=tuple(_fact(evidence) for evidence in verdict.evidence),
        rows=tuple(_row(row) for row in verdict.rows),
        explanation=shapes.Explanation(
            read=texts_of(said.read),
            means=texts_of(said.means),
            missing=texts_of(said.missing),
            matters=visible(said.matters),
            affects=texts_of(said.affects),
            fix=texts_of(said.fix),
            then=texts_of(said.then),
        ),
        changes=tuple(_change(change) for change in verdict.changes),
        consistency=_consistency(verdict.consistency),
    )


def _consistency(found: consistency.Consistency | None) -> shapes.Consistency | None:
    if found is None:
        return None
    return shapes.Consistency(
        group=visible(found.group),
        has=visible(found.has),
        hosts=found.hosts,
        different=found.different,
        shares=tuple(map(_share, found.shares)),
        not_known=None if found.not_known is None else _share(found.not_known),
    )


def _share(share: consistency.Share) -> shapes.Share:
    return shapes.Share(visible(share.has), share.hosts, texts_of(share.names))


def _mark(mark: waivers.WaiverMark | None) -> shapes.Mark | None:
    if mark is None:
        return None
    return shapes.Mark(
        id=visible(mark.id),
        reason=visible(mark.reason),
        owner=visible(mark.owner),
        approver=visible(mark.approver),
        ticket=visible(mark.ticket),
        until=moment_text(mark.until),
        place=place_of(mark.span),
    )


def _row(row: verdicts.DecidingRow) -> shapes.Row:
    return shapes.Row(
        model=visible(row.model),
        subject=visible(row.subject),
        number=row.number,
        of=row.of,
        state=visible(row.state),
        because=visible(row.because),
        place=place_of(row.span),
    )


def _fact(evidence: verdicts.Evidence) -> shapes.Fact:
    return shapes.Fact(
        name=visible(str(evidence.fact)),
        shown=visible(evidence.shown),
        asked=_asked(evidence.fact),
        found=_found(evidence.observation),
    )


def _change(change: verdicts.Change) -> shapes.Change:
    return shapes.Change(
        name=visible(str(change.fact)),
        asked=_asked(change.fact),
        type=visible(change.type),
        data=None if change.value is None else _data(change.value),
        restart=change.restart,
    )


def _asked(asked: facts.Fact) -> shapes.Asked:
    match asked:
        case facts.RegistryValue(hive, key, value, view):
            return shapes.AskedValue(hive, visible(key), visible(value), view)
        case facts.RegistryName(hive, key, value, view):
            return shapes.AskedName(hive, visible(key), visible(value), view)
        case facts.RegistryKey(hive, key, view):
            return shapes.AskedKey(hive, visible(key), view)
        case facts.HostField(field):
            return shapes.AskedField(visible(field))
        case facts.WebRequest(uri, way):
            return shapes.AskedRequest(visible(uri), way)
        case _:
            assert_never(asked)


def _found(seen: facts.Observation) -> shapes.Found:
    match seen:
        case facts.Present(kind, value):
            return shapes.Present(visible(kind), _data(value))
        case facts.Absent(what):
            return shapes.Absent(what)
        case facts.Unreadable(reason, detail):
            return shapes.Unreadable(reason, visible(detail))
        case _:
            assert_never(seen)


def _data(value: facts.Data) -> shapes.Data:
    match value:
        case int():
            return value
        case str():
            return visible(value)
        case _:
            more = len(value) - MOST_TEXTS
            cut = (f"... [{more} more texts]",) if more > 0 else ()
            return texts_of(value[:MOST_TEXTS]) + cut


def place_of(span: Span) -> shapes.Place:
    """A place in a document."""
    return shapes.Place(visible(span.path), span.line, span.column)


def texts_of(texts: Iterable[str]) -> tuple[str, ...]:
    """Several texts, fit to be shown."""
    return tuple(map(visible, texts))


def moment_or_none(text: str) -> str | None:
    """A time as reports show it, or None where the text names none."""
    try:
        return moment_text(utc(text))
    except ValueError:
        return None
