"""The search for changes finds the smallest set there is, and none where there is none.

Tables are made at random, one row for each combination, over facts that they share. Brute force
goes through every way the facts could be set.
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from hklint import operators, values
from hklint.fact import Absent, Fact, Observation, Present, RegistryValue
from hklint.judging.changed import changed
from hklint.judging.evaluate import judge_rule
from hklint.judging.repair import repair
from hklint.linking.bind import bind
from hklint.model import Case, FactInput, Model, ModelInput, Row, State
from hklint.policy import Rule, StateExpectation
from hklint.run import RuleInfo
from hklint.snapshot import Snapshot
from hklint.span import Span
from hklint.verdict import Change, Outcome

SPAN = Span("model.yaml", 1, 1, 2)
FACTS = tuple(RegistryValue("HKLM", "SOFTWARE\\Contoso", name) for name in ("a", "b", "c"))
CASES = (
    Case("unset", absent=True, values=values.NO_NUMBERS, write=None, span=SPAN),
    Case("zero", absent=False, values=operators.equals("number", 0), write=0, span=SPAN),
    Case("more", absent=False, values=operators.not_equals("number", 0), write=1, span=SPAN),
)
NAMES = tuple(case.name for case in CASES)
DELETED = Absent("value")
WRITTEN: tuple[Present | Absent, ...] = (
    DELETED,
    Present("REG_DWORD", 0),
    Present("REG_DWORD", 1),
)
SEEN: tuple[Observation, ...] = (*WRITTEN, Present("REG_DWORD", 7), Present("REG_SZ", "1"))
STATES = {name: State(name, name, doubt=False, works=False, next=()) for name in ("good", "bad")}

Hosts = Callable[[Mapping[Fact, Observation]], Snapshot]


@st.composite
def models(draw: st.DrawFn, *, chained: bool, recommended: bool) -> Model:
    """A table over two of the facts, or over one and what a table over two of them comes to."""
    facts = draw(st.lists(st.sampled_from(FACTS), min_size=2, max_size=2, unique=True))
    inputs = [FactInput(it.value, it, "REG_DWORD", CASES, None, "none", SPAN) for it in facts]
    if chained and draw(st.booleans()):
        inner = draw(models(chained=False, recommended=recommended))
        kept = inputs[:1]
        return _model(draw, [*kept, ModelInput("inner", inner, {}, SPAN)], recommended=recommended)
    return _model(draw, inputs, recommended=recommended)


def _model(
    draw: st.DrawFn, inputs: Sequence[FactInput | ModelInput], *, recommended: bool
) -> Model:
    words = [tuple(STATES) if isinstance(item, ModelInput) else NAMES for item in inputs]
    rows = tuple(
        Row(
            number,
            {item.name: frozenset({word}) for item, word in zip(inputs, line, strict=True)},
            draw(st.sampled_from(tuple(STATES))),
            "",
            recommended and draw(st.booleans()),
            SPAN,
        )
        for number, line in enumerate(itertools.product(*words), 1)
    )
    return Model("made-up", "Made up", "", {}, tuple(inputs), STATES, rows, SPAN)


def rules(*, recommended: bool = False) -> st.SearchStrategy[list[Rule]]:
    tables = st.lists(models(chained=True, recommended=recommended), min_size=1, max_size=3)
    return tables.map(lambda found: [_rule(model) for model in found])


def _rule(model: Model) -> Rule:
    expectation = StateExpectation(bind(model, {}), frozenset({"good"}), "good")
    info = RuleInfo("rule", "", "high", "", "", (), (), SPAN)
    return Rule(info, "", "", expectation, SPAN, frozenset())


hosts = st.fixed_dictionaries(dict.fromkeys(FACTS, st.sampled_from(SEEN)))


def _passes(rule: Rule, snapshot: Snapshot) -> bool:
    return judge_rule(rule, snapshot).outcome is Outcome.PASS


def _hosts_with(host: Mapping[Fact, Observation], number: int) -> Iterator[dict[Fact, Observation]]:
    """Every host that differs from this one in so many facts."""
    for facts in itertools.combinations(FACTS, number):
        for data in itertools.product(WRITTEN, repeat=number):
            if all(host[fact] != seen for fact, seen in zip(facts, data, strict=True)):
                yield {**host, **dict(zip(facts, data, strict=True))}


def _fewest(
    goals: Sequence[Rule], kept: Sequence[Rule], host: Mapping[Fact, Observation], of: Hosts
) -> int | None:
    """The number of changes that are enough, by brute force."""
    kept = [rule for rule in kept if _passes(rule, of(host))]
    for number in range(len(FACTS) + 1):
        for other in _hosts_with(host, number):
            if all(_passes(rule, of(other)) for rule in (*goals, *kept)):
                return number
    return None


@given(goals=rules(), kept=rules(), host=hosts)
def test_no_smaller_set_would_do(
    goals: list[Rule], kept: list[Rule], host: dict[Fact, Observation], host_with: Hosts
) -> None:
    found = repair(goals, kept, host_with(host))
    fewest = _fewest(goals, kept, host, host_with)
    assert (None if found is None else len(found.changes)) == fewest
    assert found is None or found.smallest


@given(goals=rules(recommended=True), kept=rules(recommended=True), host=hosts)
def test_the_goals_pass_and_nothing_is_lost(
    goals: list[Rule], kept: list[Rule], host: dict[Fact, Observation], host_with: Hosts
) -> None:
    before = host_with(host)
    found = repair(goals, kept, before)
    if found is not None:
        after = changed(before, found.changes)
        assert all(_passes(rule, after) for rule in goals)
        assert all(_passes(rule, after) for rule in kept if _passes(rule, before))
        assert all(_differs(change, before) for change in found.changes)


def _differs(change: Change, before: Snapshot) -> bool:
    seen = before.observe(change.fact)
    if change.value is None:
        return not isinstance(seen, Absent)
    return seen != Present(change.type, change.value)
