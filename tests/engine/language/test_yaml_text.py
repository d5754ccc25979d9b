"""What hklint writes as YAML, it reads back as the same; what it can't read it does not write."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hklint.documents.document import parse_document
from hklint.documents.yaml_text import MAX_KEY, UnwritableError, block, comment, inline
from hklint.errors import InvalidDocumentsError

SIGNS = st.sampled_from("\\'\":#,[]{}&*!|>%@`-? \t\r\n<~=.0eEx\x00\ufeff")
LETTERS = st.characters(codec=None) | SIGNS
WORDS = ["true", "No", "~", "null", "0x1F", "1e5", "-1", ".5", "<<", "---", "...", "a: b", "a #b"]
TEXTS = st.text(LETTERS, max_size=12) | st.sampled_from([*WORDS, "a\r\nb"])
NODES = st.recursive(
    st.integers(-(2**64), 2**64) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=500)
@example({"key": "HKLM\\SOFTWARE\\a b"})
@example({"a": {"b": [{"c": 1, "d": {"e": ["f"] * 40}}]}})
@given(st.dictionaries(TEXTS, NODES, max_size=4))
def test_what_is_written_is_read_back(node: dict[str, object]) -> None:
    try:
        text = block({"root": node})
        line = inline({"root": node})
    except UnwritableError:
        return
    assert parse_document(text, "written.yaml").root == {"root": node}
    assert parse_document(line, "written.yaml").root == {"root": node}


@settings(max_examples=400)
@given(st.text(LETTERS, min_size=1, max_size=3))
def test_only_what_the_reader_refuses_is_not_written(text: str) -> None:
    try:
        inline(text)
    except UnwritableError:
        escaped = "".join(f"\\U{ord(letter):08X}" for letter in text)
        with pytest.raises(InvalidDocumentsError):
            parse_document(f'a: "{escaped}"', "refused.yaml")


@settings(max_examples=400)
@given(st.text(LETTERS))
def test_a_comment_stays_a_comment(text: str) -> None:
    assert parse_document(f"a: 1 {comment(text)}\nb: 2\n", "written.yaml").root == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("node", "text"),
    [
        ("HKLM\\SOFTWARE\\Contoso", "HKLM\\SOFTWARE\\Contoso"),
        ("https://learn.microsoft.com", "https://learn.microsoft.com"),
        ("2027-03-31", "'2027-03-31'"),
        ("it's", "'it''s'"),
        ("a\tb", '"a\\tb"'),
        ("a\u00a0b", '"a\\U000000A0b"'),
        ("", "''"),
        ("off", "'off'"),
        (True, "true"),
        ([1, "a, b"], "[1, 'a, b']"),
    ],
)
def test_form(node: object, text: str) -> None:
    assert inline(node) == text  # type: ignore[arg-type]


def test_long_lists_and_nested_mappings_take_several_lines() -> None:
    long = ["x" * 60, "y" * 60]
    text = block({"a": {"b": {"c": 1}, "d": long}, "e": [{"f": 1, "g": {"h": {"i": 2}}}]})
    assert text == (
        f"a:\n  b: {{c: 1}}\n  d:\n    - {long[0]}\n    - {long[1]}\n"
        "e:\n  - f: 1\n    g:\n      h: {i: 2}\n"
    )


@pytest.mark.parametrize("key", ["<<", "k" * (MAX_KEY + 1)])
def test_keys_that_no_reader_takes_are_refused(key: str) -> None:
    with pytest.raises(UnwritableError):
        inline({key: 1})
