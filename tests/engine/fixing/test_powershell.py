"""The scripts say what the fix says, ask before each change, and hold no text as code.

No PowerShell runs here: the scripts are read by tree-sitter's grammar of the language.
"""

from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

import pytest
import tree_sitter_powershell
from hypothesis import given
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

from hklint.fact import Absent, Present, RegistryKey, RegistryValue
from hklint.fix import Fix, Step
from hklint.fixing.forms.powershell import MOST_HOSTS, files
from hklint.reg_file.data import DataError

NAMES = ["fix.ps1", "rollback.ps1"]
QUOTES = "'\u2018\u2019\u201a\u201b"
ABSENT = Absent("value")
KEY = RegistryKey("HKLM", "SOFTWARE\\Contoso", "32-bit")
BELOW = RegistryKey("HKLM", "SOFTWARE\\Contoso\\App", "32-bit")
PARSER = Parser(Language(tree_sitter_powershell.language()))
TEMPLATE = resources.files("hklint.fixing.forms").joinpath("change.ps1").read_text("utf-8")
HOSTILE = [
    "",
    "'; Remove-Item C:\\ -Recurse; '",
    "\u2019; calc; \u2018",
    "\u201a\u201b",
    "$(calc)",
    "`",
    "#>",
    "[*]",
    "\r\ncalc\r\n",
    "\u2028",
    "\ud800",
    "\U0001f512",
    "\u202e",
    "<<data>>",
    "SIG # Begin signature block",
]

texts = st.sampled_from(HOSTILE) | st.text(st.characters(codec=None, exclude_characters="\0"))
names = texts
paths = st.lists(texts.filter(bool), min_size=1, max_size=3).map("\\".join)
states = st.one_of(
    st.just(ABSENT),
    st.builds(Present, st.sampled_from(["REG_SZ", "REG_EXPAND_SZ"]), texts),
    st.builds(Present, st.just("REG_DWORD"), st.integers(0, 2**32 - 1)),
    st.builds(Present, st.just("REG_QWORD"), st.integers(0, 2**64 - 1)),
    st.builds(Present, st.just("REG_MULTI_SZ"), st.lists(texts, max_size=3).map(tuple)),
    st.builds(
        Present, st.sampled_from(["REG_BINARY", "REG_NONE"]), st.binary().map(lambda it: it.hex())
    ),
)
facts = st.builds(
    RegistryValue,
    st.sampled_from(["HKLM", "HKU"]),
    paths,
    names,
    st.sampled_from(["64-bit", "32-bit"]),
)
steps = st.builds(
    Step, facts, states, states, st.lists(texts, max_size=2).map(tuple), st.just("computer")
)


def fix(*made: Step, hosts: tuple[str, ...] = ("EX01",)) -> Fix:
    return Fix(hosts, "2026-03-04T05:06:07Z", ("tls 1.0.0",), made, (KEY, BELOW), ())


def text_of(made: Fix, name: str) -> str:
    return files(made)[name].decode("utf-8-sig")


def parsed(text: str) -> Node:
    return PARSER.parse(text.encode()).root_node


def walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from walk(child)


def words(node: Node) -> str:
    assert node.text is not None
    return node.text.decode()


def data_of(node: Node) -> Any:  # noqa: ANN401 - whatever the script says
    """What an expression of literals means; it fails for any other."""
    children = [child for child in node.children if child.type != "comment"]
    match node.type:
        case "string_literal":
            return literal(words(node))
        case "variable":
            return {"$null": None, "$true": True, "$false": False}[words(node)]
        case "decimal_integer_literal":
            return int(words(node))
        case "array_expression":
            return [item for child in children[1:-1] for item in items_of(child)]
        case "hash_literal_expression":
            (body,) = children[1:-1]
            entries = [item for item in body.children if item.type == "hash_entry"]
            return {words(entry.children[0]): data_of(entry.children[2]) for entry in entries}
        case "parenthesized_expression":
            start, units, end = "(-join [char[]]", *words(node).partition("@(")[1:]
            assert words(node) == f"{start}{units}{end}"
            (array,) = (child for child in walk(node) if child.type == "array_expression")
            return utf16(data_of(array))
        case _:
            (child,) = children
            return data_of(child)


def items_of(node: Node) -> Iterator[Any]:
    """The items of a list: one a line, or with commas between them."""
    if node.type == "array_literal_expression":
        yield from (data_of(child) for child in node.children if child.type != ",")
    elif node.type == "statement_list":
        for line in node.children:
            if line.type != "comment":
                yield from items_of(line)
    else:
        (child,) = node.children
        yield from items_of(child)


def utf16(units: list[int]) -> str:
    return b"".join(unit.to_bytes(2, "little") for unit in units).decode(
        "utf-16-le", "surrogatepass"
    )


def literal(text: str) -> str:
    """What PowerShell reads: a quote stands for itself where another follows it."""
    assert text[0] in QUOTES
    assert text[-1] in QUOTES
    read, rest = "", text[1:-1]
    while rest:
        if rest[0] in QUOTES:
            rest = rest[1:]
            assert rest[0] in QUOTES
        read, rest = read + rest[0], rest[1:]
    return read


