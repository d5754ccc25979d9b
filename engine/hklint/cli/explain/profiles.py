"""Pages on profiles: what each resolves to, and where every rule and value comes from."""

from collections.abc import Iterator, Mapping

from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import column, wrapped
from hklint.language import Policy
from hklint.linking.library import Library
from hklint.linking.parameters import DEFAULT, in_words
from hklint.linking.profiles import Choice, Standing


def names(shelf: Shelf) -> dict[str, str]:
    """The profiles with their titles."""
    return {key: profile.title for key, profile in shelf.profiles.items()}


def pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a profile resolves to."""
    if name not in shelf.profiles:
        return
    shape, library = shelf.profiles[name], shelf.resolved(name)
    lines = [f"profile {name}: {shape.title}", library.choice.layers[name].path]
    if shape.description:
        lines += ["", *wrapped(shape.description)]
    lines += _chain(library.choice)
    lines += _rules(library.choice, shelf.policies)
    lines += _parameters(library, shelf.policies)
    yield "\n".join(lines)


def _chain(choice: Choice) -> Iterator[str]:
    if len(choice.chain) == 1:
        return
    yield ""
    yield "It builds on other profiles (the parameters of a later one count more)"
    width = column(choice.layers)
    for number, (key, layer) in enumerate(choice.layers.items(), 1):
        yield f"  {number}. {key:{width}}  {layer.path}"


def _rules(choice: Choice, policies: Mapping[str, Policy]) -> Iterator[str]:
    chosen = choice.chosen()
    number = sum(map(len, chosen.values()))
    yield ""
    of = len(choice.rules)
    yield f"Rules: {number} of {of}, with severity, level and the profile that chose it"
    width = column({rule: "" for _, rule in choice.rules})
    for policy in choice.policies:
        standings = {rule: item for (key, rule), item in choice.rules.items() if key == policy}
        count = f"{len(chosen.get(policy, ()))} of {len(standings)}"
        yield ""
        yield f"  policy {policy}: {policies[policy].title} ({count})"
        for rule, item in standings.items():
            if item.chosen:
                yield f"    {_line(rule, item, width)}{item.profile}"
        left = {rule: item for rule, item in standings.items() if not item.chosen}
        if left:
            yield "    left out:"
        for rule, item in left.items():
            yield f"    {_line(rule, item, width)}by {item.profile}: {item.why}"


def _line(rule: str, item: Standing, width: int) -> str:
    return f"{item.rule.severity:8}  {item.rule.level}  {rule:{width}}  "


def _parameters(library: Library, policies: Mapping[str, Policy]) -> Iterator[str]:
    if not library.sources:
        return
    yield ""
    yield "Parameters, and where their values come from"
    for policy in library.policies.values():
        for name, value in policy.parameters.items():
            source = library.sources[f"{policy.id}.{name}"]
            yield f"  {policy.id}.{name} = {value}"
            yield f"      {'the default' if source == DEFAULT else source}"
            yield f"      allowed: {in_words(policies[policy.id].parameters[name])}"
