"""The page's data for its script: JSON in which all that repeats stands once, by its number.

It is written piece by piece, in ASCII, and holds nothing that could end a script element.
"""

import json
from collections.abc import Iterator

from hklint.verdict import SEVERITIES
from hklint_reports.html import tls
from hklint_reports.html.blocks import Block, Blocks
from hklint_reports.html.index import Index, Rule
from hklint_reports.html.links import links
from hklint_reports.html.statuses import LOOKS
from hklint_reports.text import LIMIT, visible

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
LONG = 12
"""Characters of a value that is worth holes in the texts around it."""
Json = object


class Texts:
    """Every text once, as it may be shown, by number.

    One with a hole for a value is two numbers: of what stands before the hole, and behind it. So
    hosts that differ in one value share all texts but that value.
    """

    def __init__(self) -> None:
        self._numbers: dict[str | tuple[int, int], int] = {}

    def number(self, text: str, value: str = "") -> int:
        """The number of a text, with a hole where it has the value."""
        if value and value in text and len(text) <= LIMIT:
            before, _, after = text.partition(value)
            return self._number((self._number(visible(before)), self._number(visible(after))))
        return self._number(visible(text))

    def _number(self, entry: str | tuple[int, int]) -> int:
        return self._numbers.setdefault(entry, len(self._numbers))

    def __iter__(self) -> Iterator[str | tuple[int, int]]:
        return iter(self._numbers)


class Pieces:
    """Every piece of a block once, as JSON, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, piece: Json) -> int:
        """The number of a piece."""
        return self._numbers.setdefault(script_json(piece), len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def script_json(value: Json) -> str:
    """JSON that can stand in a script element: no markup, no line ends of other languages."""
    return json.dumps(value, separators=(",", ":")).translate(_UNSAFE)


def document(index: Index, blocks: Blocks) -> Iterator[str]:
    """The whole document, in pieces."""
    texts, pieces = Texts(), Pieces()
    yield '{"statuses":' + script_json([list(look) for look in LOOKS.values()])
    yield ',"severities":' + script_json(SEVERITIES)
    yield ',"rules":' + script_json([_rule(rule, texts) for rule in index.rules])
    yield ',"columns":'
    yield from _array(script_json(column) for column in _columns(index, texts))
    yield ',"verdicts":'
    shared = (shared for _, column in index.columns for shared in column.verdicts.all)
    verdicts = (_block(blocks.verdict(item), texts, pieces) for item in shared)
    yield from _array(map(script_json, verdicts))
    yield ',"diagnoses":'
    causes = (blocks.diagnosis(shared.item) for shared in index.diagnoses.all)
    yield from _array(script_json(_block(cause, texts, pieces)) for cause in causes)
    yield ',"failures":'
    failures = (blocks.failure(shared.item) for shared in index.failures.all)
    yield from _array(script_json(_block(failure, texts, pieces)) for failure in failures)
    yield ',"pieces":'
    yield from _array(iter(pieces))
    yield ',"hosts":' + script_json(_hosts(index, texts))
    yield ',"tls":' + script_json(_tls(index))
    yield ',"texts":'
    yield from _array(script_json(text) for text in texts)
    yield "}"


def _array(pieces: Iterator[str]) -> Iterator[str]:
    """A JSON array, an item a line."""
    separator = "["
    for piece in pieces:
        yield f"{separator}{piece}"
        separator = ",\n"
    yield "]" if separator != "[" else "[]"


def _rule(rule: Rule, texts: Texts) -> dict[str, Json]:
    return {
        "policy": texts.number(rule.policy.id),
        "id": texts.number(rule.info.id),
        "title": texts.number(rule.title),
        "severity": SEVERITIES.index(rule.info.severity),
        "links": [
            [texts.number(link.title), texts.number(link.shown), link.address]
            for link in links(rule.info.references)
        ],
    }


def _columns(index: Index, texts: Texts) -> Iterator[dict[str, Json]]:
    """Columns; `first` is the number of the first of its verdicts among those of all columns."""
    first = 0
    for rule, column in index.columns:
        verdicts = len(column.verdicts.all)
        width = _width(verdicts)
        digits = [_digits(number, width) for number in range(verdicts + 1)]
        yield {
            "rule": rule,
            "name": texts.number(column.first.name),
            "title": texts.number(column.first.title),
            "first": first,
            "width": width,
            "cells": "".join(digits[column.cell(host)] for host in index.order),
        }
        first += verdicts


def _width(largest: int) -> int:
    """How many digits numbers to base 64 need."""
    width = 1
    while len(DIGITS) ** width <= largest:
        width += 1
    return width


def _digits(number: int, width: int) -> str:
    if width == 1:
        return DIGITS[number]
    return _digits(number // len(DIGITS), width - 1) + DIGITS[number % len(DIGITS)]


def _block(block: Block, texts: Texts, pieces: Pieces) -> list[Json]:
    """A block, which the macro of that name draws as well; last the value for the holes, if any."""
    value = block.found if len(block.found) >= LONG else ""

    def number(text: str) -> int:
        return texts.number(text, value)

    quote, piece = block.quote, pieces.number
    return [
        int(block.status),
        number(block.head),
        number(block.badge),
        number(block.place),
        -1 if quote is None else piece([quote.line, *map(number, quote[1:])]),
        [
            piece([number(said.label), int(said.code), [*map(number, said.lines)]])
            for said in block.said
        ],
        [piece([number(fact), number(shown)]) for fact, shown in block.facts],
        [
            piece(
                [
                    *(each.table, number(each.subject or each.model)),
                    *([*map(number, each.states)], number(each.by), number(each.word)),
                    *(number(each.place), each.rows, each.shown),
                ]
            )
            for each in block.decisions
        ],
        *([texts.number(value)] if value else []),
    ]


def _hosts(index: Index, texts: Texts) -> dict[str, Json]:
    pictures = {picture: number for number, picture in enumerate(index.pictures)}
    hosts = index.hosts
    return {
        "names": [visible(host.name) for host in hosts],
        "targets": [visible(host.target) for host in hosts],
        "windows": [texts.number(host.windows) for host in hosts],
        "asked": [texts.number(host.asked) for host in hosts],
        "recorded": [texts.number(host.recorded) for host in hosts],
        "failures": [host.failure for host in hosts],
        "diagnoses": [host.diagnoses for host in hosts],
        "pictures": [pictures[host.picture] for host in hosts],
    }


def _tls(index: Index) -> dict[str, Json]:
    return {
        "protocols": tls.PROTOCOLS,
        "roles": tls.ROLES,
        "states": [list(state) for state in tls.STATES],
        "pictures": list(index.pictures),
    }
