"""Pairs of rules that judge one and the same thing on some host."""

import itertools
from collections.abc import Iterator

import msgspec

from hklint.cover import TooManyBoxesError
from hklint.linting.checks.scope import PolicyFile
from hklint.model import Table
from hklint.policy import (
    Condition,
    ConsistentExpectation,
    OutcomeExpectation,
    Policy,
    Rule,
    StateExpectation,
    ValueExpectation,
)
from hklint.snapshot import lookup_key
from hklint.span import Span
from hklint.values import ValueSet, intersection, is_empty

MAX_PAIRS = 5_000
"""Pairs of instances on one value, beyond which a document is no longer one for people."""


class Judged(msgspec.Struct, frozen=True):
    """A rule with the policy it stands in."""

    policy: Policy
    rule: Rule

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """What the rule's hosts are like."""
        return (*self.policy.conditions, *self.rule.conditions)

    @property
    def name(self) -> str:
        """The rule with its instance."""
        instance = f"[{self.rule.instance}]" if self.rule.instance else ""
        return f"{self.rule.info.id}{instance}"


def pairs(files: tuple[PolicyFile, ...]) -> Iterator[tuple[Judged, Judged]]:
    """Any two rules on the same thing that can meet on a host, in the order of documents.

    Of one thing only the first MAX_PAIRS are looked at.
    """
    by_subject: dict[object, list[Judged]] = {}
    for file in files:
        for rule in file.linked.rules:
            by_subject.setdefault(_subject(rule), []).append(Judged(file.linked, rule))
    for judged in by_subject.values():
        for first, second in itertools.islice(itertools.combinations(judged, 2), MAX_PAIRS):
            if first.rule.info is not second.rule.info and _can_meet(first, second):
                yield first, second


def said_at(span: Span, other: Span) -> str:
    """A place as it is named in a diagnostic at another one."""
    return f"line {span.line}" if span.path == other.path else f"{span.path}:{span.line}"


def _subject(rule: Rule) -> object:
    match rule.expectation:
        case ValueExpectation(fact=fact) | OutcomeExpectation(fact=fact):
            return lookup_key(fact)
        case StateExpectation(table=Table(model=model, arguments=arguments)):
            return model.id, frozenset(arguments.items())
        case ConsistentExpectation(compared=Table(model=model, arguments=arguments)):
            return "consistent", model.id, frozenset(arguments.items())
        case ConsistentExpectation(compared=compared):
            return "consistent", compared


def exclude_each_other(one: ValueSet, other: ValueSet) -> bool:
    """Whether surely no value is in both sets."""
    try:
        return is_empty(intersection(one, other))
    except TooManyBoxesError:
        return False


def _can_meet(first: Judged, second: Judged) -> bool:
    """Whether a host can be one that both rules are for; if that is not sure, it can."""
    return not any(
        mine.fact == theirs.fact
        and not (mine.absent and theirs.absent)
        and exclude_each_other(mine.values, theirs.values)
        for mine in first.conditions
        for theirs in second.conditions
    )
