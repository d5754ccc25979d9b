"""Repair: the smallest set of changes with which rules pass and none that passes is lost.

A search over the ways of the rules: of the first rule that does not pass, each way is tried, and
the rules are judged again. What one change breaks is repaired like the rest, or the branch is given
up. A set is smaller than another if it changes fewer values.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

from hklint.judging.changed import changed
from hklint.judging.evaluate import Judgement, judge_rule
from hklint.judging.ways import Way, after, changing, ways
from hklint.policy import Rule
from hklint.snapshot import Snapshot
from hklint.verdict import Change, Outcome

if TYPE_CHECKING:
    from hklint.fact import Absent, Fact, Present

MAX_TRIED = 2_000
"""How many sets of changes are tried for rules that hang together."""


class Repair(msgspec.Struct, frozen=True):
    """Changes with which all the rules pass.

    It is the smallest set unless the search was cut short.
    """

    changes: tuple[Change, ...]
    smallest: bool


def repair(goals: Sequence[Rule], kept: Iterable[Rule], snapshot: Snapshot) -> Repair | None:
    """The changes with which the goals pass, and what is kept does not turn for the worse.

    All of them apply to the host. None if no changes do that, or none were found in MAX_TRIED.
    """
    search = _Search(goals, kept, snapshot)
    search.go({})
    if search.best is None:
        return None
    return Repair(tuple(search.best.values()), search.tried <= MAX_TRIED)


class _Search:
    def __init__(self, goals: Sequence[Rule], kept: Iterable[Rule], snapshot: Snapshot) -> None:
        self.goals = goals
        self.kept = [
            rule
            for rule in kept
            if judge_rule(rule, snapshot).outcome in {Outcome.PASS, Outcome.NOT_APPLICABLE}
        ]
        self.snapshot = snapshot
        self.best: Way | None = None
        self.seen: set[frozenset[tuple[Fact, Present | Absent]]] = set()
        self.tried = 0

    def go(self, made: Way) -> None:
        """Looks for the best set, from the changes made so far."""
        self.tried += 1
        if self.tried > MAX_TRIED:
            return
        now = changed(self.snapshot, made.values())
        unmet = self._first_unmet(now)
        if unmet is None:
            self.best = made
            return
        for way in ways(unmet, now):
            further = changing({**made, **way}, self.snapshot)
            is_smaller = self.best is None or len(further) < len(self.best)
            if is_smaller and self._is_new(further):
                self.go(further)

    def _is_new(self, made: Way) -> bool:
        """Whether the set was not tried before: two rules may ask for a value back and forth."""
        data = frozenset((fact, after(change)) for fact, change in made.items())
        if data in self.seen:
            return False
        self.seen.add(data)
        return True

    def _first_unmet(self, now: Snapshot) -> Judgement | None:
        for rule in self.goals:
            judgement = judge_rule(rule, now)
            if judgement.outcome is not Outcome.PASS:
                return judgement
        for rule in self.kept:
            judgement = judge_rule(rule, now)
            if judgement.outcome not in {Outcome.PASS, Outcome.NOT_APPLICABLE}:
                return judgement
        return None
