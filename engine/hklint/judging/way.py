"""The way from facts to a verdict: the tables that were asked, each after those that it asks."""

from collections.abc import Iterator
from itertools import islice

import msgspec

from hklint.judging import show
from hklint.judging.basis import deciding_rows
from hklint.judging.table import InputResult, TableResult
from hklint.model import Table
from hklint.verdict import DecidingRow


class InputStep(msgspec.Struct, frozen=True):
    """An input with the cases it may be in; `shown` is what was seen, or what it asks came to."""

    name: str
    asks: str
    shown: str
    cases: tuple[str, ...]


class TableStep(msgspec.Struct, frozen=True):
    """A table with its inputs, the rows that are possible, and the states they give."""

    model: str
    subject: str
    inputs: tuple[InputStep, ...]
    rows: tuple[DecidingRow, ...]
    states: tuple[str, ...]


def table_steps(result: TableResult) -> Iterator[TableStep]:
    """The tables in the order in which they are known, the one that decides last."""
    for item in result.inputs:
        if isinstance(item.source, TableResult):
            yield from table_steps(item.source)
    yield TableStep(
        result.table.model.id,
        result.table.subject,
        tuple(map(_input_step, result.inputs)),
        tuple(islice(deciding_rows(result), len(result.rows))),
        tuple(sorted(result.states)),
    )


def _input_step(item: InputResult) -> InputStep:
    name, cases = item.item.input.name, tuple(sorted(item.cases))
    source, asks = item.source, item.item.asks
    if isinstance(source, TableResult):
        return InputStep(name, source.table.subject, " or ".join(sorted(source.states)), cases)
    assert not isinstance(asks, Table)
    return InputStep(name, str(asks), show.show(source), cases)
