"""What can be wrong with profiles: names, circles, and what they rest on."""

from collections.abc import Collection, Iterator, Mapping
from graphlib import TopologicalSorter
from itertools import chain as joined
from typing import cast

import msgspec

from hklint import language
from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.language import Profile, Selection
from hklint.linking.circles import circles
from hklint.linking.model_checks import FollowUp
from hklint.linking.parameters import ParameterError, given_values
from hklint.linking.profiles import Choice, resolve
from hklint.linking.selection_checks import selection_mistakes
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic

Documents = Mapping[str, Mapping[str, Document]]
"""Documents by kind and id."""

Broken = Mapping[str, Collection[str]]
"""By kind the ids of documents that are there, but have not the right shape."""

_LISTS: tuple[DocumentPath, ...] = (
    ("extends",),
    ("policies",),
    *((part, key) for part in ("select", "exclude") for key in Selection.__struct_fields__),
)


def check(documents: Documents, broken: Broken) -> list[Diagnostic]:
    """Everything that is wrong with profiles."""
    return link_profiles(documents, broken)[1]


def link_profiles(
    documents: Documents, broken: Broken
) -> tuple[dict[str, Choice], list[Diagnostic]]:
    """What each profile comes to that can be used, and everything that is wrong with any."""
    found = documents["profile"]
    shapes = {key: msgspec.convert(document.root, Profile) for key, document in found.items()}
    graph = {key: shape.extends for key, shape in shapes.items()}
    chains = circles(graph)
    in_circles = set(joined.from_iterable(chains))
    straight = {key: set(graph[key]) - in_circles for key in graph if key not in in_circles}
    parents_first = [key for key in TopologicalSorter(straight).static_order() if key in shapes]

    policies = {
        key: msgspec.convert(document.root, language.Policy)
        for key, document in documents["policy"].items()
    }
    diagnostics = [_circle(found[chain[0]], chain) for chain in chains]
    choices: dict[str, Choice] = {}
    for key in (*parents_first, *sorted(in_circles)):
        document, profile = found[key], shapes[key]
        wrong = [
            *_references(document, "extends", choices, {*shapes, *broken["profile"]}),
            *_references(document, "policies", policies, broken["policy"]),
        ]
        if not wrong:
            parents = [choices[name] for name in profile.extends]
            choice = resolve(profile, document, parents, policies)
            wrong += _listed_twice(document)
            wrong += selection_mistakes(profile, document, parents, policies)
            wrong += _parameter_mistakes(profile, document, choice, policies)
            if all(item.code.severity == "warning" for item in wrong):
                choices[key] = choice
        diagnostics += wrong
    return choices, diagnostics


def _circle(document: Document, chain: list[str]) -> Diagnostic:
    number = document.root["extends"].index(chain[1])
    span = document.value_span(("extends", number))
    message = f"profiles extend each other in a circle: {' -> '.join(chain)}"
    return Diagnostic(span, message, "let one of them extend none of the others", Code.CIRCLE)


def _listed_twice(document: Document) -> Iterator[Diagnostic]:
    for path in _LISTS:
        seen: set[object] = set()
        for number, item in enumerate(_items(document, path)):
            if item in seen:
                span = document.value_span((*path, number))
                message = f"{quoted(item)} is in this list twice"
                yield Diagnostic(span, message, "remove one of them", Code.LISTED_TWICE)
            seen.add(item)


def _items(document: Document, path: DocumentPath) -> list[object]:
    """The items of a list that may not be there."""
    node: object = document.root
    for step in path:
        node = cast("dict[object, object]", node).get(step, {})
    return list(cast("list[object]", node))


def _references(
    document: Document, key: str, usable: Collection[str], unusable: Collection[str]
) -> Iterator[Diagnostic]:
    """Names of profiles or policies that are not there, or have mistakes of their own."""
    kind = "profile" if key == "extends" else "policy"
    for number, item in enumerate(_items(document, (key,))):
        name = str(item)
        span = document.value_span((key, number))
        if name in unusable and name not in usable:
            message = f"the {kind} {quoted(name)} can't be used: it has mistakes of its own"
            yield FollowUp(span, message, f"mend that {kind} first", Code.BROKEN_DEPENDENCY)
        elif name not in usable:
            message = f"there is no {kind} {quoted(name)}"
            hint = suggestion(name, sorted({*usable, *unusable}))
            yield Diagnostic(span, message, hint, Code.UNKNOWN_NAME)


def _parameter_mistakes(
    profile: Profile, document: Document, choice: Choice, policies: Mapping[str, language.Policy]
) -> Iterator[Diagnostic]:
    declared = {policy: policies[policy].parameters for policy in choice.policies}
    for name, value in profile.parameters.items():
        try:
            given_values(name, value, declared)
        except ParameterError as error:
            path: DocumentPath = ("parameters", name)
            unknown = error.code is Code.UNKNOWN_NAME
            span = document.key_span(path) if unknown else document.value_span(path)
            yield Diagnostic(span, str(error), error.help, error.code)
