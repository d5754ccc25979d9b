"""The prover's verdicts against listing every combination."""

import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hklint.errors import InvalidDocumentsError
from hklint.fact import WebRequest
from hklint.linking import prove as prove_module
from hklint.linking.library import load
from hklint.linking.prove import prove
from hklint.model import Model, RequestInput, Row, State
from hklint.span import Span

SPAN = Span("table.yaml", 1, 1, 2)
Dimensions = Mapping[str, tuple[str, ...]]
When = Mapping[str, frozenset[str]]


def table(dimensions: Dimensions, rows: list[When]) -> Model:
    """A model with one state; the first dimension is a parameter, the others are inputs."""
    (parameter, values), *inputs = dimensions.items()
    return Model(
        "table",
        "A table",
        "",
        {parameter: values},
        tuple(
            RequestInput(name, WebRequest("https://contoso.example"), {w: w for w in words}, SPAN)
            for name, words in inputs
        ),
        {"state": State("state", "It is so.", doubt=False, works=False, next=())},
        tuple(_row(number, when) for number, when in enumerate(rows, 1)),
        SPAN,
    )


def _row(number: int, when: When) -> Row:
    span = Span("table.yaml", number + 9, 1, 2)
    return Row(number, when, state="state", because="So.", recommended=False, span=span)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Dimensions, list[When]]:
    """Small tables, many of them complete."""
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    dimensions = {
        f"d{number}": tuple(f"w{word}" for word in range(size)) for number, size in enumerate(sizes)
    }
    if draw(st.booleans()):
        rows = split(draw, dimensions, dimensions)
        if draw(st.booleans()):
            del rows[draw(st.integers(0, len(rows) - 1))]
    else:
        rows = []
    rows += draw(st.lists(boxes(dimensions), min_size=0 if rows else 1, max_size=2))
    return dimensions, draw(st.permutations(rows))


def boxes(dimensions: Dimensions) -> st.SearchStrategy[When]:
    return st.fixed_dictionaries(
        {},
        optional={
            name: st.frozensets(st.sampled_from(words), min_size=1)
            for name, words in dimensions.items()
        },
    )


def split(draw: st.DrawFn, box: Dimensions, dimensions: Dimensions) -> list[When]:
    """A box cut into rows that cover it exactly once."""
    wide = [name for name, words in box.items() if len(words) > 1]
    if not wide or draw(st.integers(0, 3)) == 0:
        return [{n: frozenset(w) for n, w in box.items() if w != dimensions[n]}]
    name = draw(st.sampled_from(wide))
    at = draw(st.integers(1, len(box[name]) - 1))
    halves = [{**box, name: box[name][:at]}, {**box, name: box[name][at:]}]
    return [row for half in halves for row in split(draw, half, dimensions)]


def covering(rows: list[When], combination: Mapping[str, str]) -> list[int]:
    """The numbers of the rows that cover a combination; of a part of one, those that may."""
    return [
        number + 1
        for number, row in enumerate(rows)
        if all(name not in combination or combination[name] in words for name, words in row.items())
    ]


def named(message: str) -> dict[str, str]:
    """The example combination in a message."""
    found = re.search(r"\{(.*)\}", message)
    return dict(pair.split(": ") for pair in found[1].split(", ")) if found else {}


