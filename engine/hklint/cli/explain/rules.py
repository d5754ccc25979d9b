"""Pages on rules: what each expects, of which hosts, and why."""

from collections.abc import Iterator
from typing import assert_never

from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import wrapped
from hklint.controls import CATALOGUES
from hklint.judging.show import show_value
from hklint.model import Table
from hklint.policy import (
    AbsentMeans,
    ConsistentExpectation,
    Expectation,
    OutcomeExpectation,
    Policy,
    Rule,
    StateExpectation,
    ValueExpectation,
)

MAX_INSTANCES_SHOWN = 12

LEVELS = {
    1: "hardly breaks anything",
    2: "for hardened hosts, may break something",
    3: "for few",
}
_ABSENT = {
    "fail": "An absent value fails.",
    "pass": "An absent value passes.",
    "not_applicable": "Where the value is absent, the rule is not applicable.",
}
_RESTART = {
    "computer": "A change takes effect when the computer has been restarted.",
    "service": "A change takes effect when the service has been restarted.",
    "none": "",
}
_ONLY_THERE = {"any", "key"}


def names(shelf: Shelf) -> dict[str, str]:
    """The rules of all policies with their titles."""
    return {rule.id: rule.title for policy in shelf.policies.values() for rule in policy.rules}


def pages(shelf: Shelf, name: str) -> Iterator[str]:
    """A page for each policy that has a rule of this id."""
    for key, shape in shelf.policies.items():
        if any(rule.id == name for rule in shape.rules):
            policy = shelf.linked("policy", key).policies[key]
            instances = [rule for rule in policy.rules if rule.info.id == name]
            profiles = [
                profile
                for profile, choice in shelf.choices.items()
                if name in choice.chosen().get(key, ())
            ]
            yield "\n".join(_page(policy, instances, profiles))


def _page(policy: Policy, instances: list[Rule], profiles: list[str]) -> Iterator[str]:
    info = instances[0].info
    yield f"rule {info.id}: {info.title}"
    yield str(info.span)
    yield ""
    yield f"policy    {policy.id}"
    yield f"severity  {info.severity}"
    yield f"level     {info.level}: {LEVELS[info.level]}"
    if profiles:
        yield f"profiles  {', '.join(profiles)}"
    if info.tags:
        yield f"tags      {', '.join(info.tags)}"
    for catalogue in CATALOGUES.values():
        ids = [control.id for control in info.controls if control.catalogue == catalogue.id]
        if ids:
            yield f"controls  {catalogue.name}: {', '.join(ids)}"
    for condition in (*policy.conditions, *instances[0].conditions):
        yield f"hosts     whose {condition.fact.field} is {condition.wanted}"
    yield ""
    yield from _expected(instances)
    for heading, text in (("Why it matters", info.why), ("What to do", info.remedy)):
        if text:
            yield from ("", heading, *wrapped(text, "  "))
    yield from _risks(instances)


def _risks(instances: list[Rule]) -> Iterator[str]:
    """What mending the rule may break, and the pages that it and its risks rest on."""
    risks = [risk for rule in instances for risk in rule.risks]
    if risks:
        yield from ("", "What mending it may break")
        for what in dict.fromkeys(risk.what for risk in risks):
            yield from wrapped(what, "  ")
    pages = (*instances[0].info.references, *(page for risk in risks for page in risk.references))
    if pages:
        yield from ("", "Sources")
        for page in dict.fromkeys(pages):
            yield from (*wrapped(page.title, "  "), f"    {page.url}")


def _expected(instances: list[Rule]) -> Iterator[str]:
    if not instances[0].instance:
        yield "Expects"
    else:
        yield f"Expects, with one verdict each ({len(instances)} in all)"
    for rule in instances[:MAX_INSTANCES_SHOWN]:
        if rule.instance:
            yield f"  {rule.instance.replace(',', ', ')}"
        indent = "    " if rule.instance else "  "
        for sentence in _in_words(rule.expectation):
            yield from wrapped(sentence, indent)
    if len(instances) > MAX_INSTANCES_SHOWN:
        yield f"  ... and {len(instances) - MAX_INSTANCES_SHOWN} more like these"


def _in_words(expectation: Expectation) -> Iterator[str]:
    match expectation:
        case ValueExpectation():
            yield str(expectation.fact)
            only_there = expectation.type in _ONLY_THERE
            yield (
                f"is {expectation.wanted}"
                if only_there
                else (
                    f"{expectation.type}: {expectation.wanted}"
                    + (" (the case of letters counts)" if expectation.exact else "")
                )
            )
            if not only_there:
                yield _absent(expectation)
            if expectation.write is not None:
                yield f"A fix writes {show_value(expectation.write, expectation.type)}."
            if _RESTART[expectation.restart]:
                yield _RESTART[expectation.restart]
        case StateExpectation():
            given = ", ".join(f"{k} = {v}" for k, v in expectation.table.arguments.items())
            with_these = f" with {given}" if given else ""
            yield f"model {expectation.table.model.id}{with_these}"
            yield f"comes to: {expectation.wanted}"
        case OutcomeExpectation():
            yield f"a live {expectation.fact}"
            yield f"has the outcome: {expectation.wanted}"
        case ConsistentExpectation(compared=compared):
            yield compared.subject if isinstance(compared, Table) else str(compared)
            yield f"is {expectation.wanted}"
        case _:
            assert_never(expectation)


def _absent(expectation: ValueExpectation) -> str:
    if isinstance(expectation.absent, AbsentMeans):
        shown = show_value(expectation.absent.value, expectation.type)
        return f"An absent value counts as {shown}."
    return _ABSENT[expectation.absent]
