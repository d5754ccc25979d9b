"""What can be wrong with the selections of profiles: nothing is chosen, or a part does nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from hklint.codes import Code
from hklint.documents.document import Document
from hklint.language import Policy, Profile, Rule, Selection
from hklint.linking.profiles import Choice, resolve
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic

Policies = Mapping[str, Policy]

_TOLD_BY_NAME = {"rules": "the id", "tags": "the tag"}
_WORDS = {"rules": "id", "tags": "tag", "severities": "severity", "levels": "level"}


def selection_mistakes(
    profile: Profile, document: Document, parents: Sequence[Choice], policies: Policies
) -> list[Diagnostic]:
    """What is wrong with `select` and `exclude`, given what the extended profiles come to."""
    if not profile.policies and ("select" in document.root or not profile.extends):
        return [_nothing_to_choose_from(profile, document)]
    plain = msgspec.structs.replace(profile, exclude=Selection(), parameters={})
    own = resolve(plain, document, (), policies)
    before = resolve(plain, document, parents, policies)
    found = list(_unknown(document, "select", own, policies))
    found += _unknown(document, "exclude", before, policies)
    if found:
        return found
    after = resolve(profile, document, parents, policies)
    if profile.policies and not own.chosen():
        message = "no rule meets all that is given here, so the profile chooses nothing"
        span = document.key_span(("select",))
        return [Diagnostic(span, message, "ask for less", Code.EMPTY_SELECTION)]
    if not after.chosen():
        message = "this leaves out every rule, so the profile chooses nothing"
        span = document.key_span(("exclude",))
        return [Diagnostic(span, message, "exclude less", Code.EMPTY_SELECTION)]
    return [
        *_idle_policies(profile, document, own),
        *_idle(document, "select", own),
        *_idle(document, "exclude", before),
        *_excluded_again(profile, document, own, after),
    ]


def _nothing_to_choose_from(profile: Profile, document: Document) -> Diagnostic:
    if profile.extends:
        message = "there are no policies to select from"
        hint = "add 'policies'; to take rules away from what is extended, use 'exclude'"
        return Diagnostic(document.key_span(("select",)), message, hint, Code.EMPTY_SELECTION)
    message = "the profile chooses nothing: it names no policies and extends no profile"
    hint = "add 'policies' or 'extends'"
    return Diagnostic(document.value_span(("id",)), message, hint, Code.EMPTY_SELECTION)


def _unknown(
    document: Document, part: str, choice: Choice, policies: Policies
) -> Iterator[Diagnostic]:
    """Ids and tags that no rule has which could be chosen."""
    reach = [standing.rule for standing in choice.rules.values()]
    for criterion, word in _TOLD_BY_NAME.items():
        there = {value for rule in reach for value in _values(rule, criterion)}
        for number, item in enumerate(document.root.get(part, {}).get(criterion, ())):
            if item not in there:
                span = document.value_span((part, criterion, number))
                message = f"no rule of these policies has {word} {quoted(item)}"
                hint = _elsewhere(item, policies) if criterion == "rules" else ""
                hint = hint or suggestion(item, _nearest_first(item, map(str, there)))
                yield Diagnostic(span, message, hint, Code.UNKNOWN_NAME)


def _nearest_first(word: str, names: Iterable[str]) -> list[str]:
    """Names in alphabetical order, those that begin alike first: only so many are compared."""
    return sorted(names, key=lambda name: (name[:2] != word[:2], name))


def _elsewhere(rule_id: str, policies: Policies) -> str:
    """Which policy has a rule of this id, where it can't be chosen for want of that policy."""
    for policy in policies.values():
        if any(rule.id == rule_id for rule in policy.rules):
            return f"it is a rule of the policy {policy.id}: add that to 'policies'"
    return ""


def _idle_policies(profile: Profile, document: Document, own: Choice) -> Iterator[Diagnostic]:
    chosen = own.chosen()
    for number, policy in enumerate(profile.policies):
        if policy not in chosen:
            span = document.value_span(("policies", number))
            message = f"no rule of {policy} is selected"
            yield Diagnostic(span, message, "select more, or remove it", Code.IDLE_SELECTOR)


def _idle(document: Document, part: str, choice: Choice) -> Iterator[Diagnostic]:
    """Items of a selection that none of the chosen rules meets."""
    chosen = [standing.rule for standing in choice.rules.values() if standing.chosen]
    for criterion, word in _WORDS.items():
        there = {value for rule in chosen for value in _values(rule, criterion)}
        for number, item in enumerate(document.root.get(part, {}).get(criterion, ())):
            if item in there:
                continue
            span = document.value_span((part, criterion, number))
            if part == "exclude":
                message = f"this leaves out nothing: no rule that is chosen has the {word} {item}"
            else:
                message = f"this selects nothing: no rule with the {word} {item} meets the rest"
            yield Diagnostic(span, message, "remove it", Code.IDLE_SELECTOR)


def _excluded_again(
    profile: Profile, document: Document, own: Choice, after: Choice
) -> Iterator[Diagnostic]:
    """Rules that are selected by their ids and then excluded."""
    left = {rule for (_, rule), standing in after.rules.items() if standing.chosen}
    there = {rule for (_, rule), standing in own.rules.items() if standing.chosen}
    for number, rule in enumerate(profile.select.rules):
        if rule in there - left:
            span = document.value_span(("select", "rules", number))
            message = f"{quoted(rule)} is selected here and excluded below"
            yield Diagnostic(span, message, "remove one of them", Code.IDLE_SELECTOR)


def _values(rule: Rule, criterion: str) -> Sequence[str | int]:
    """What a rule has that a criterion of a selection asks for."""
    match criterion:
        case "rules":
            return [rule.id]
        case "tags":
            return rule.tags
        case "severities":
            return [rule.severity]
        case _:
            return [rule.level]