@settings(max_examples=300, deadline=None)
@given(tables())
def test_the_verdict_equals_listing_every_combination(
    drawn: tuple[Dimensions, list[When]],
) -> None:
    dimensions, rows = drawn
    every = [
        dict(zip(dimensions, words, strict=True))
        for words in itertools.product(*dimensions.values())
    ]
    counts = [covering(rows, combination) for combination in every]
    found = list(prove(table(dimensions, rows)))
    gaps = [item for item in found if item.message.startswith("no row covers")]
    overlaps = [item for item in found if "both cover" in item.message]
    assert len(gaps) + len(overlaps) == len(found)
    assert bool(gaps) == any(not numbers for numbers in counts)
    clashes = {pair for numbers in counts for pair in itertools.combinations(numbers, 2)}
    assert len(overlaps) == min(len(clashes), prove_module.MAX_OVERLAPS)
    for gap in gaps:
        assert covering(rows, named(gap.message)) == []
    for overlap in overlaps:
        first, line, second = map(int, re.findall(r"\d+", overlap.message)[:3])
        example = named(overlap.message)
        meant = [combination for combination in every if example.items() <= combination.items()]
        assert meant
        assert all({first, second} <= set(covering(rows, combination)) for combination in meant)
        assert (line, overlap.span.line) == (first + 9, second + 9)


def test_a_large_easy_table_is_proved() -> None:
    """Ten inputs of ten cases: ten thousand million combinations, eleven rows."""
    words = tuple(f"w{number}" for number in range(10))
    dimensions = {f"d{number}": words for number in range(10)}
    rest = frozenset(words[1:])
    rows: list[When] = [
        {**{f"d{before}": rest for before in range(number)}, f"d{number}": frozenset({"w0"})}
        for number in range(10)
    ]
    rows.append(dict.fromkeys(dimensions, rest))
    assert list(prove(table(dimensions, rows))) == []
    (gap,) = prove(table(dimensions, rows[:-1]))
    assert named(gap.message) == dict.fromkeys(dimensions, "w1")


def parity(length: int) -> tuple[Dimensions, list[When]]:
    """Each row is one combination, so nothing can be looked at once for many."""
    dimensions = {f"d{number}": ("a", "b") for number in range(length)}
    rows: list[When] = [
        {name: frozenset({word}) for name, word in zip(dimensions, words, strict=True)}
        for words in itertools.product("ab", repeat=length)
    ]
    return dimensions, rows


def test_a_search_that_takes_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    dimensions, rows = parity(8)
    assert list(prove(table(dimensions, rows))) == []
    monkeypatch.setattr(prove_module, "MAX_SEARCH_STEPS", 200)
    (refusal,) = prove(table(dimensions, rows))
    assert refusal.message == "the table could not be proved in 200 steps"


def test_a_table_of_131072_combinations_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each combination of the first eight words leaves other rows possible."""
    dimensions = {f"d{number}": ("a", "b") for number in range(17)}
    rows: list[When] = [
        {f"d{n}": frozenset({"a"}), f"d{n + 8}": frozenset({"b"})} for n in range(8)
    ]
    monkeypatch.setattr(prove_module, "MAX_SEARCH_STEPS", 5_000)
    found = list(prove(table(dimensions, rows)))
    assert any(item.message.startswith("no row covers") for item in found)
    assert (
        len([item for item in found if "both cover" in item.message]) == prove_module.MAX_OVERLAPS
    )


@pytest.mark.parametrize(
    ("dimensions", "rows"),
    [({"d": ("a",)}, [{}] * 5_001), ({f"d{n}": ("a",) for n in range(101)}, [{}])],
)
def test_what_is_too_large_is_refused_at_once(dimensions: Dimensions, rows: list[When]) -> None:
    (refusal,) = prove(table(dimensions, rows))
    assert refusal.message.startswith("the table is too large")


def test_no_table_is_judged_unproved(tmp_path: Path) -> None:
    cases = Path(__file__).parent / "cases" / "invalid"
    models = tmp_path / "models"
    models.mkdir()
    (models / "gap.yaml").write_bytes((cases / "gap.yaml").read_bytes())
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "kind: policy\nid: a\ntitle: A\nversion: 1.0.0\nrules:\n"
        "  - {id: a, title: A, severity: low, why: So., "
        "expect: {model: contoso-model, state: good}}\n"
    )
    with pytest.raises(InvalidDocumentsError, match="no row covers") as caught:
        load([str(policy)], {})
    assert len(caught.value.diagnostics) == 1
