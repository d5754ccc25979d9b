"""Pages on policies."""

from collections.abc import Iterator

from hklint.cli.explain.shelf import Shelf
from hklint.cli.explain.text import column, wrapped
from hklint.linking.parameters import DEFAULT, in_words


def names(shelf: Shelf) -> dict[str, str]:
    """The policies with their titles."""
    return {key: policy.title for key, policy in shelf.policies.items()}


def pages(shelf: Shelf, name: str) -> Iterator[str]:
    """What a policy is for, its parameters and its rules."""
    if name not in shelf.policies:
        return
    shape, library = shelf.policies[name], shelf.linked("policy", name)
    policy = library.policies[name]
    lines = [f"policy {name} {policy.version}: {policy.title}", policy.path]
    if shape.description:
        lines += ["", *wrapped(shape.description)]
    if policy.conditions or shape.parameters:
        lines.append("")
    lines += [
        f"For hosts whose {condition.fact.field} is {condition.wanted}."
        for condition in policy.conditions
    ]
    for key, parameter in shape.parameters.items():
        source = library.sources[f"{name}.{key}"]
        given = "" if source == DEFAULT else f", from {source}"
        lines += [
            f"Parameter {key} = {policy.parameters[key]} ({in_words(parameter)}{given})",
            *wrapped(parameter.title, "  "),
            f"  Change it with --set {key}=..., or in a profile.",
        ]
    width = column({rule.id: "" for rule in shape.rules})
    lines += ["", "Rules, with severity and level"]
    lines += [
        f"  {rule.severity:8}  {rule.level}  {rule.id:{width}}  {rule.title}"
        for rule in shape.rules
    ]
    if policy.diagnosis is not None:
        lines += ["", f"The cause of failures is told by the model {policy.diagnosis.model.id}."]
    chosen_by = [key for key, item in shelf.profiles.items() if name in item.policies]
    if chosen_by:
        lines += ["", f"Profiles that choose from it: {', '.join(chosen_by)}"]
    yield "\n".join(lines)
