"""The script behind an allow-list, as far as its text shows it: no way leads past the list."""

import re
from collections.abc import Callable

import pytest
from tree_sitter import Node

from hklint import collector

Find = Callable[..., list[Node]]


def words(node: Node) -> str:
    return (node.text or b"").decode()


def function_of(node: Node) -> str:
    """The function that a node stands in; "" is the script itself."""
    above: Node | None = node
    while above is not None and above.type != "function_statement":
        above = above.parent
    return "" if above is None else words(above.children[1])


def body(name: str, find: Find) -> Node:
    return next(node for node in find("function_statement") if words(node.children[1]) == name)


def callers(name: str, find: Find) -> set[str]:
    return {function_of(node) for node in find("command") if words(node.children[0]) == name}


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("Read-AskedKey", {""}),
        ("Read-Key", {"Read-AskedKey", "Get-HostIdentity", "Get-ExchangeVersion"}),
        ("Read-Value", {"Read-Key"}),
        ("Get-HostIdentity", {""}),
        ("Get-ExchangeVersion", {"Get-HostIdentity"}),
        ("Get-CimInstance", {"Get-HostIdentity"}),
        ("Get-WebAnswers", {""}),
        ("Invoke-Children", {"Get-WebAnswers"}),
        ("Start-Child", {"Invoke-Children"}),
        ("Get-AllowedKey", {"Read-AskedKey"}),
        ("Test-AllowedAddress", {"Get-WebAnswers"}),
    ],
)
def test_who_runs_it(name: str, by: set[str], find: Find) -> None:
    assert callers(name, find) == by


def test_the_registry_is_opened_in_one_place(find: Find) -> None:
    calls = [node for node in find("invokation_expression") if "::OpenBaseKey(" in words(node)]
    assert [function_of(node) for node in calls] == ["Read-Key"]


def test_a_key_is_read_after_the_list_was_asked(find: Find) -> None:
    asked = words(body("Read-AskedKey", find))
    steps = [
        "Get-AllowedKey $Item",
        "if ($null -eq $entry) {",
        "return [ordered]@{",
        "$unread = @(\n",
        "$withheld = @(foreach ($name in $unread)",
        "$refused = @(foreach ($name in $unread)",
        "Read-Key $Item.hive $Item.view $Item.key $Item.values $refused $withheld\n",
    ]
    places = [asked.index(step) for step in steps]
    assert places == sorted(places)
    read = words(body("Read-Key", find))
    guards = [
        "if (Test-Listed $Refused $name) {",
        "} elseif ((Test-Listed $Withheld $name) -and (Test-Listed $stored $name)) {",
        "Read-Value $key $stored",
    ]
    places = [read.index(guard) for guard in guards]
    assert places == sorted(places)


def test_only_tasks_that_are_not_refused_get_a_child(find: Find) -> None:
    answers = words(body("Get-WebAnswers", find))
    assert (
        "if ($task['refused']) { $task['attempt'] = Get-Attempt $task } else { $task }" in answers
    )
    assert "$batch = @($wanted[$first..$last])\n" in answers
    attempt = words(body("Get-Attempt", find))
    assert attempt.index("if ($Task['refused']) {") < attempt.index("& $probe")


def test_the_identity_is_gathered_only_where_it_may_be(find: Find) -> None:
    (gathered,) = (node for node in find("command") if words(node) == "Get-HostIdentity")
    above: Node | None = gathered
    while above is not None and above.type != "if_statement":
        above = above.parent
    assert above is not None
    assert words(above).startswith("if ($null -eq $allowList -or $allowList.host) {")


def test_a_list_that_was_given_is_never_left_out(find: Find) -> None:
    """There is no list only where the parameter was not given; one that is no list ends it."""
    written = [
        words(node).partition(" #")[0].rstrip()
        for node in find("assignment_expression")
        if words(node).startswith("$allowList ")
    ]
    assert written == ["$allowList = $null", "$allowList = ConvertFrom-Json -InputObject $Allowed"]
    text = collector.script()
    given = text.index("if ($PSBoundParameters.ContainsKey('Allowed')) {")
    assert given < text.index("$asked = ConvertFrom-Json -InputObject $Request\n    $version")
    refusal = "New-Refusal 'bad-allow-list' $cause.Message\n        return\n"
    assert given < text.index("Confirm-AllowList $allowList") < text.index(refusal)


def test_names_compare_by_letters_and_not_by_a_language(find: Find) -> None:
    """-eq on texts compares by the rules of a culture, in which some letters do not count."""
    gate = [body(name, find) for name in ("Test-Same", "Test-Listed", "Get-AllowedKey")]
    address = body("Test-AllowedAddress", find)
    assert [node for part in gate for node in find("comparison_operator", part=part)] == []
    assert len(find("comparison_operator", part=address)) == 1
    assert "$null -eq $allowList" in words(address)
    assert "OrdinalIgnoreCase" in words(body("Test-Same", find))
    assert "::Ordinal)" in words(address)


def test_a_refused_identity_has_the_fields_of_the_contract(find: Find) -> None:
    texts = find("string_literal", part=body("Get-RefusedIdentity", find))
    fields = collector.schema("answer")["$defs"]["host_field"]["properties"]["name"]["enum"]
    assert [words(node).strip("'") for node in texts] == fields


def test_the_list_is_read_by_the_names_of_the_contract() -> None:
    allowed = collector.schema("allow_list")["properties"]
    read = set(re.findall(r"\$(?:List|allowList)\.(\w+)", collector.script()))
    assert read == set(allowed)
    entry = set(re.findall(r"\$entry\.(\w+)", collector.script()))
    assert entry == set(allowed["registry"]["items"]["properties"])


def test_what_is_refused_is_named_as_in_the_contract(find: Find) -> None:
    assert f"'{collector.NOT_ALLOWED}'" in words(body("New-NotAllowed", find))
