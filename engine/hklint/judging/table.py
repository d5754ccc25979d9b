"""Evaluating decision tables: the states that are possible, given what is known.

What is not known is a set of possibilities. An input that could not be read may be in any of its
cases; if every row that is still possible gives the same state, that is the state. Facts that
several inputs ask for can't be in one case for the one and in another for the other: they are gone
through case by case, so that the states are exactly those that the missing facts could lead to.
"""

import functools
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from hklint import values
from hklint.cover import TooManyBoxesError, limited_work
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue
from hklint.facts.web_request import OUTCOMES
from hklint.model import FactInput, Input, RequestInput, Row, Table, TableInput, case_names
from hklint.snapshot import Snapshot, Source, lookup_key
from hklint.values import ValueSet

MAX_WAYS = 1_000
"""How many combinations of shared facts are gone through; lint refuses tables that need more."""
MAX_SHARING = 100
"""How many inputs may ask for one and the same fact."""


class InputResult(msgspec.Struct, frozen=True):
    """An input of a table: the cases it may be in, and where that comes from."""

    item: TableInput
    cases: frozenset[str]
    source: "Observation | TableResult"


class TableResult(msgspec.Struct, frozen=True):
    """A table evaluated: the rows that are possible, and the states they give."""

    table: Table
    inputs: tuple[InputResult, ...]
    rows: tuple[Row, ...]
    states: frozenset[str]


Way = Mapping[tuple[Fact, int], str]
"""For a fact that is not known and an input that asks for it (by its identity), a case."""


Known = dict[int, TableResult]
"""What tables came to on a host, by their identity, before shared facts were gone through."""


def evaluate(table: Table, snapshot: Snapshot, known: Known | None = None) -> TableResult:
    """The states a table can be in, exactly: each of them is what some of the missing facts give.

    Only a table that asks for the same facts in more than MAX_WAYS ways may give more than those,
    and one that asks for a key and for values in it: they are taken as independent. Tables that are
    in `known` are not evaluated again.
    """
    result = _evaluate(table, snapshot, {}, {} if known is None else known)
    if len(result.states) == 1:
        return result
    with limited_work():
        choices = _choices(result)
    if not choices:
        return result
    ways = map(_joined, itertools.product(*choices))
    found = (_evaluate(table, snapshot, way, {}) for way in ways)
    return functools.reduce(_united, found)


def is_exact(table: Table) -> bool:
    """Whether `evaluate` goes through all combinations of shared facts when nothing is known."""
    with limited_work():
        return _choices(_evaluate(table, _UNKNOWN, {}, {})) is not None


_UNKNOWN = Snapshot("", "", Source("", "", "", "", ""), {}, {})


def _evaluate(table: Table, snapshot: Snapshot, way: Way, known: Known) -> TableResult:
    if id(table) in known:
        return known[id(table)]
    inputs = tuple([_evaluate_input(item, snapshot, way, known) for item in table.inputs])
    possible = (1 << len(table.rows)) - 1
    for read in inputs:
        allowed = 0
        for case in read.cases:
            allowed |= read.item.allows[case]
        possible &= allowed
    rows = tuple(_chosen(table.rows, possible))
    result = TableResult(table, inputs, rows, frozenset([row.state for row in rows]))
    known[id(table)] = result
    return result


def _chosen(rows: tuple[Row, ...], bits: int) -> Iterator[Row]:
    while bits:
        lowest = bits & -bits
        yield rows[lowest.bit_length() - 1]
        bits ^= lowest


def _evaluate_input(item: TableInput, snapshot: Snapshot, way: Way, known: Known) -> InputResult:
    asks = item.asks
    if isinstance(asks, Table):
        inner = _evaluate(asks, snapshot, way, known)
        return InputResult(item, inner.states, inner)
    seen = snapshot.observe(asks)
    case = case_of(item.input, seen)
    if case is None and way:
        case = way.get((lookup_key(asks), id(item.input)))
    return InputResult(item, frozenset(case_names(item.input) if case is None else [case]), seen)


def case_of(item: Input, seen: Observation) -> str | None:
    """The one case of an observation, or None if it may be any of them."""
    if isinstance(item, FactInput):
        if isinstance(seen, Present):
            return _case_of_value(item, seen)
        if isinstance(seen, Absent):
            return next((case.name for case in item.cases if case.absent), None)
    elif isinstance(item, RequestInput) and isinstance(seen, Present):
        return item.case_of.get(str(seen.value))
    return None


def _case_of_value(item: FactInput, seen: Present) -> str | None:
    if item.type not in {seen.type, "any"}:
        return item.wrong_type
    value = values.normal(item.type, seen.value, exact=item.exact)
    if value is not None:
        for case in item.cases:
            if values.contains(case.values, value):
                return case.name
    return None


