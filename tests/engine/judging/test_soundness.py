"""Judging with facts missing says exactly what holds whatever they turn out to be.

Tables are made at random: complete and unambiguous by construction, one alone or one that asks
another. Facts are known, unreadable or of another type. Each way the unknown ones could turn out
is judged as well.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from hklint import operators, values
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue, Unreadable
from hklint.judging.evaluate import judge_rule
from hklint.judging.table import evaluate
from hklint.linking.bind import bind
from hklint.linking.prove import prove
from hklint.model import Case, FactInput, Input, Model, ModelInput, Row, State, Table
from hklint.policy import Rule, StateExpectation
from hklint.run import RuleInfo
from hklint.snapshot import Snapshot
from hklint.span import Span
from hklint.verdict import Outcome

SPAN = Span("model.yaml", 1, 1, 2)
FACTS = tuple(RegistryValue("HKLM", "SOFTWARE\\Contoso", name) for name in ("a", "b", "c"))
KNOWN: tuple[Observation, ...] = (
    Absent("value"),
    Absent("key"),
    *(Present("REG_DWORD", number) for number in (0, 1, 7)),
    Present("REG_SZ", "1"),
)
"""How a fact can turn out: every case of every input below is among them."""
UNREADABLE = Unreadable("access-denied")
STATES = ("good", "fair", "bad")
CASES = (
    Case("unset", absent=True, values=values.NO_NUMBERS, write=None, span=SPAN),
    Case("zero", absent=False, values=operators.equals("number", 0), write=0, span=SPAN),
    Case("one", absent=False, values=operators.equals("number", 1), write=1, span=SPAN),
    Case("other", absent=False, values=operators.none_of("number", 0, 1), write=7, span=SPAN),
)
CASE_NAMES = tuple(case.name for case in CASES)

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


@st.composite
def rows_over(draw: st.DrawFn, dimensions: Mapping[str, Sequence[str]]) -> list[dict[str, object]]:
    """Boxes that cover every combination once: the space is cut in two until it is small enough."""
    boxes = [{name: frozenset(words) for name, words in dimensions.items()}]
    for _ in range(draw(st.integers(0, 5))):
        box = boxes.pop(draw(st.integers(0, len(boxes) - 1)))
        name = draw(st.sampled_from(sorted(box)))
        part = frozenset(draw(st.sets(st.sampled_from(sorted(box[name])))))
        boxes += [box | {name: side} for side in (part, box[name] - part) if side]
    return [
        {name: words for name, words in box.items() if len(words) < len(dimensions[name])}
        for box in boxes
    ]


@st.composite
def models(draw: st.DrawFn, inputs: Sequence[Input], words: Mapping[str, Sequence[str]]) -> Model:
    boxes = draw(rows_over(words))
    states = [draw(st.sampled_from(STATES)) for _ in boxes]
    doubts = draw(st.sets(st.sampled_from(STATES), max_size=1))
    return Model(
        "made-up",
        "Made up",
        "",
        {},
        tuple(inputs),
        {n: State(n, n, doubt=n in doubts, works=False, next=()) for n in STATES if n in states},
        tuple(
            Row(number, box, state, f"row {number}", recommended=True, span=SPAN)  # type: ignore[arg-type] # data of the test
            for number, (box, state) in enumerate(zip(boxes, states, strict=True), 1)
        ),
        SPAN,
    )


@st.composite
def fact_inputs(draw: st.DrawFn, facts: Sequence[RegistryValue]) -> tuple[FactInput, ...]:
    return tuple(
        FactInput(
            fact.value,
            fact,
            "REG_DWORD",
            CASES,
            draw(st.none() | st.sampled_from(CASE_NAMES)),
            "none",
            SPAN,
        )
        for fact in facts
    )


@st.composite
def tables(draw: st.DrawFn, *, shared_fact: bool) -> Table:
    """A table of its own over two facts, or one that also asks another table."""
    inner_inputs = draw(fact_inputs(FACTS[:2]))
    inner = draw(models(inner_inputs, {item.name: CASE_NAMES for item in inner_inputs}))
    if draw(st.booleans()):
        return bind(inner, {})
    own = draw(fact_inputs(FACTS[1:] if shared_fact else FACTS[2:]))
    inputs: tuple[Input, ...] = (*own, ModelInput("inner", inner, {}, SPAN))
    words = {item.name: CASE_NAMES for item in own} | {"inner": tuple(inner.states)}
    return bind(draw(models(inputs, words)), {})


observations = st.fixed_dictionaries(
    dict.fromkeys(FACTS, st.sampled_from((*KNOWN, UNREADABLE, UNREADABLE, UNREADABLE)))
)


def _completions(facts: Mapping[Fact, Observation]) -> Iterator[dict[Fact, Observation]]:
    """Every way in which the unreadable facts can turn out."""
    choices = [[seen] if seen != UNREADABLE else KNOWN for seen in facts.values()]
    for combination in itertools.product(*choices):
        yield dict(zip(facts, combination, strict=True))


def _rule(table: Table, wanted: frozenset[str]) -> Rule:
    info = RuleInfo("rule", "Rule", "high", "", "", (), (), SPAN)
    expectation = StateExpectation(table, wanted, " or ".join(wanted))
    return Rule(info, "", "Rule", expectation, SPAN, frozenset())


@given(table=tables(shared_fact=True))
def test_the_tables_made_here_are_proved(table: Table) -> None:
    assert list(prove(table.model)) == []


@given(table=tables(shared_fact=True), facts=observations)
def test_states_have_the_state_of_every_completion(
    table: Table, facts: dict[Fact, Observation], host_with: Hosts
) -> None:
    possible = evaluate(table, host_with(facts)).states
    for completed in _completions(facts):
        assert evaluate(table, host_with(completed)).states <= possible


@given(table=tables(shared_fact=True), facts=observations)
def test_states_are_exactly_those_of_the_completions(
    table: Table, facts: dict[Fact, Observation], host_with: Hosts
) -> None:
    completed = map(host_with, _completions(facts))
    reached = frozenset[str]().union(*(evaluate(table, host).states for host in completed))
    assert evaluate(table, host_with(facts)).states == reached


@given(
    table=tables(shared_fact=True),
    facts=st.fixed_dictionaries(dict.fromkeys(FACTS, st.sampled_from(KNOWN[:-1]))),
)
def test_all_facts_known_give_one_state_and_one_row(
    table: Table, facts: dict[Fact, Observation], host_with: Hosts
) -> None:
    result = evaluate(table, host_with(facts))
    assert (len(result.states), len(result.rows)) == (1, 1)


@given(
    table=tables(shared_fact=True),
    facts=observations,
    wanted=st.frozensets(st.sampled_from(STATES), min_size=1),
)
def test_a_verdict_holds_whatever_the_missing_facts_are(
    table: Table, facts: dict[Fact, Observation], wanted: frozenset[str], host_with: Hosts
) -> None:
    rule = _rule(table, wanted)
    outcome = judge_rule(rule, host_with(facts)).outcome
    completed = {judge_rule(rule, host_with(host)).outcome for host in _completions(facts)}
    assert outcome is Outcome.UNKNOWN or completed == {outcome}


def test_a_fact_that_is_asked_twice_is_one_fact(host_with: Hosts) -> None:
    """Whatever `a` is, the true state is "good": "bad" would need it to be in two cases at once."""
    inner_input = FactInput("a", FACTS[0], "REG_DWORD", CASES, None, "none", SPAN)
    is_unset, is_set = frozenset({"unset"}), frozenset({"zero", "one", "other"})
    states = {name: State(name, name, doubt=False, works=False, next=()) for name in STATES}

    def row(number: int, state: str, **when: frozenset[str]) -> Row:
        return Row(number, when, state, "", recommended=False, span=SPAN)

    inner = Model(
        *("inner", "Inner", "", {}, (inner_input,), {n: states[n] for n in ("fair", "good")}),
        (row(1, "fair", a=is_unset), row(2, "good", a=is_set)),
        SPAN,
    )
    outer_inputs = (inner_input, ModelInput("inner", inner, {}, SPAN))
    outer = Model(
        *("outer", "Outer", "", {}, outer_inputs, {n: states[n] for n in ("bad", "good")}),
        (
            row(1, "good", a=is_unset, inner=frozenset({"fair"})),
            row(2, "bad", a=is_unset, inner=frozenset({"good"})),
            row(3, "bad", a=is_set, inner=frozenset({"fair"})),
            row(4, "good", a=is_set, inner=frozenset({"good"})),
        ),
        SPAN,
    )
    assert list(prove(outer)) == []
    table = bind(outer, {})
    for seen in KNOWN[:-1]:
        assert evaluate(table, host_with({FACTS[0]: seen})).states == {"good"}
    assert evaluate(table, host_with({})).states == {"good"}
    rule = _rule(table, frozenset({"good"}))
    assert judge_rule(rule, host_with({})).outcome is Outcome.PASS
