"""Patterns of host names, against a second opinion that tries every way to match."""

from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hklint.fold import fold
from hklint.judging.named_hosts import host_pattern

LETTERS = "ab.-[]*?\n\\ß"
texts = st.text("ab*?", max_size=12) | st.text(LETTERS, max_size=12)


def _matches(pattern: str, name: str) -> bool:
    @cache
    def rest(at: int, of: int) -> bool:
        if at == len(pattern):
            return of == len(name)
        if pattern[at] == "*":
            return rest(at + 1, of) or (of < len(name) and rest(at, of + 1))
        here = of < len(name) and pattern[at] in ("?", name[of])
        return here and rest(at + 1, of + 1)

    return rest(0, 0)


@given(texts, texts)
@example("*a*a", "a")
@example("a*a", "a")
@example("*?", "")
@example("**", "")
@example("*ab*b", "abab")
@example("a?*b*", "ab\nb")
def test_a_pattern_matches_what_it_says(pattern: str, name: str) -> None:
    assert bool(host_pattern(pattern).fullmatch(name)) == _matches(pattern, name)


@given(texts)
def test_a_name_without_wildcards_matches_itself_alone(name: str) -> None:
    plain = name.replace("*", "").replace("?", "")
    assert host_pattern(plain).fullmatch(plain)
    assert not host_pattern(plain).fullmatch(f"{plain}a")


@pytest.mark.parametrize(
    ("pattern", "name", "same"),
    [
        ("EX0?", "ex01", True),
        ("Größe-*", "GRÖßE-1", True),
        ("straße", "STRASSE", False),
        ("kelvin", "\u212aelvin", False),
        ("i*", "\u0130stanbul", False),
    ],
)
def test_case_is_free_as_windows_has_it(pattern: str, name: str, same: bool) -> None:  # noqa: FBT001 - data
    assert bool(host_pattern(fold(pattern)).fullmatch(fold(name))) is same


@pytest.mark.parametrize("pattern", ["a*" * 40 + "b", "*a" * 40 + "b", "?*" * 40 + "b"])
def test_no_pattern_takes_for_ever(pattern: str) -> None:
    assert not host_pattern(pattern).fullmatch("a" * 5000)