def _choices(result: TableResult) -> list[list[Way]] | None:
    """For each fact that several inputs ask for the cases it can be in, for all of them at once.

    None if together they are more than MAX_WAYS.
    """
    asking: dict[Fact, list[tuple[Observation, Input]]] = {}
    for fact, seen, item in _open_inputs(result):
        asking.setdefault(fact, []).append((seen, item))
    choices: list[list[Way]] = []
    for fact, asked in asking.items():
        if len(asked) == 1:
            continue
        items = list({id(item): item for _, item in asked}.values())
        if len(items) > MAX_SHARING:
            return None
        found = list(itertools.islice(_together(items, asked[0][0]), MAX_WAYS + 1))
        choices.append(
            [
                {(fact, id(item)): case for item, case in zip(items, cases, strict=True)}
                for cases in dict.fromkeys(found)
            ]
        )
        if len(found) > MAX_WAYS or math.prod(map(len, choices)) > MAX_WAYS:
            return None
    return choices


def _open_inputs(result: TableResult) -> Iterator[tuple[Fact, Observation, Input]]:
    """Every fact that is not known, with each input that asks for it, as often as one does."""
    for item in result.inputs:
        if isinstance(item.source, TableResult):
            yield from _open_inputs(item.source)
        elif len(item.cases) > 1:
            assert not isinstance(item.item.asks, Table)
            yield lookup_key(item.item.asks), item.source, item.item.input


def _together(items: Sequence[Input], seen: Observation) -> Iterable[tuple[str, ...]]:
    """The combinations of cases that one and the same fact can be in.

    What has no documented meaning, because it is of another type, may be anything for each input.
    """
    facts = [item for item in items if isinstance(item, FactInput)]
    if isinstance(seen, Present) and facts:
        return itertools.product(*(case_names(item) for item in items))
    if not facts:
        possible: Iterable[Observation] = (Present("outcome", outcome) for outcome in OUTCOMES)
        return [tuple(case_of(item, answer) or "" for item in items) for answer in possible]
    return _fact_cases(facts)


def _fact_cases(items: Sequence[FactInput]) -> Iterator[tuple[str, ...]]:
    """The combinations of cases for the fact being absent, and for each type it may have.

    Of another type than any input asks for it has no documented meaning but that of `wrong_type`.
    Only registry values can be of another type.
    """
    yield tuple(case_of(item, Absent("value")) or "" for item in items)
    if isinstance(items[0].fact, RegistryValue):
        yield from itertools.product(*(_cases_of_other_type(item) for item in items))
    types = {item.type for item in items if item.type != "any"}
    for read_as in sorted(types):
        yield from _cases_as(read_as, items, (), {})


def _cases_as(
    read_as: str,
    items: Sequence[FactInput],
    begun: tuple[str, ...],
    common: Mapping[bool, ValueSet],
) -> Iterator[tuple[str, ...]]:
    """The combinations that begin so, for a value of this type.

    `common` is what the cases begun with have in common: of the texts as they are, and of those
    that compare without regard to case.
    """
    if len(begun) == len(items):
        yield begun
        return
    item = items[len(begun)]
    if item.type != read_as:
        for name in _cases_of_other_type(item):
            yield from _cases_as(read_as, items, (*begun, name), common)
        return
    for case in item.cases:
        found = _narrowed(common.get(item.exact), case.values)
        if not values.is_empty(found):
            over = {**common, item.exact: found}
            yield from _cases_as(read_as, items, (*begun, case.name), over)


def _narrowed(common: ValueSet | None, by: ValueSet) -> ValueSet:
    """What two sets share; all of the first where that is too intricate to tell."""
    try:
        return by if common is None else values.intersection(common, by)
    except TooManyBoxesError:
        return by if common is None else common


def _cases_of_other_type(item: FactInput) -> Sequence[str]:
    if item.type == "any":
        return [case.name for case in item.cases if not values.is_empty(case.values)]
    return [item.wrong_type] if item.wrong_type else case_names(item)


def _joined(parts: Iterable[Way]) -> Way:
    return {key: case for part in parts for key, case in part.items()}


def _united(left: TableResult, right: TableResult) -> TableResult:
    """What is possible by either of two evaluations of the same table."""
    met = {row.number for row in (*left.rows, *right.rows)}
    return TableResult(
        left.table,
        tuple(map(_united_input, left.inputs, right.inputs)),
        tuple(row for row in left.table.rows if row.number in met),
        left.states | right.states,
    )


def _united_input(left: InputResult, right: InputResult) -> InputResult:
    source = left.source
    if isinstance(source, TableResult) and isinstance(right.source, TableResult):
        source = _united(source, right.source)
    return InputResult(left.item, left.cases | right.cases, source)
