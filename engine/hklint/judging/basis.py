"""The basis of a judgement by a table: the facts it saw, the rows that decided, what is open."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from hklint.fact import Absent, Fact, Observation, Present, Unreadable
from hklint.judging import show
from hklint.judging.table import TableResult
from hklint.language.placeholders import fill
from hklint.model import FactInput, Row, Table, TableInput
from hklint.verdict import DecidingRow, Evidence


def table_evidence(result: TableResult) -> Iterator[Evidence]:
    """Every fact the table and those it asks are about, once each."""
    seen: set[Fact] = set()
    for fact, observation in _observations(result):
        if fact not in seen:
            seen.add(fact)
            yield show.evidence(fact, observation)


def _observations(result: TableResult) -> Iterator[tuple[Fact, Observation]]:
    for item in result.inputs:
        if isinstance(item.source, TableResult):
            yield from _observations(item.source)
        else:
            assert not isinstance(item.item.asks, Table)
            yield item.item.asks, item.source


def deciding_rows(result: TableResult) -> Iterator[DecidingRow]:
    """The rows that are possible, each table's before those of the tables it asks."""
    model, subject = result.table.model, result.table.subject
    for row in result.rows:
        because = fill(row.because, _texts(result, row))
        number, of = row.number, len(model.rows)
        yield DecidingRow(model.id, subject, number, of, row.state, because, row.span)
    for item in result.inputs:
        if isinstance(item.source, TableResult) and _matters(item.item.input.name, result.rows):
            yield from deciding_rows(item.source)


def _matters(name: str, rows: tuple[Row, ...]) -> bool:
    return any(name in row.when for row in rows)


def _texts(result: TableResult, row: Row) -> Mapping[str, object]:
    """What the names in a row's sentence stand for; for an input left open, the row's own case."""
    texts: dict[str, object] = dict(result.table.arguments)
    for item in result.inputs:
        name = item.item.input.name
        case = " or ".join(sorted(item.cases & row.when.get(name, item.cases)))
        texts[f"{name}.case"] = case
        if not isinstance(item.source, TableResult):
            supposed = len(item.cases) > 1 and name in row.when
            texts[f"{name}.value"] = case if supposed else _value_in_text(item.source)
    return texts


def _value_in_text(seen: Observation) -> str:
    match seen:
        case Present() if seen.type.startswith("REG_"):
            return show.show_value(seen.value, seen.type)
        case Present(type="key"):
            return show.show(seen)
        case Present():
            return str(seen.value)
        case Absent():
            return "absent"
        case Unreadable():
            return "not known"
        case _:
            assert_never(seen)


def unread(result: TableResult) -> Iterator[str]:
    """The facts that leave more than one case open, with what was seen of them."""
    for item, seen in open_inputs(result):
        wrong_type = isinstance(seen, Present) and isinstance(item.input, FactInput)
        addition = "; what Windows makes of this type is not documented" if wrong_type else ""
        yield f"{item.asks}: {show.show(seen)}{addition}"


def open_inputs(result: TableResult) -> Iterator[tuple[TableInput, Observation]]:
    """The inputs in more than one case, where the possible rows ask for them."""
    for item in result.inputs:
        if not _matters(item.item.input.name, result.rows):
            continue
        if isinstance(item.source, TableResult):
            yield from open_inputs(item.source)
        elif len(item.cases) > 1:
            yield item.item, item.source
