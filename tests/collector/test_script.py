"""What can be known of the script without a PowerShell: its syntax, what it uses, what it names."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tree_sitter import Node

from hklint import collector

CASES = Path(__file__).parent / "cases"
FORBIDDEN: dict[str, str] = json.loads((CASES / "forbidden.json").read_text(encoding="utf-8"))
HARMLESS = "param([string]$Request)\n$answer = 'x'\n"
LONGEST_COMMAND_LINE = 32_767
"""CreateProcess, lpCommandLine, in characters."""

Find = Callable[..., list[Node]]
Check = Callable[[str], list[str]]


def words(node: Node) -> str:
    return (node.text or b"").decode()


def own(table: Node) -> set[str]:
    body = next(child for child in table.children if child.type == "hash_literal_body")
    entries = [entry for entry in body.children if entry.type == "hash_entry"]
    return {words(entry.children[0]).strip("'") for entry in entries}


def function(name: str, find: Find) -> Node:
    return next(node for node in find("function_statement") if words(node.children[1]) == name)


def defs(name: str) -> dict[str, Any]:
    found: dict[str, Any] = collector.schema("answer")["$defs"][name]
    return found


def test_only_listed_things_are_used(objections: Check) -> None:
    assert objections(collector.script()) == []


def test_the_child_runs_only_listed_things(objections: Check, probe: str) -> None:
    assert objections("$probe = {" + probe + "}") == []
    assert "Invoke-WebRequest" in probe


def test_the_checker_passes_harmless_text(objections: Check) -> None:
    assert objections(HARMLESS) == []


@pytest.mark.parametrize("snippet", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_checker_notices(snippet: str, objections: Check) -> None:
    assert objections(HARMLESS + snippet + "\n") != []


def test_text_is_plain() -> None:
    script = collector.script()
    assert script.isascii()
    assert re.findall(r"[^\x20-\x7e\n]", script) == []
    assert re.findall(r" +$", script, re.MULTILINE) == []
    assert script.endswith("\n")
    assert max(map(len, script.splitlines())) <= 110


def test_language_mode_is_asked_first(find: Find) -> None:
    first = find("statement_list")[0].children[0]
    assert words(first).startswith(
        "if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {"
    )
    assert find("command", "invokation_expression", "type_literal", part=first) == []


def outputs(node: Node) -> list[str]:
    """The statements below a node that write output, without those inside functions."""
    if node.type in {"function_statement", "script_block_expression", "flow_control_statement"}:
        return []
    if node.type == "pipeline":
        is_assignment = node.children[0].type == "assignment_expression"
        return [] if is_assignment else [words(node)]
    if node.type.endswith("condition"):
        return []
    parts = node.children
    if node.type in {"if_statement", "elseif_clause", "foreach_statement"}:
        parts = [child for child in parts if child.type != "pipeline"]
    return [output for child in parts for output in outputs(child)]


def test_exactly_one_string_is_written(find: Find) -> None:
    silent = ("Set-StrictMode ", "Confirm-Type ", "Confirm-Request ", "Confirm-AllowList ")
    written = [text for text in outputs(find("program")[0]) if not text.startswith(silent)]
    refusals = [text for text in written if text.startswith(("'{", "New-Refusal "))]
    assert written == [*refusals, "$json"]
    assert len(refusals) == 5


@pytest.mark.parametrize(
    "name",
    [
        "Confirm-Type",
        "Confirm-OneOf",
        "Confirm-Registry",
        "Confirm-AllowList",
        "Confirm-Request",
        "Start-Child",
        "Stop-Child",
        "Invoke-Children",
    ],
)
def test_procedures_write_nothing(name: str, find: Find) -> None:
    body = next(child for child in function(name, find).children if child.type == "script_block")
    void = (
        "Confirm-",
        "Start-Child ",
        "Stop-Child ",
        "Start-Sleep ",
        "$start.EnvironmentVariables.Remove(",
    )
    left = [text for text in outputs(body) if not text.startswith(void)]
    assert [text for text in left if not text.endswith((".Close()", ".Kill()"))] == []


def test_child_text_needs_no_quoting(probe: str, find: Find) -> None:
    assert '"' not in probe
    assert len(probe) < LONGEST_COMMAND_LINE / 2
    arguments = [
        node
        for node in find("assignment_expression")
        if words(node).startswith(("$start.Arguments", "$start.FileName"))
    ]
    used = {words(each) for node in arguments for each in find("variable", part=node)}
    assert used == {"$start", "$probe"}
    assert words(arguments[0].children[-1]) == (
        r"[System.Environment]::SystemDirectory + '\WindowsPowerShell\v1.0\powershell.exe'"
    )


def test_identity_fields_are_those_of_the_contract() -> None:
    makers = r"(?:New-Field|New-FailedField|ConvertTo-Field) '(\w+)'"
    named = set(re.findall(makers, collector.script()))
    assert named == set(defs("host_field")["properties"]["name"]["enum"])


@pytest.mark.parametrize(
    ("where", "definition"),
    [("Get-Attempt", "attempt"), ("Get-CollectorFacts", "collector"), ("New-Failure", "error")],
)
def test_fields_are_those_of_the_contract(where: str, definition: str, find: Find) -> None:
    literal = find("hash_literal_expression", part=function(where, find))[0]
    assert own(literal) == set(defs(definition)["required"])


def test_probe_adds_no_field_of_its_own(probe: str) -> None:
    added = set(re.findall(r"\$found\['(\w+)'\]", probe))
    assert added <= set(defs("attempt")["required"])
    assert {"result", "exceptions", "http_status", "status", "method", "proxy"} <= added


def test_request_and_list_are_read_by_the_names_of_the_contract() -> None:
    request = collector.schema("request")["properties"]
    listed = collector.schema("allow_list")["properties"]["registry"]["items"]["properties"]
    names = set(request)
    for part in ("registry", "web_requests"):
        names |= set(request[part]["items"]["properties"])
    names |= set(listed)
    read = set(re.findall(r"\$(?:asked|item)\.(\w+)", collector.script(), re.IGNORECASE))
    assert read - {"way", "Count"} == names


def test_value_types_are_those_of_the_contract() -> None:
    named = set(re.findall(r"'(REG_\w+)'", collector.script()))
    assert named == set(defs("value")["properties"]["type"]["enum"])


def test_refusals_are_those_of_the_contract(find: Find) -> None:
    codes = {
        words(find("string_literal", part=node)[0]).strip("'")
        for node in find("command")
        if words(node.children[0]) == "New-Refusal"
    }
    written = [
        json.loads(text) for text in re.findall(r"'(\{\"version\".*\})'", collector.script())
    ]
    codes |= {answer["error"]["code"] for answer in written}
    assert codes == set(defs("refusal")["properties"]["error"]["properties"]["code"]["enum"])
    assert {answer["version"] for answer in written} == {collector.CONTRACT_VERSION}


@pytest.mark.parametrize(
    ("definition", "field"),
    [("key", "hive"), ("key", "view"), ("attempt", "way"), ("attempt", "result")],
)
def test_words_of_the_contract_are_in_the_script(definition: str, field: str) -> None:
    for word in defs(definition)["properties"][field]["enum"]:
        assert f"'{word}'" in collector.script()
