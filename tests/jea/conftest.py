"""The files of an endpoint as PowerShell would read them: by its grammar, and by its literals."""

import json
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from hklint.jea.allow_list import AllowList, allow_list
from hklint.jea.choice import TRANSCRIPTS, Choice
from hklint.jea.files import endpoint_files

QUOTES = "'\u2018\u2019\u201a\u201b"
PARSER = Parser(Language(tree_sitter_powershell.language()))
MODULE = "HklintCollector/HklintCollector.psm1"
ROLE = "HklintCollector/RoleCapabilities/HklintCollector.psrc"
MANIFEST = "HklintCollector/HklintCollector.psd1"
CONFIGURATION = "HklintCollector.pssc"
CHOICE = Choice("CONTOSO\\hklint-readers", TRANSCRIPTS, ("a-policy",), ("-p", "a-policy"))


def parse(text: str) -> Node:
    return PARSER.parse(text.encode("utf-8", "surrogatepass")).root_node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def words(node: Node) -> str:
    return (node.text or b"").decode()


def read_literal(text: str, start: int = 0) -> tuple[str, int]:
    """What PowerShell's tokenizer reads there (ScanStringLiteral), and where it goes on.

    Any of its quotes ends the string, unless another one follows, which then belongs to it.
    """
    assert text[start] in QUOTES
    read: list[str] = []
    place = start + 1
    while True:
        character = text[place]
        if character in QUOTES:
            if text[place + 1 : place + 2] not in tuple(QUOTES):
                return "".join(read), place + 1
            place += 1
            character = text[place]
        read.append(character)
        place += 1


def allowed_of(module: str) -> dict[str, Any]:
    """The allow-list that stands in a module."""
    start = module.index("$allowList = ") + len("$allowList = ")
    allowed: dict[str, Any] = json.loads(read_literal(module, start)[0])
    return allowed


def data_of(node: Node) -> Any:  # noqa: ANN401 - whatever the file says
    """A data file's value. It fails for anything but literals, lists, tables and $true."""
    match node.type:
        case "string_literal":
            value, end = read_literal(words(node))
            assert end == len(words(node))
            return value
        case "hash_literal_expression":
            entries = [child for child in walk(node) if child.type == "hash_entry"]
            own = [entry for entry in entries if parent_table(entry) == node]
            return {key_of(entry.children[0]): data_of(entry.children[-1]) for entry in own}
        case "array_expression":
            lists = [child for child in walk(node) if child.type == "array_literal_expression"]
            return [data_of(item) for items in lists for item in items.children if item.type != ","]
        case "variable":
            assert words(node) == "$true"
            return True
        case _:
            (child,) = (child for child in node.children if child.type != "comment")
            return data_of(child)


def parent_table(node: Node) -> Node:
    above = node.parent
    while above is not None and above.type != "hash_literal_expression":
        above = above.parent
    assert above is not None
    return above


def key_of(node: Node) -> str:
    text = words(node)
    return read_literal(text)[0] if text[0] in QUOTES else text


def files_for(*facts: Any, choice: Choice = CHOICE) -> Mapping[str, str]:  # noqa: ANN401 - facts
    return endpoint_files(choice, allow_list(facts))


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """All of the above under one name, since tests are no package to import from."""
    return SimpleNamespace(
        QUOTES=QUOTES,
        MODULE=MODULE,
        ROLE=ROLE,
        MANIFEST=MANIFEST,
        CONFIGURATION=CONFIGURATION,
        CHOICE=CHOICE,
        parse=parse,
        walk=walk,
        words=words,
        read_literal=read_literal,
        allowed_of=allowed_of,
        data_of=data_of,
        files_for=files_for,
    )


@pytest.fixture(scope="session")
def listed() -> Callable[..., AllowList]:
    """The allow-list of facts."""
    return lambda *facts: allow_list(facts)
