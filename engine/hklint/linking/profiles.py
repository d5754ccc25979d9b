"""Profiles: the rules they choose and the values they give to parameters, and which did what.

The rules of a profile are those of all profiles it extends, and those of its own policies that meet
`select`; of all of these, what meets `exclude` is left out. Its parameters hold for the policies
that it or what it extends names; where two give one parameter a value, the later in the chain wins.
"""

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from hklint.documents.document import Document
from hklint.language import Policy, Profile, Rule, Selection
from hklint.linking.parameters import (
    Declared,
    ParameterError,
    ParameterKey,
    Setting,
    given_values,
    in_order,
)

RuleKey = tuple[str, str]
"""A policy's id and a rule's."""


class Standing(msgspec.Struct, frozen=True):
    """A rule, whether it is chosen, by which profile, and why it is left out if it is.

    `profile` is "" where no profile decided, but the command line.
    """

    rule: Rule
    chosen: bool
    profile: str
    why: str = ""


class Layer(msgspec.Struct, frozen=True):
    """A profile of a chain, with the values that it gives itself."""

    title: str
    path: str
    settings: Mapping[ParameterKey, Setting]


class Choice(msgspec.Struct, frozen=True):
    """What a profile comes to.

    `rules` has every rule of all policies in reach. `layers` has the profiles of the chain by id:
    what a profile extends comes before it, and each comes once.
    """

    rules: Mapping[RuleKey, Standing]
    layers: Mapping[str, Layer]

    @property
    def chain(self) -> tuple[str, ...]:
        """The ids of the profiles it rests on, itself last."""
        return tuple(self.layers)

    @property
    def policies(self) -> tuple[str, ...]:
        """The ids of all policies in reach."""
        return tuple(dict.fromkeys(policy for policy, _ in self.rules))

    @property
    def settings(self) -> dict[ParameterKey, Setting]:
        """The values given to parameters; later profiles override earlier ones."""
        merged: dict[ParameterKey, Setting] = {}
        for layer in self.layers.values():
            merged |= layer.settings
        return merged

    def chosen(self) -> dict[str, frozenset[str]]:
        """The ids of the chosen rules by policy, without policies of which none is chosen."""
        found: dict[str, set[str]] = {}
        for (policy, rule), standing in self.rules.items():
            if standing.chosen:
                found.setdefault(policy, set()).add(rule)
        return {policy: frozenset(rules) for policy, rules in found.items()}


NO_CHOICE = Choice({}, {})
"""Nothing is chosen."""


def united(parents: Iterable[Choice]) -> Choice:
    """All that is chosen by any of these; what none chooses is left out as the first leaves it."""
    rules: dict[RuleKey, Standing] = {}
    layers: dict[str, Layer] = {}
    for parent in parents:
        layers |= parent.layers
        for key, standing in parent.rules.items():
            if key not in rules or (standing.chosen and not rules[key].chosen):
                rules[key] = standing
    return Choice(rules, layers)


def with_policies(choice: Choice, policies: Iterable[Policy]) -> Choice:
    """The choice and all rules of these policies, as `--policy` asks for them."""
    whole = {
        (policy.id, rule.id): Standing(rule, chosen=True, profile="")
        for policy in policies
        for rule in policy.rules
    }
    return united([choice, Choice(whole, {})])


def resolve(
    profile: Profile, document: Document, parents: Iterable[Choice], policies: Mapping[str, Policy]
) -> Choice:
    """What a profile comes to, given what those it extends come to.

    `policies` has every policy in reach. Parameters that don't fit are left out, as
    `profile_checks` reports them.
    """
    base = united(parents)
    rules = dict(base.rules)
    for policy_id in profile.policies:
        for rule in policies[policy_id].rules:
            key = policy_id, rule.id
            missed = next(misses(rule, profile.select), "")
            if key in rules and rules[key].chosen:
                continue
            why = f"not selected, {missed}" if missed else ""
            rules[key] = Standing(rule, chosen=not missed, profile=profile.id, why=why)
    for key, standing in rules.items():
        met = next(meets(standing.rule, profile.exclude), "") if standing.chosen else ""
        if met:
            why = f"excluded, {met}"
            rules[key] = Standing(standing.rule, chosen=False, profile=profile.id, why=why)
    declared = {policy_id: policies[policy_id].parameters for policy_id, _ in rules}
    own = _own_settings(profile, document, declared)
    return Choice(rules, {**base.layers, profile.id: Layer(profile.title, document.path, own)})


def _own_settings(
    profile: Profile, document: Document, declared: Declared
) -> dict[ParameterKey, Setting]:
    settings: dict[ParameterKey, Setting] = {}
    for name in in_order(profile.parameters):
        line = document.value_span(("parameters", name)).line
        source = f"profile {profile.id}, {document.path}:{line}"
        try:
            found = given_values(name, profile.parameters[name], declared)
        except ParameterError:
            continue
        settings |= {key: Setting(value, source) for key, value in found.items()}
    return settings


def misses(rule: Rule, select: Selection) -> Iterator[str]:
    """Why a rule does not meet everything that a selection gives; nothing if it does."""
    if select.rules and rule.id not in select.rules:
        yield "it is not among the rules listed"
    if select.tags and not set(select.tags) & set(rule.tags):
        yield f"it has no tag {' or '.join(select.tags)}"
    if select.severities and rule.severity not in select.severities:
        yield f"its severity is {rule.severity}"
    if select.levels and rule.level not in select.levels:
        yield f"its level is {rule.level}"


def meets(rule: Rule, exclude: Selection) -> Iterator[str]:
    """What of a selection a rule meets; nothing if it meets none of it."""
    if rule.id in exclude.rules:
        yield "it is listed"
    for tag in exclude.tags:
        if tag in rule.tags:
            yield f"its tag is {tag}"
    if rule.severity in exclude.severities:
        yield f"its severity is {rule.severity}"
    if rule.level in exclude.levels:
        yield f"its level is {rule.level}"
