"""Circles among things that rest on each other, each told by its shortest chain."""

from collections.abc import Mapping, Sequence

Graph = Mapping[str, Sequence[str]]
"""What each thing rests on; a name that is no key rests on nothing."""


def circles(graph: Graph) -> list[list[str]]:
    """For everything that rests on itself the shortest chain that leads back, each chain once.

    A chain begins and ends with the same name, the first of its names in the alphabet.
    """
    found: dict[tuple[str, ...], None] = {}
    for name in sorted(graph):
        chain = shortest_circle(graph, name)[:-1]
        if chain:
            first = chain.index(min(chain))
            found[(*chain[first:], *chain[:first])] = None
    return [[*chain, chain[0]] for chain in found]


def shortest_circle(graph: Graph, start: str) -> list[str]:
    """The shortest chain from a name back to it, with the name at both ends; [] if none does."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting and start not in came_from:
        step: list[str] = []
        for name in waiting:
            for other in graph.get(name, ()):
                if other not in came_from:
                    came_from[other] = name
                    step.append(other)
        waiting = step
    if start not in came_from:
        return []
    chain = [start]
    while (before := came_from[chain[-1]]) != start:
        chain.append(before)
    return [start, *reversed(chain[1:]), start]