def variables(text: str) -> Mapping[str, Any]:
    """The data part of a script, by the names of its variables."""
    start, end = text.index("$changes = "), text.index("# ---- How:")
    (listed,) = parsed(text[start:end].replace("\r\n", "\n")).children[:1]
    found: dict[str, Any] = {}
    for line in listed.children:
        if line.type == "pipeline":
            (assignment,) = line.children
            found[words(assignment.children[0])] = data_of(assignment.children[2])
    return found


def state_of(said: Mapping[str, Any] | None) -> Present | Absent:
    if said is None:
        return ABSENT
    match said["Type"]:
        case "REG_DWORD" | "REG_QWORD":
            return Present(said["Type"], int(said["Data"], 16))
        case "REG_MULTI_SZ":
            return Present(said["Type"], tuple(said["Data"]))
        case _:
            return Present(said["Type"], said["Data"])


def place_of(said: Mapping[str, Any]) -> RegistryKey:
    return RegistryKey(said["Hive"], said["Key"], said["View"])


@given(st.lists(steps, min_size=1, max_size=3), texts)
def test_a_reader_of_the_scripts_gets_the_steps_and_nothing_breaks_out(
    made: list[Step], host: str
) -> None:
    whole = fix(*made, hosts=(host,))
    for name in NAMES:
        text = text_of(whole, name)
        assert not parsed(text).has_error
        said = variables(text)
        assert [state_of(item[at]) for item in said["$changes"] for at in ("Was", "Becomes")] == [
            state
            for step in made
            for state in (
                (step.before, step.after) if name == "fix.ps1" else (step.after, step.before)
            )
        ]
        assert [(place_of(item), item["Name"]) for item in said["$changes"]] == [
            (RegistryKey(step.fact.hive, step.fact.key, step.fact.view), step.fact.value)
            for step in made
        ]


@given(st.lists(steps, min_size=1, max_size=2), texts)
def test_outside_the_data_a_script_is_the_template(made: list[Step], host: str) -> None:
    whole = fix(*made, hosts=(host,))
    about, _, rest = TEMPLATE.partition("<<about>>")
    middle, _, end = rest.partition("<<data>>")
    for name in NAMES:
        text = text_of(whole, name).replace("\r\n", "\n")
        assert text.startswith(about)
        assert text.endswith(end)
        comments, _, data = text[len(about) : -len(end)].partition(middle)
        assert all(line.startswith("# ") for line in comments.split("\n"))
        assert "# SIG #" not in text
        assert set(variables(text)) == {
            "$changes",
            "$newKeys",
            "$takesBack",
            "$about",
            "$refusal",
            "$halfWay",
            "$ending",
        }
        assert data.startswith("$changes = ")


def test_the_rollback_alone_deletes_keys_and_begins_with_the_lowest() -> None:
    made = fix(Step(RegistryValue("HKLM", BELOW.key, "A", "32-bit"), ABSENT, ABSENT, (), "none"))
    forth, back = (variables(text_of(made, name)) for name in NAMES)
    assert (forth["$takesBack"], back["$takesBack"]) == (False, True)
    assert [place_of(item) for item in forth["$newKeys"]] == [KEY, BELOW]
    assert [place_of(item) for item in back["$newKeys"]] == [BELOW, KEY]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_what_windows_powershell_reads(name: str) -> None:
    content = files(fix())[name]
    assert content.startswith(
        b"\xef\xbb\xbf#Requires -Version 5.1\r\n#Requires -RunAsAdministrator"
    )
    assert content.count(b"\n") == content.count(b"\r\n")
    assert b"SupportsShouldProcess = $true" in content
    assert content.count(b"\xef\xbb\xbf") == 1


def test_the_comment_names_some_hosts_and_counts_the_others() -> None:
    hosts = tuple(f"EX{number}" for number in range(MOST_HOSTS + 2))
    assert "EX9 and 2 more\r\n" in text_of(fix(hosts=hosts), "fix.ps1")


@pytest.mark.parametrize(
    ("fact", "after"),
    [
        (RegistryValue("HKLM", "SOFTWARE\\A", "a\0b"), Present("REG_SZ", "")),
        (RegistryValue("HKLM", "SOFTWARE\\A\0", "a"), Present("REG_SZ", "")),
        (RegistryValue("HKLM", "SOFTWARE\\A", "a"), Present("REG_MULTI_SZ", ("a\0b",))),
        (RegistryValue("HKLM", "SOFTWARE\\A", "a"), Present("REG_DWORD", 2**32)),
        (RegistryValue("HKLM", "SOFTWARE\\A", "a"), Present("REG_LINK", "00")),
    ],
)
def test_what_net_would_write_otherwise_is_refused(fact: RegistryValue, after: Present) -> None:
    with pytest.raises(DataError):
        files(fix(Step(fact, ABSENT, after, (), "none")))
