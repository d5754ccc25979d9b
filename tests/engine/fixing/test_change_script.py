"""The part that all scripts share: it asks before each change, and runs no other command.

No PowerShell runs here: the script is read by tree-sitter's grammar of the language.
"""

from collections.abc import Iterator
from importlib import resources

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

PARSER = Parser(Language(tree_sitter_powershell.language()))
TEMPLATE = resources.files("hklint.fixing.forms").joinpath("change.ps1").read_text("utf-8")
CHANGING = {"SetValue", "DeleteValue", "CreateSubKey", "DeleteSubKey"}
HARMLESS = {
    "OpenBaseKey",
    "OpenSubKey",
    "GetSubKeyNames",
    "GetValueNames",
    "GetValueKind",
    "GetValue",
    "GetBaseException",
    "Equals",
    "Replace",
    "Split",
    "Substring",
    "ToString",
    "ToLowerInvariant",
    "ToInt32",
    "ToInt64",
    "ToByte",
    "new",
    "Close",
    "ShouldProcess",
}
COMMANDS = {"Set-StrictMode", "Write-Output", "Write-Warning", "Write-Error"}


def parsed(text: str) -> Node:
    return PARSER.parse(text.encode()).root_node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def words(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def method(node: Node) -> str:
    (name,) = (child for child in node.children if child.type == "member_name")
    return words(name)


def changes(node: Node) -> bool:
    if method(node) == "OpenSubKey":
        return "$true" in words(node)
    return method(node) in CHANGING


def asks_first(node: Node) -> bool:
    """Whether it stands in the block of `if ($PSCmdlet.ShouldProcess(...))`."""
    above: Node | None = node
    while above is not None:
        block, above = above, above.parent
        if above is not None and above.type in {"if_statement", "elseif_clause"}:
            condition = next(child for child in above.children if child.type == "pipeline")
            asks = words(condition).startswith("$PSCmdlet.ShouldProcess(")
            if asks and block.type == "statement_block":
                return True
    return False


def calls(text: str) -> list[Node]:
    return [node for node in walk(parsed(text)) if node.type == "invokation_expression"]


def test_every_change_of_the_registry_stands_under_a_question() -> None:
    assert {method(node) for node in calls(TEMPLATE)} == CHANGING | HARMLESS
    changing = [node for node in calls(TEMPLATE) if changes(node)]
    assert sorted(map(method, changing)) == sorted([*CHANGING, "OpenSubKey"])
    assert all(map(asks_first, changing))


@pytest.mark.parametrize(
    "text",
    [
        "$key.SetValue('', 1)",
        "if ($PSCmdlet.ShouldProcess('a')) { 1 } else { $key.SetValue('', 1) }",
        "if ($true -or $PSCmdlet.ShouldProcess('a')) { $key.SetValue('', 1) }",
        "if ($key.SetValue('', 1)) { $PSCmdlet.ShouldProcess('a') }",
    ],
)
def test_the_search_for_questions_notices_where_there_is_none(text: str) -> None:
    (change,) = (node for node in calls(text) if changes(node))
    assert not asks_first(change)


def test_no_command_runs_but_those_that_write_on_the_screen() -> None:
    root = parsed(TEMPLATE)
    own = {words(node.children[1]) for node in walk(root) if node.type == "function_statement"}
    run = {words(node.children[0]) for node in walk(root) if node.type == "command"}
    assert run == own | COMMANDS
