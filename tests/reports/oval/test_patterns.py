"""Patterns, by the one engine for them that is at hand: RE2 reads all that is written here."""

from typing import Any

import pytest
import re2

from hklint.fold import fold
from hklint_reports.oval.patterns import either, literal, reads_alike, whole

LETTERS = (
    "aAbkKsSiIäÄßẞµ\u03bc\u039c\u03c3\u03c2\u03a3ǆǅǄ\u017f\u212a\u0131İéŉ😀\U00010400\U00010428"
)


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_matches_what_compares_as_equal(letter: str) -> None:
    anything: Any = re2.compile(literal(fold(letter), exact=False))
    exactly: Any = re2.compile(literal(letter, exact=True))
    for other in LETTERS:
        assert bool(anything.fullmatch(other)) == (fold(other) == fold(letter)), other
        assert bool(exactly.fullmatch(other)) == (other == letter), other


@pytest.mark.parametrize("text", ["", "a.b", "^a$", r"\Q", "[a]", "a|b", " ", "\n", "(?i)", "#{}"])
def test_a_text_stands_for_itself(text: str) -> None:
    pattern: Any = re2.compile(whole(either([text, "other"], exact=True)))
    assert pattern.match(text)
    assert not pattern.match(f"{text}\n")
    assert not pattern.match(f"x{text}")


def test_a_pattern_is_ascii() -> None:
    assert literal("ä\u202e\0\n😀", exact=False).isascii()


@pytest.mark.parametrize(
    "pattern",
    [
        *("a", "^a$", ".*", r"(?i)a\.b", r"\$", r"a\\", r"[$]", r"[^\]$]", r"\Qa$b\E", "[]$]"),
        *("(?s).", "(?i:a)", r"\x61\d\w\s\b", "[[:alpha:]$]", "[[:^alpha:]]", r"\Q\p", r"\\v"),
    ],
)
def test_read_alike(pattern: str) -> None:
    re2.compile(pattern)
    assert reads_alike(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        *("a$b", "(a$|b)c", "(?m)a", "(?im)a", "(?m:a)", r"\v", r"[\v]", r"\C", r"\pL", r"\PL"),
        *(r"\p{Greek}", r"[^\pL]", r"\12", r"[a]$[b]", r"\Qa\E$b"),
    ],
)
def test_not_read_alike(pattern: str) -> None:
    assert not reads_alike(pattern)
