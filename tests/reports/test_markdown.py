"""Markdown as GitHub reads it: rendered by its own parser, then looked at as its filters would."""

import html
import io
import re
from collections.abc import Callable
from types import ModuleType

import cmarkgfm
import html5lib
import msgspec
import pytest
from cmarkgfm.cmark import Options as Cmark
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from hklint.run import Run
from hklint_reports import FORMATS
from hklint_reports.markdown import LIMIT
from hklint_reports.text import markdown_code, markdown_words, visible

ANYTHING = st.text(st.characters(exclude_categories=()))
MARKUP = st.text(st.sampled_from("@#:`|\\*_[]()!<>&~$-+=1.a ghw/\n\tx\u202e"), max_size=30)
OURS = {"h2", "h3", "p", "strong", "code", "pre", "ul", "li", "table", "thead", "tbody", "tr"}
OURS |= {"th", "td", "details", "summary"}
ACTIVE = {
    "mention": re.compile(r"(^|\W)@\w", re.ASCII),
    "reference": re.compile(r"#\d|\bGH-\d", re.IGNORECASE),
    "emoji": re.compile(r":[\w+-]+:"),
    "commit": re.compile(r"\b[0-9a-f]{7,40}\b"),
    "address": re.compile(r"://|www\.", re.IGNORECASE),
    "formula": re.compile(r"\$"),
}
"""What GitHub makes something of in the text of a rendered page, but for code."""


def rendered(text: str) -> etree._Element:
    """The page that GitHub's parser makes of a text, with raw HTML as it stands there."""
    page = cmarkgfm.github_flavored_markdown_to_html(text, Cmark.CMARK_OPT_UNSAFE)
    root = html5lib.parse(page, treebuilder="lxml", namespaceHTMLElements=False)
    return root.getroot().find("body")


def words_outside_code(node: etree._Element) -> list[str]:
    """The pieces of text in which GitHub looks for mentions and the like."""
    found = [node.text or ""] if node.tag not in ("code", "pre") else []
    for child in node:
        found += [*words_outside_code(child), child.tail or ""]
    return found


def check_harmless(page: etree._Element) -> None:
    """Nothing but what this report is made of, and nothing that GitHub would link."""
    assert {element.tag for element in page.iter()} - {"body"} <= OURS
    attributes = {name for element in page.iter() for name in element.attrib}
    assert attributes <= {"align", "lang", "class"}
    for words in words_outside_code(page):
        for name, pattern in ACTIVE.items():
            assert not pattern.search(words), (name, words)
    for table in page.iter("table"):
        width = len(table.findall("thead/tr/th"))
        assert {len(row) for row in table.iter("tr")} == {width}


def test_golden(
    case: str, recorded: Run, render: Callable[..., str], golden: Callable[[str, str], None]
) -> None:
    golden(f"{case}.markdown.md", render(recorded, "markdown"))


def test_a_run_with_a_baseline(
    runs: ModuleType,
    large_runs: ModuleType,
    render: Callable[..., str],
    golden: Callable[[str, str], None],
) -> None:
    text = render(large_runs.compared(runs), "markdown")
    golden("baseline.markdown.md", text)
    page = rendered(text)
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
    assert rows[0][1:] == ["rule", "severity", "failed", "unknown", "new", "first hosts"]
    assert [row[1] for row in rows[1:]] == [
        "store-reachable",
        "tls-1.2-client-usable",
        "dotnet-uses-schannel-defaults",
    ]
    assert [row[5] for row in rows[1:]] == ["2", "", ""]
    assert "Fails no more since the run of 2026-11-01T08:00:00Z" in [
        "".join(h.itertext()) for h in page
    ]


def test_every_case_is_harmless_and_short(recorded: Run, render: Callable[..., str]) -> None:
    text = render(recorded, "markdown")
    check_harmless(rendered(text))
    assert len(text.encode()) < LIMIT
    assert text.replace("\n", "").isprintable()
    for line in text.splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert "##vso" not in line.lower()


def test_hostile_text_is_still_readable(runs: ModuleType, render: Callable[..., str]) -> None:
    page = rendered(render(runs.hostile(), "markdown"))
    (block, *_) = page.iter("pre")
    shown = " ".join("".join(block.itertext()).replace("\n=", " ").split())
    assert " ".join(visible(runs.EVIL).split()) in shown
    (cell, *_) = page.findall(".//td/code")[1:]
    assert cell.text.startswith(r"::error::x\x1b]0;own\x07\x1b[2J\x9b31m\x00\x0d\x0a::set-output")


