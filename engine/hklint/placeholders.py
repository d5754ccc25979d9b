"""Names in braces: `{protocol}` in a text stands for a value. There are no expressions."""

import re
from collections.abc import Mapping

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_-]*(?:\.[a-z]+)?)\}")


def names_in(text: str) -> list[str]:
    """The names that a text refers to, in order."""
    return _PLACEHOLDER.findall(text)


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
        return {key: fill_tree(value, values) for key, value in node.items()}
    if isinstance(node, list):
        return [fill_tree(item, values) for item in node]
    return node
