"""Circles: every one is found, and told by its shortest chain."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.linking.circles import circles

NAMES = "abcde"
GRAPHS = st.dictionaries(
    st.sampled_from(NAMES), st.lists(st.sampled_from(NAMES), unique=True), max_size=5
)


@pytest.mark.parametrize(
    ("graph", "expected"),
    [
        ({}, []),
        ({"a": ["b"], "b": ["c"]}, []),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"]}, []),
        ({"a": ["a"]}, ["a a"]),
        ({"b": ["a"], "a": ["b"]}, ["a b a"]),
        ({"c": ["a"], "a": ["b"], "b": ["c"]}, ["a b c a"]),
        ({"a": ["b"], "b": ["c"], "c": ["a", "b"]}, ["a b c a", "b c b"]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["a"]}, ["a b d a", "a c d a"]),
        ({"x": ["a"], "a": ["a"], "b": ["c"], "c": ["b"]}, ["a a", "b c b"]),
    ],
)
def test_circles(graph: dict[str, list[str]], expected: list[str]) -> None:
    assert [" ".join(chain) for chain in circles(graph)] == expected


def reached(graph: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        new = set(graph.get(waiting.pop(), ())) - found
        found |= new
        waiting += new
    return found


@given(GRAPHS)
def test_whoever_rests_on_itself_is_in_a_chain_and_no_one_else(graph: dict[str, list[str]]) -> None:
    chains = circles(graph)
    assert {name for chain in chains for name in chain} == {
        name for name in NAMES if name in reached(graph, name)
    }
    for chain in chains:
        assert chain[0] == chain[-1] == min(chain)
        assert len(set(chain)) == len(chain) - 1
        assert all(after in graph[name] for name, after in itertools.pairwise(chain))
