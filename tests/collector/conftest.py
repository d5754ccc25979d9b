"""The collector's syntax tree, and a checker that lets pass only what cases/allowed.json lists."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from hklint import collector

CASES = Path(__file__).parent / "cases"
ALLOWED: dict[str, Any] = json.loads((CASES / "allowed.json").read_text(encoding="utf-8"))
PARSER = Parser(Language(tree_sitter_powershell.language()))
PLACE = re.compile(r"\$\w+(\['\w+'\]|\[\$property\.Name\])*")
"""What may be assigned to: a variable, or an item of a dictionary in one."""

Find = Callable[..., list[Node]]
Check = Callable[[str], list[str]]


def parse(text: str) -> Node:
    return PARSER.parse(text.encode()).root_node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def of_kind(node: Node, *kinds: str) -> list[Node]:
    return [found for found in walk(node) if found.type in kinds]


def words(node: Node) -> str:
    return (node.text or b"").decode()


def objections_to(text: str) -> list[str]:
    """What is in a text and on none of the lists."""
    root = parse(text)
    functions = {words(name) for name in of_kind(root, "function_name")}
    hiding = [f"function {name}" for name in sorted(functions & set(ALLOWED["commands"]))]
    return hiding + [said for node in walk(root) for said in object_to(node, functions)]


def object_to(node: Node, functions: set[str]) -> Iterator[str]:
    text = words(node)
    if node.is_error or node.is_missing:
        yield f"syntax error: {text}"
    elif node.type not in ALLOWED["syntax" if node.is_named else "tokens"]:
        yield f"syntax {node.type}: {text}"
    elif node.type == "type_spec" and text not in ALLOWED["types"]:
        yield f"type {text}"
    elif node.type == "command":
        yield from object_to_command(node, functions)
    elif node.type == "invokation_expression":
        yield from object_to_call(node)
    elif node.type == "left_assignment_expression":
        is_foreign = text.startswith("$extra[") and text not in ALLOWED["set"]
        if is_foreign or not (PLACE.fullmatch(text) or text in ALLOWED["set"]):
            yield f"assignment to {text}"
    elif node.type == "variable" and re.search("[:{]", text):
        yield f"variable {text}"
    elif node.type == "script_block_expression" and not is_probe(node):
        yield f"script block: {text}"


def object_to_command(node: Node, functions: set[str]) -> Iterator[str]:
    name, text = words(node.children[0]), words(node)
    if node.children[0].type == "command_invokation_operator":
        if text not in ALLOWED["invocations"]:
            yield f"invocation: {text}"
    elif name in ALLOWED["commands"]:
        for parameter in of_kind(node, "command_parameter"):
            if words(parameter) not in ALLOWED["commands"][name]:
                yield f"parameter {name} {words(parameter)}"
        made = [words(token) for token in of_kind(node, "generic_token")]
        if name == "New-Object" and made[:1] not in ([kind] for kind in ALLOWED["made"]):
            yield f"object: {text}"
        if set(re.findall(r"@\w+", text)) - {"@extra"}:
            yield f"splatting: {text}"
    elif name not in functions:
        yield f"command {name}"


def object_to_call(node: Node) -> Iterator[str]:
    target, operator, name = (words(child) for child in node.children[:3])
    called = f"{target}::{name}" if operator == "::" else f".{name}"
    if called not in ALLOWED["methods"]:
        yield f"method {called}"
    elif ALLOWED["methods"][called] and words(node) not in ALLOWED["methods"][called]:
        yield f"call {words(node)}"


def is_probe(node: Node) -> bool:
    above: Node | None = node
    while above is not None and above.type != "assignment_expression":
        above = above.parent
    return above is not None and words(above).startswith("$probe = {")


@pytest.fixture(scope="session")
def objections() -> Check:
    return objections_to


@pytest.fixture(scope="session")
def find() -> Find:
    """The nodes of these kinds in the script, or in the part of it that is given."""
    root = parse(collector.script())

    def find_in(*kinds: str, part: Node = root) -> list[Node]:
        return of_kind(part, *kinds)

    return find_in


@pytest.fixture(scope="session")
def probe(find: Find) -> str:
    """The text that a child process runs."""
    return words(find("script_block_expression")[0])[1:-1]
