"""What Schannel does with each protocol in each role, as the rows behind the verdicts say.

A report decides nothing: a state is shown if a verdict or a diagnosis rests on it, and only if
their rows leave a single one.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hklint.verdict import DecidingRow

MODEL = "schannel-protocol"
PROTOCOLS = ("SSL 2.0", "SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
ROLES = ("Client", "Server")
_SUBJECT = re.compile(f"({'|'.join(map(re.escape, PROTOCOLS))}) ({'|'.join(ROLES)})")


class State(NamedTuple):
    """What can be said of a protocol: its letter in the data, its style, its word and sign."""

    letter: str
    key: str
    word: str
    sign: str


STATES = (
    State("u", "usable", "usable", "\u25cf"),
    State("r", "on-request", "on request", "\u25d0"),
    State("b", "blocked", "blocked", "\u2715"),
    State("n", "unsupported", "unsupported", "\u2013"),
    State("k", "not-known", "unknown", "?"),
    State("-", "not-judged", "not judged", "\u00b7"),
)
"""The states of the model that are certain, then the two ways of not knowing."""

_LETTERS = {state.key: state.letter for state in STATES[:4]}
NOT_KNOWN, NOT_JUDGED = STATES[4].letter, STATES[5].letter
NOTHING = NOT_JUDGED * len(PROTOCOLS) * len(ROLES)
"""The picture of a host of which no protocol was judged."""

Stated = tuple[tuple[int, str], ...]
"""Places in a picture, each with a state that a row gives."""


def stated(rows: Iterable[DecidingRow]) -> Stated:
    """What rows say of protocols."""
    return tuple(dict.fromkeys(_stated(rows)))


def _stated(rows: Iterable[DecidingRow]) -> Iterator[tuple[int, str]]:
    for row in rows:
        if row.model == MODEL and (subject := _SUBJECT.fullmatch(row.subject)):
            protocol, role = PROTOCOLS.index(subject[1]), ROLES.index(subject[2])
            yield protocol * len(ROLES) + role, row.state


def picture(all_stated: Iterable[Stated]) -> str:
    """A letter for each protocol and role, from everything that was stated of one host."""
    found: dict[int, set[str]] = {}
    for each in all_stated:
        for place, state in each:
            found.setdefault(place, set()).add(state)
    letters = list(NOTHING)
    for place, states in found.items():
        letters[place] = _LETTERS.get(states.pop(), NOT_KNOWN) if len(states) == 1 else NOT_KNOWN
    return "".join(letters)


class Cell(NamedTuple):
    """How many hosts have which states of one protocol in one role; states without are left out."""

    states: tuple[tuple[State, int], ...]


def fleet_table(pictures: Counter[str]) -> list[tuple[str, tuple[Cell, ...]]]:
    """A line for each protocol with a cell for each role, from pictures and their hosts."""
    lines: list[tuple[str, tuple[Cell, ...]]] = []
    for number, protocol in enumerate(PROTOCOLS):
        places = range(number * len(ROLES), (number + 1) * len(ROLES))
        lines.append((protocol, tuple(_cell(pictures, place) for place in places)))
    return lines


def _cell(pictures: Counter[str], place: int) -> Cell:
    hosts: Counter[str] = Counter()
    for each, number in pictures.items():
        hosts[each[place]] += number
    return Cell(tuple((state, hosts[state.letter]) for state in STATES if hosts[state.letter]))
