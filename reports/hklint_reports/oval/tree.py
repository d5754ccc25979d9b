"""The nouns of definitions: tests, joined by AND, OR and NOT."""

from typing import Literal, NamedTuple


class Value(NamedTuple):
    """What a state asks of the data: `value` of registry_state with its attributes.

    `check` says of how many items of a list it has to be true.
    """

    datatype: Literal["int", "string", "binary"]
    operation: str
    text: str
    check: Literal["all", "at least one", "only one"] = "all"


class Test(NamedTuple):
    """A registry_test: whether there is something, of a type or with data, or nothing."""

    words: str
    type: str = ""
    value: Value | None = None
    exists: bool = True


class Criterion(NamedTuple):
    """A test in its place; with `applies` it says whether the definition is for the host at all."""

    test: Test
    negate: bool = False
    applies: bool = False


class Criteria(NamedTuple):
    """Criteria of which all have to be true, or any."""

    operator: Literal["AND", "OR"]
    nodes: "tuple[Node, ...]"
    negate: bool = False


Node = Criterion | Criteria


class NotInOvalError(Exception):
    """A rule asks what OVAL cannot; the message says what."""
