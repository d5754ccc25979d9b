"""Deriving: from a host's failed verdicts to its fix, proved by judging the changed snapshot."""

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence

from hklint.fact import Fact, Observation, Present
from hklint.fix import Conflict, Fix, HostFix, Left
from hklint.fixing.left import left
from hklint.fixing.solve import Clash, Solution, solve
from hklint.fixing.steps import fix_of
from hklint.fixing.ties import tied
from hklint.judging.changed import changed
from hklint.judging.evaluate import Judgement, judge
from hklint.judging.remedy import touched_facts
from hklint.judging.restart_due import waiting
from hklint.judging.risks import risks
from hklint.policy import Policy, Rule
from hklint.snapshot import Snapshot
from hklint.verdict import Change, Outcome

MAX_REMEMBERED = 20_000
"""Solutions that are remembered: hosts of one kind have the same facts, and need them only once."""

_FAILING = {Outcome.FAIL, Outcome.UNKNOWN}


class Deriver:
    """Derives fixes by the same policies for any number of hosts."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        rules = [(policy, rule) for policy in policies for rule in policy.rules]
        self._policies = policies
        self._names = [f"{policy.id}: {_name(rule)}" for policy, rule in rules]
        self._groups = tied([rule for _, rule in rules])
        self._facts = [
            sorted({fact for place in group for fact in rules[place][1].facts}, key=str)
            for group in self._groups
        ]
        self._solved: dict[object, Solution] = {}

    def derive(self, snapshot: Snapshot, waived: Container[str] = ()) -> HostFix:
        """The fix of a host.

        `waived` are the names of verdicts, with their policies, that a waiver accepts: they stay as
        they are.
        """
        before = self._judged(snapshot)
        solutions = [
            self._solution(number, before, snapshot, waived) for number in range(len(self._groups))
        ]
        changes = [change for solution in solutions for change in solution.changes]
        later = self._judged(changed(snapshot, changes)) if changes else before
        for was, now in zip(before, later, strict=True):
            assert was.outcome in _FAILING or now.outcome not in _FAILING, was.rule.info.id
        mends = [
            place
            for place, (was, now) in enumerate(zip(before, later, strict=True))
            if was.outcome is not Outcome.PASS and now.outcome is Outcome.PASS
        ]
        clashes = [clash for solution in solutions for clash in solution.clashes]
        return HostFix(
            snapshot.host,
            self._fix(snapshot, changes, [(place, before[place].rule) for place in mends]),
            tuple(self._names[place] for place in mends),
            tuple(self._left(later, clashes, waived)),
            tuple(self._conflict(clash) for clash in clashes),
            tuple(
                dict.fromkeys(
                    line for place in mends for line in risks(before[place].rule, snapshot)
                )
            ),
            all(solution.smallest for solution in solutions),
            next(filter(None, (waiting(policy, snapshot) for policy in self._policies)), ""),
        )

    def _judged(self, snapshot: Snapshot) -> list[Judgement]:
        return [item for policy in self._policies for item in judge(policy, snapshot)]

    def _solution(
        self,
        number: int,
        judged: Sequence[Judgement],
        snapshot: Snapshot,
        waived: Container[str],
    ) -> Solution:
        goals: list[tuple[int, Rule]] = []
        kept: list[tuple[int, Rule]] = []
        for place in self._groups[number]:
            item = judged[place]
            if item.basis is None:
                continue
            if item.outcome not in _FAILING:
                kept.append((place, item.rule))
            elif self._names[place] not in waived:
                goals.append((place, item.rule))
        if not goals:
            return Solution((), (), smallest=True)
        seen = tuple(_comparable(snapshot.observe(fact)) for fact in self._facts[number])
        wanted = tuple(place for place, _ in goals)
        key = number, seen, wanted, tuple(place for place, _ in kept)
        if key not in self._solved:
            if len(self._solved) >= MAX_REMEMBERED:
                self._solved.clear()
            self._solved[key] = solve(goals, kept, snapshot)
        return self._solved[key]

    def _left(
        self,
        judged: Iterable[Judgement],
        clashes: Iterable[Clash],
        waived: Container[str],
    ) -> Iterable[Left]:
        clashing = {place for clash in clashes for place in clash.rules}
        for place, item in enumerate(judged):
            if item.outcome in _FAILING:
                name = self._names[place]
                yield left(name, item, waived=name in waived, clashing=place in clashing)

    def _conflict(self, clash: Clash) -> Conflict:
        return Conflict(tuple(self._names[place] for place in clash.rules), clash.facts)

    def _fix(
        self, snapshot: Snapshot, changes: Sequence[Change], mended: Iterable[tuple[int, Rule]]
    ) -> Fix:
        touched = touched_facts(changes)
        asking: dict[Fact, list[str]] = defaultdict(list)
        for place, rule in mended:
            for fact in touched & rule.facts:
                asking[fact].append(self._names[place])
        policies = [f"{policy.id} {policy.version}" for policy in self._policies]
        return fix_of(snapshot, policies, changes, asking)


def _name(rule: Rule) -> str:
    return f"{rule.info.id}[{rule.instance}]" if rule.instance else rule.info.id


def _comparable(seen: Observation) -> object:
    """An observation without its record, which nothing is derived from."""
    return (seen.type, seen.value) if isinstance(seen, Present) else seen
