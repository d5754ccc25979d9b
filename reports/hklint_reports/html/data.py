"""The page's data for its script: JSON in which every text stands once, and a digit for a verdict.

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
from hklint_reports.text import visible

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"
_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
Json = object


class Texts:
    """Every text once, as it may be shown, by number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """The number of a text."""
        return self._numbers.setdefault(visible(text), len(self._numbers))

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)


def script_json(value: Json) -> str:
    """JSON that can stand in a script element: no markup, no line ends of other languages."""
    return json.dumps(value, separators=(",", ":")).translate(_UNSAFE)


def document(index: Index, blocks: Blocks) -> Iterator[str]:
    """The whole document, in pieces."""
    texts = Texts()
    yield '{"statuses":' + script_json([list(look) for look in LOOKS.values()])
    yield ',"severities":' + script_json(SEVERITIES)
    yield ',"rules":' + script_json([_rule(rule, texts) for rule in index.rules])
    yield ',"columns":'
    yield from _array(script_json(column) for column in _columns(index, texts))
    yield ',"verdicts":'
    shared = (shared for _, column in index.columns for shared in column.verdicts.all)
    yield from _array(script_json(_block(blocks.verdict(item.item), texts)) for item in shared)
    yield ',"diagnoses":'
    causes = (blocks.diagnosis(shared.item) for shared in index.diagnoses.all)
    yield from _array(script_json(_block(cause, texts)) for cause in causes)
    yield ',"failures":'
    failures = (blocks.failure(shared.item) for shared in index.failures.all)
    yield from _array(script_json(_block(failure, texts)) for failure in failures)
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
        "title": texts.number(rule.info.title),
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


def _block(block: Block, texts: Texts) -> list[Json]:
    number = texts.number
    quote = block.quote
    return [
        block.key,
        number(block.head),
        number(block.place),
        0 if quote is None else [quote.line, *map(number, quote[1:])],
        [[number(said.label), int(said.code), [*map(number, said.lines)]] for said in block.said],
        [[number(fact), number(shown)] for fact, shown in block.facts],
        [
            [
                *(each.table, number(each.subject or each.model)),
                *([*map(number, each.states)], number(each.by), number(each.word)),
                *(number(each.place), each.rows, each.shown),
            ]
            for each in block.decisions
        ],
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
