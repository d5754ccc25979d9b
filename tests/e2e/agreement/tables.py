"""The first opinion: our tables."""

from collections.abc import Iterable, Mapping

import msgspec

from hklint.fact import Way
from hklint.judging.evaluate import TableResult, evaluate
from hklint.lab.dotnet import Process, Target
from hklint.lab.schannel import Protocol
from hklint.linking.bind import bind
from hklint.model import Model, ModelInput, Table
from hklint.snapshot import Snapshot

from .cells import Cell

Models = Mapping[str, Model]
Truths = frozenset[bool]

TARGETS: Mapping[Target, str] = {
    "none": "none",
    "4.6": "4.6 to 4.6.2",
    "4.7": "4.7 and later",
}
"""What our tables call the lab's target frameworks."""

YES, NO, OPEN = frozenset([True]), frozenset([False]), frozenset([True, False])
OFFERED: Mapping[str, Truths] = {
    "offered": YES,
    "not-offered": NO,
    "blocked": NO,
    "unsupported": NO,
    "uncertain": OPEN,
}
UNASKED: Mapping[str, Truths] = {
    "usable": YES,
    "on-request": NO,
    "blocked": NO,
    "unsupported": NO,
    "uncertain": OPEN,
}
NAMED: Mapping[str, Truths] = {**UNASKED, "on-request": YES}


def tables(cell: Cell, models: Models, program: Process) -> tuple[Table, Table, Table]:
    """What our tables say of Schannel, of .NET, and of both together."""
    role = {"protocol": cell.protocol.value, "role": "Client"}
    by = {"target": TARGETS[program.target], "view": program.view}
    return (
        bind(models["schannel-protocol"], role),
        bind(models["dotnet-protocols"], by),
        bind(models["tls-client"], {"protocol": cell.protocol.value, **by}),
    )


def possible(states: Iterable[str], meaning: Mapping[str, Truths]) -> Truths:
    """Whether the protocol is offered, as far as these states tell."""
    return frozenset(truth for state in states for truth in meaning[state])


class States(msgspec.Struct, frozen=True):
    """What our three tables come to: all states that are possible."""

    schannel: frozenset[str]
    dotnet: frozenset[str]
    client: frozenset[str]


def states_of(cell: Cell, models: Models, program: Process, snapshot: Snapshot) -> States:
    """Our tables, evaluated for a host."""
    found = [evaluate(table, snapshot) for table in tables(cell, models, program)]
    return States(*(result.states for result in found))


def by_tables(cell: Cell, states: States) -> dict[Way, Truths]:
    """Opinion (a): by way, whether the protocol is offered; both truths where that is open."""
    return {
        "default": possible(states.client, OFFERED),
        "tls12": possible(states.schannel, NAMED) if cell.protocol is Protocol.TLS12 else NO,
        "system-default": possible(states.schannel, UNASKED),
    }


def rows_met(
    cell: Cell, models: Models, program: Process, snapshot: Snapshot
) -> set[tuple[str, int]]:
    """The rows of all tables that are possible for a host, as model and number."""
    met: set[tuple[str, int]] = set()
    waiting = [evaluate(table, snapshot) for table in tables(cell, models, program)]
    while waiting:
        result = waiting.pop()
        met |= {(result.table.model.id, row.number) for row in result.rows}
        waiting += [item.source for item in result.inputs if isinstance(item.source, TableResult)]
    return met


def changed_row(models: Models, model_id: str, number: int, state: str) -> Models:
    """The models with one row of one table changed to another state."""
    model = models[model_id]
    rows = tuple(
        msgspec.structs.replace(row, state=state) if row.number == number else row
        for row in model.rows
    )
    changed = msgspec.structs.replace(model, rows=rows)
    return {name: _with(item, changed) for name, item in models.items()}


def _with(model: Model, changed: Model) -> Model:
    if model.id == changed.id:
        return changed
    inputs = tuple(
        msgspec.structs.replace(item, model=_with(item.model, changed))
        if isinstance(item, ModelInput)
        else item
        for item in model.inputs
    )
    return msgspec.structs.replace(model, inputs=inputs)
