import sys
import unicodedata
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hklint_reports.text import (
    encodable,
    log_line,
    markdown,
    sarif_message,
    visible,
    xml_attribute,
    xml_text,
)

ANYTHING = st.text(st.characters(exclude_categories=()))


def test_no_character_without_a_shape_is_shown() -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
    shown = [
        hex(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in hidden and visible(chr(code)) == chr(code)
    ]
    assert shown == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcödé 日本 🙂", "plain ünïcödé 日本 🙂"),
        ("\x1b[2J\x00\t\r\n", r"\x1b[2J\x00\x09\x0d\x0a"),
        ("\x9b\xa0\u202e\ud800\U000e0041", r"\x9b\xa0\u202e\ud800\U000e0041"),
        ("a ##vso[x] ##[y] ### ##VSO[z]", r"a #\x23vso[x] #\x23[y] ### #\x23VSO[z]"),
        ("###[x]", r"##\x23[x]"),
        ("", ""),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_long_text_is_cut_before_it_is_worked_on() -> None:
    assert visible("\0" * 100_000, 2) == r"\x00\x00... [99998 more characters]"


@given(ANYTHING)
def test_visible_is_one_printable_line(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert shown.encode().decode() == shown
    assert "##[" not in shown


@given(ANYTHING)
def test_xml_reads_back_what_was_visible(text: str) -> None:
    element = ET.fromstring(f"<a b={xml_attribute(text)}>{xml_text(text)}</a>")  # noqa: S314 - our own
    assert element.get("b") == (element.text or "") == visible(text)


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:1) ![y](http://z) <b>bold</b> &amp; *a* _b_ ~~c~~ `d` \\e | f $g$",
        "https://example.org <https://example.org> a\\",
        "\x1b[2J\u202e\ud800",
    ],
)
def test_markdown_reads_as_the_same_words(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(f"Why: {markdown(text)}")
    (children,) = [token.children for token in tokens if token.children]
    assert {child.type for child in children} <= {"text", "text_special"}
    assert "".join(child.content for child in children) == f"Why: {visible(text)}"


def test_a_sarif_message_has_no_placeholder_and_no_link() -> None:
    assert sarif_message("{0} {4D36E972} [a](b)") == r"{{0}} {{4D36E972}} [a]\x28b)"


@pytest.mark.parametrize("line", ["::error::x", "   ::set-output name=a::b", "\t::x"])
def test_a_line_that_would_be_a_command_is_broken(line: str) -> None:
    assert not log_line(line).lstrip().startswith("::")


def test_other_lines_stay() -> None:
    assert log_line("a ::error::x") == "a ::error::x"


def test_encodable_spells_out_what_is_missing() -> None:
    assert encodable("✓ ü", "ascii") == r"\u2713 \xfc"
    assert encodable("\ud800", "utf-8") == r"\ud800"
