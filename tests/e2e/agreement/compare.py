"""The comparison of the three opinions, and the second of them: the lab's own code."""

from collections.abc import Iterator

from hklint.fact import Way
from hklint.lab import dotnet
from hklint.lab.schannel import support

from .cells import Cell
from .hosts import WAYS, Heard
from .tables import OPEN, Models, States, by_tables, states_of
from .texts import TLS10_AT_MOST, is_open

CHOICES = {0: "system-default", TLS10_AT_MOST: "tls-1-0-at-most", 16320: "named-list"}
"""ServicePointManager.SecurityProtocol of a program that sets nothing, by what .NET chose."""


def disagreements(cell: Cell, models: Models, heard: Heard) -> Iterator[str]:
    """Every way in which the opinions differ, or in which one is unsure where it should not be."""
    states = states_of(cell, models, heard.program, heard.snapshot)
    before = dotnet.default_protocols(heard.registry, heard.program)
    if states.dotnet != frozenset([CHOICES[before]]):
        yield f"{cell}: .NET chooses {before}, the table says {sorted(states.dotnet)}"
    yield from _kinds_of_no(cell, states, heard)
    lab, ours = by_lab(cell, heard), by_tables(cell, states)
    for way in WAYS:
        if heard.reached and heard.reached[way] != lab[way]:
            yield f"{cell} {way}: the lab offers: {lab[way]}, on the wire: {heard.reached[way]}"
        unsure = is_open(cell, heard.program, way, before)
        expected = OPEN if unsure else frozenset([lab[way]])
        if ours[way] != expected:
            yield f"{cell} {way}: {sorted(expected)} expected, our tables say {sorted(ours[way])}"


def by_lab(cell: Cell, heard: Heard) -> dict[Way, bool]:
    """Opinion (b): by way, whether the protocol is among those that are offered."""
    return {
        way: cell.protocol in dotnet.offer(heard.registry, cell.build, heard.program, way).protocols
        for way in WAYS
    }


def _kinds_of_no(cell: Cell, states: States, heard: Heard) -> Iterator[str]:
    """A protocol that is not offered may be blocked, or not there, or just not asked for."""
    granted = support(heard.registry, cell.build, cell.protocol, "Client").value
    if not states.schannel & {granted, "uncertain"}:
        yield f"{cell}: {granted} in the lab, {sorted(states.schannel)} in our table of Schannel"
    no = granted if granted in ("blocked", "unsupported") else "not-offered"
    expected = "offered" if by_lab(cell, heard)["default"] else no
    if not states.client & {expected, "uncertain"}:
        yield f"{cell}: {expected} in the lab, {sorted(states.client)} in our table of programs"
