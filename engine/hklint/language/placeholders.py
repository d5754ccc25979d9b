"""Names in braces: `{protocol}` in a text stands for a value. There are no expressions."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from hklint.documents.document import DocumentPath

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_PLACEHOLDER = re.compile(rf"\{{(?!{_GUID}\}})([a-z][a-z0-9_-]*(?:\.[a-z]+)?)\}}")
_BRACES = re.compile(r"\{([^{}]*)\}")


def names_in(text: str) -> list[str]:
    """The names that a text refers to, in order; a GUID in braces, as in registry keys, is none."""
    return _PLACEHOLDER.findall(text)


def is_name(text: str) -> bool:
    """Whether a text is nothing but one name."""
    return _PLACEHOLDER.fullmatch(text) is not None


def misspelt_in(text: str, known: Collection[str]) -> list[str]:
    """What stands in braces and would be a known name without its capitals or blanks."""
    return [
        inside
        for inside in _BRACES.findall(text)
        if inside not in known and inside.strip().lower() in known
    ]


def fill(text: str, values: Mapping[str, object]) -> str:
    """The text with every known name replaced; unknown names stay as they are."""
    return _PLACEHOLDER.sub(lambda hit: str(values.get(hit[1], hit[0])), text)


def fill_tree(node: object, values: Mapping[str, object]) -> object:
    """A copy of a YAML tree with every text filled in.

    A text that is nothing but one name becomes the value itself, with its type.
    """
    if isinstance(node, str):
        alone = _PLACEHOLDER.fullmatch(node)
        return values.get(alone[1], node) if alone else fill(node, values)
    if isinstance(node, dict):
        tree = cast("dict[str, object]", node)
        return {key: fill_tree(value, values) for key, value in tree.items()}
    if isinstance(node, list):
        return [fill_tree(item, values) for item in cast("list[object]", node)]
    return node


def texts_in(node: object, path: DocumentPath) -> Iterator[tuple[DocumentPath, str]]:
    """Every text of a YAML tree that stands at this path, each with its own path."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            yield from texts_in(value, (*path, key))
    elif isinstance(node, list):
        for number, value in enumerate(cast("list[object]", node)):
            yield from texts_in(value, (*path, number))


def listed(path: DocumentPath, item: object) -> Iterator[tuple[DocumentPath, str]]:
    """The words of a list, or the single word, each with its own path."""
    if not isinstance(item, list):
        yield path, str(item)
        return
    for number, word in enumerate(cast("list[object]", item)):
        yield (*path, number), str(word)
