"""Text from hosts stays text, in the page's markup and in its data."""

import re
from collections.abc import Callable
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.run import Run
from hklint.verdict import Explanation
from hklint_reports.html.data import script_json
from hklint_reports.text import LIMIT, visible

Page = Callable[[Run], str]
ANYTHING = st.text(st.characters(exclude_categories=()))
BREAKOUTS = (
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "]]>",
    "</style><style>*{display:none}",
    "</textarea></title><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "\u2028\u2029\x00\x1b[2J\x9b31m",
    "\u202e\u2066\u200b\ufeff",
    "\ud800",
    "\x85\x0c\x1c",
)


def _everywhere(runs: ModuleType, text: str) -> Run:
    """A run with a text in every place that the case `hostile` has one."""
    found: Run = _replaced(runs.hostile(), runs.EVIL, text)
    return found


def _replaced(value: Any, old: str, new: str) -> Any:  # noqa: ANN401 - any part of a run
    if isinstance(value, str) and type(value) is str:
        return value.replace(old, new)
    if isinstance(value, tuple):
        return tuple(_replaced(item, old, new) for item in value)
    if isinstance(value, dict):
        return {_replaced(key, old, new): _replaced(item, old, new) for key, item in value.items()}
    if isinstance(value, msgspec.Struct):
        fields = {
            name: _replaced(getattr(value, name), old, new) for name in value.__struct_fields__
        }
        return type(value)(**fields)
    return value


@pytest.mark.parametrize("text", BREAKOUTS)
def test_no_text_breaks_out(
    runs: ModuleType, text: str, page: Page, parsed: Callable[[str], Element]
) -> None:
    written = page(_everywhere(runs, text))
    tree = parsed(written)
    assert len(list(tree.iter("script"))) == 2
    assert len(list(tree.iter("style"))) == 1
    assert len(list(tree.iter("svg"))) == len(list(tree.iter("img"))) == 0
    assert written.count("</script") == written.count("<script") == 2
    assert visible(text) in {item.text for item in tree.iter("dd")}


def test_what_was_there_is_shown(
    runs: ModuleType,
    page: Page,
    data_of: Callable[[str], dict[str, Any]],
) -> None:
    text = page(runs.hostile())
    assert text.isascii()
    texts = [each for each in data_of(text)["texts"] if isinstance(each, str)]
    assert visible(runs.EVIL) in texts
    assert all(each.isprintable() for each in texts)
    assert not [line for line in text.splitlines() if re.match(r"\s*(::|##)", line)]
    assert "##[" not in text
    assert "##vso" not in text


def test_a_long_text_is_cut_and_says_by_how_much(
    runs: ModuleType, page: Page, data_of: Callable[[str], dict[str, Any]]
) -> None:
    long = "x" * 1_000_000
    said = Explanation(read=(long,), means=(long,), matters=long, fix=(long,), then=(long,))
    verdict = msgspec.structs.replace(runs.CLIENT_OFF, found=long, explanation=said)
    text = page(runs.run([runs.host(long, (verdict,))], 1))
    assert len(text) < 250_000
    cut = "x" * LIMIT + f"... [{1_000_000 - LIMIT} more characters]"
    assert f"<dd>{cut}</dd>" in text
    assert cut in data_of(text)["texts"]
    assert data_of(text)["hosts"]["names"] == [cut]


@given(ANYTHING)
def test_json_in_a_script_element_ends_nothing(text: str) -> None:
    written = script_json(visible(text))
    assert written.isascii()
    assert not set("<>&") & set(written)
    assert "\n" not in written
    assert msgspec.json.decode(written) == visible(text)
