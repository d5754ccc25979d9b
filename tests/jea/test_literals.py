"""No text leaves a literal, whatever is in it."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.jea.choice import TRANSCRIPTS, Choice
from hklint.jea.markdown import code
from hklint.powershell import ps_literal

EVERY = [chr(number) for number in range(0x110000)]
HOSTILE = [
    "'; Remove-Item C:\\ -Recurse; '",
    "\u2019; Remove-Item C:\\ -Recurse; \u2018",
    "''",
    "'\u2018",
    "\u201a\u201b",
    "$(calc)",
    "`",
    "`n${env:PATH}",
    "@'\nx\n'@",
    "#>",
    "\x00",
    "\r\n}\r\nRemove-Item C:\\",
    "\u2028",
    "\ud800",
    "_x0041_",
    "<<collector>>",
    "<<allow_list>>",
    "\\1",
]


def test_every_character_comes_back_alone_and_between_others(kit: SimpleNamespace) -> None:
    for character in EVERY:
        text = f"a{character}{character}b{character}"
        assert kit.read_literal(ps_literal(text) + " rest") == (text, len(ps_literal(text)))


@given(st.lists(st.sampled_from([*HOSTILE, *"'\u2018\u2019\u201a\u201b", "a"])).map("".join))
def test_quotes_in_any_order_come_back(text: str) -> None:
    literal = ps_literal(text)
    inner = literal[1:-1]
    assert literal[0] == literal[-1] == "'"
    for quote in "'\u2018\u2019\u201a\u201b":
        assert inner.count(quote) == 2 * text.count(quote)


@given(text=st.lists(st.sampled_from([*HOSTILE, *"'\u2018\u2019\u201a\u201b", "a"])).map("".join))
def test_the_reader_gets_the_same_text(kit: SimpleNamespace, text: str) -> None:
    assert kit.read_literal(ps_literal(text)) == (text, len(ps_literal(text)))


def test_the_reader_notices_what_is_not_doubled(kit: SimpleNamespace) -> None:
    for quote in kit.QUOTES:
        assert kit.read_literal(f"'a{quote}b'") != (f"a{quote}b", 5)


@pytest.mark.parametrize("text", HOSTILE)
def test_code_spans_show_everything_on_one_line(text: str) -> None:
    shown = code(text)
    assert shown.isprintable()
    fence = len(shown) - len(shown.lstrip("`"))
    assert fence
    assert "`" * fence not in shown[fence:-fence].replace("``" * fence, "")
    assert "|" not in code("a|b").replace("\\|", "")


@pytest.mark.parametrize(
    "group",
    [
        "hklint-readers",
        "CONTOSOhklint-readers",
        "CONTOSO\\",
        "\\readers",
        "A\\B\\C",
        "CONTOSO\\*",
        'CONTOSO\\"x"',
        "CONTOSO\\a\nb",
        "CONTOSO\\a\u2028b",
        "CONTOSO\\\ud800",
        "",
    ],
)
def test_a_group_is_a_group(group: str) -> None:
    with pytest.raises(Exception, match="--group"):
        Choice(group, TRANSCRIPTS, (), ()).check()


@pytest.mark.parametrize(
    "folder", ["Transcripts", "\\\\server\\share", "C:", "C:/x", "C:\\a*", "C:\\[a]", "C:\\a\n", ""]
)
def test_transcripts_go_to_a_folder_of_the_host(folder: str) -> None:
    with pytest.raises(Exception, match="--transcripts"):
        Choice("A\\B", folder, (), ()).check()


@pytest.mark.parametrize(
    "group", ["A\\B", "CONTOSO\\O'Neil \u2019s readers", "EX01\\lesen & prüfen"]
)
def test_a_group_may_have_any_name_that_windows_takes(group: str) -> None:
    Choice(group, TRANSCRIPTS, (), ()).check()
