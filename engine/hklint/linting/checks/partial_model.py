"""HK607: values checked one by one that only mean something together, as a model knows."""

import itertools
from collections.abc import Iterator, Mapping
from typing import cast

from hklint.codes import Code
from hklint.fact import Fact, RegistryValue, View
from hklint.language.placeholders import fill, names_in
from hklint.linking.model_checks import MAX_TRIED
from hklint.linting.checks.scope import PolicyFile, Scope
from hklint.model import FactInput, Model, Table
from hklint.policy import ValueExpectation
from hklint.snapshot import lookup_key
from hklint.span import Diagnostic

Siblings = Mapping[Fact, tuple[str, frozenset[Fact]]]
"""For a value the model that reads it, and the values that the model reads in the same key."""


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules on some of the values of a key that a model reads together, in policies without it."""
    siblings = _siblings(scope.known)
    for file in scope.policies:
        used = _models_used(file)
        asked = {fact for rule in file.linked.rules for fact in rule.facts}
        told: set[str] = set()
        for rule in file.linked.rules:
            match rule.expectation:
                case ValueExpectation(fact=RegistryValue() as fact):
                    model_id, together = siblings.get(lookup_key(fact), ("", frozenset[Fact]()))
                case _:
                    continue
            left = sorted(_name(item) for item in together - asked)
            if not left or model_id in used or rule.info.id in told:
                continue
            told.add(rule.info.id)
            message = f"this value means something only together with {', '.join(left)}"
            hint = f"expect a state of the model {model_id}, which reads them all"
            yield Diagnostic(rule.span, message, hint, Code.PARTIAL_MODEL)


def _siblings(models: Mapping[str, Model]) -> Siblings:
    found: dict[Fact, tuple[str, frozenset[Fact]]] = {}
    for model in models.values():
        by_key: dict[tuple[str, str, str], list[RegistryValue]] = {}
        for item in model.inputs:
            if isinstance(item, FactInput) and isinstance(item.fact, RegistryValue):
                place = item.fact.hive, item.fact.key, item.fact.view
                by_key.setdefault(place, []).append(item.fact)
        for facts in by_key.values():
            for together in _filled(model, facts) if len(facts) > 1 else ():
                for fact in together:
                    found.setdefault(fact, (model.id, together))
    return found


def _filled(model: Model, facts: list[RegistryValue]) -> Iterator[frozenset[Fact]]:
    """The facts for all values of the parameters in them, unless one of those is open."""
    texts = [text for fact in facts for text in (fact.key, fact.view, fact.value)]
    names = dict.fromkeys(name for text in texts for name in names_in(text))
    choices = [[(name, value) for value in model.parameters[name] or ()] for name in names]
    for combination in itertools.islice(itertools.product(*choices), MAX_TRIED):
        values = dict(combination)
        yield frozenset(
            lookup_key(
                RegistryValue(
                    fact.hive,
                    fill(fact.key, values),
                    fill(fact.value, values),
                    cast("View", fill(fact.view, values)),
                )
            )
            for fact in facts
        )


def _models_used(file: PolicyFile) -> set[str]:
    """The models that a policy asks, with those that they ask."""
    waiting = list(file.linked.tables())
    used: set[str] = set()
    while waiting:
        table = waiting.pop()
        used.add(table.model.id)
        waiting += [item.asks for item in table.inputs if isinstance(item.asks, Table)]
    return used


def _name(fact: Fact) -> str:
    assert isinstance(fact, RegistryValue)
    return fact.value