@given(ANYTHING | MARKUP)
def test_words_are_words_wherever_they_stand(text: str) -> None:
    shown = markdown_words(text)
    for start in ("", "- ", "**a:** ", "## "):
        page = rendered(f"before\n\n{start}{shown}\n\nbehind")
        check_harmless(page)
        if shown and not start:
            (_, paragraph, _) = page
            plain = visible(text).replace("|", r"\x7c").replace("`", "")
            told = "".join(paragraph.itertext()).replace("`", "")
            assert "".join(told.split()) == "".join(plain.split())
    page = rendered(f"| a | b |\n|-|-|\n| {shown} | x |")
    check_harmless(page)
    assert [cell.text for cell in page.iter("td")][1] == "x"


@given(ANYTHING | MARKUP)
def test_code_is_the_text_itself(text: str) -> None:
    shown = visible(text).replace("|", r"\x7c")
    for start in ("", "- ", "| a |\n|-|\n| "):
        page = rendered(f"{start}{markdown_code(text)}{' |' if '|' in start else ''}")
        check_harmless(page)
        (code,) = page.iter("code")
        assert code.text == (shown if shown.strip() else '""')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Set Enabled to 1 (64-bit), then restart.", "Set Enabled to 1 (64-bit), then restart."),
        ("under TLS 1.2\\Client.", "under TLS `1.2\\Client`."),
        ("Run `winrm get x`; see @team", "Run `winrm get x`; see `@team`"),
        (
            "GET https://a.example, or www.b.example!",
            "GET `https://a.example`, or `www.b.example`!",
        ),
        ("CHG-1234 and #12 and deadbeef", "`CHG-1234` and `#12` and `deadbeef`"),
        ("1. no list", "`1`. no list"),
        ("1.2.0 is a version", "1.2.0 is a version"),
        ("- no list", "`-` no list"),
        ("(so `a`b c|d)", "(so `a`b `c\\x7cd`)"),
        ("`` x", "``` `` ``` x"),
        ("", ""),
    ],
)
def test_words_become_code_only_where_they_must(text: str, shown: str) -> None:
    assert markdown_words(text) == shown


@pytest.mark.parametrize(("rules", "hosts"), [(3, 4), (200, 4), (2000, 6)])
@pytest.mark.parametrize("text", ["", "\u65e5@team|" * 60, "a" * 3000])
def test_it_is_never_too_long_and_says_what_is_missing(
    runs: ModuleType,
    large_runs: ModuleType,
    render: Callable[..., str],
    rules: int,
    hosts: int,
    text: str,
) -> None:
    shown = render(large_runs.many_rules(runs, rules, hosts, text), "markdown")
    assert len(shown.encode()) <= LIMIT
    assert len(shown.encode("ascii", "backslashreplace")) <= LIMIT
    page = rendered(shown)
    check_harmless(page)
    rows = len(list(page.iter("tr"))) - 1
    last = "".join(page[-1].itertext())
    told = re.search(r"(\d+) more rules?\b", last)
    assert rows + int(told[1] if told else 0) == rules
    explained = re.search(r"(\d+) more explanations?\b", last)
    assert len(list(page.iter("details"))) + int(explained[1] if explained else 0) == rules
    assert rows > 0


def test_the_answer_comes_first(runs: ModuleType, render: Callable[..., str]) -> None:
    first, _, second, *_ = render(runs.all_pass(), "markdown").splitlines()
    assert (first, second) == (
        "## ✓ hklint: GATE OPEN",
        "5 verdicts passed (exit 0: nothing failed)",
    )
    assert render(runs.fleet(), "markdown").startswith("## ✗ hklint: exit 1: a rule failed\n")
    assert "**interrupted: 4 of 5 hosts left no result**" in render(runs.interrupted(), "markdown")


def test_all_instances_on_the_same_hosts_are_explained(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    page = rendered(render(runs.fleet(), "markdown"))
    blocks = ["".join(block.itertext()) for block in page.iter("pre")]
    assert any("view=64-bit" in block and "view=32-bit" in block for block in blocks)


def test_a_fence_is_longer_than_what_it_holds(runs: ModuleType, render: Callable[..., str]) -> None:
    said = msgspec.structs.replace(runs.REFUSED.explanation, read=("`````", "~~~", "</details>"))
    verdict = msgspec.structs.replace(runs.REFUSED, explanation=said)
    page = rendered(render(runs.run([runs.host("a", (verdict,))], 1), "markdown"))
    check_harmless(page)
    (block,) = page.iter("pre")
    assert html.unescape("".join(block.itertext())).count("\n=            </details>\n") == 1


def test_a_stream_without_the_signs_gets_others(runs: ModuleType) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="cp1252", newline="\n")
    FORMATS["markdown"].write(runs.fleet(), stream)
    stream.seek(0)
    text = stream.read()
    assert text.startswith("## x hklint: exit 1")
    assert "| x | `tls-1.2-client-usable` | high | 2 | 1 |" in text
