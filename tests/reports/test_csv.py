"""The CSV table: whatever a host says, a spreadsheet shows it and calculates nothing."""

import csv
import io
import re
from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hklint.run import Control, Run
from hklint_reports import FORMATS
from hklint_reports.csv_table import BYTE_ORDER_MARK, COLUMNS, LIMIT, cell
from hklint_reports.text import visible

Render = Callable[..., str]
EXCEL_LONGEST = 32_767
FORMULA = re.compile(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
"""How a cell begins that a spreadsheet may calculate: blanks and quotes may be dropped."""
ANYTHING = st.text(st.characters(exclude_categories=()))
SIGNS = st.text(
    st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20,;\"'| \t\r\n\0a1\u202e\ud800\xa0\u3000")
)


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text[1:], newline=""), strict=True, delimiter=delimiter))


def records(text: str) -> list[dict[str, str]]:
    first, *rows = read(text)
    return [dict(zip(first, row, strict=True)) for row in rows]


def test_every_case_is_a_table(
    case: str, recorded: Run, render: Render, golden: Callable[[str, str], None]
) -> None:
    text = render(recorded, "csv")
    golden(f"{case}.csv", text)
    rows = read(text)
    assert tuple(rows[0]) == COLUMNS
    assert {len(row) for row in rows} == {len(COLUMNS)}
    verdicts = sum(recorded.summary.counts.values())
    assert len(rows) == 1 + verdicts + recorded.summary.hosts_not_reached


def test_lines_are_those_of_rfc_4180(runs: ModuleType, render: Render) -> None:
    text = render(runs.hostile(), "csv")
    lines = text.split("\r\n")
    assert lines.pop() == ""
    assert len(lines) == 6
    assert all(line.isprintable() for line in lines[1:])
    assert text.encode("utf-8").decode("utf-8-sig") == text[1:]


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_screen_of_another_encoding_gets_what_it_has(encoding: str, runs: ModuleType) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    host = msgspec.structs.replace(host, windows="Büro 日本")
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    FORMATS["csv"].write(Run(run.header, (host,), run.summary), stream)
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    assert text.startswith('"host",')
    shown = "Büro" if encoding == "cp1252" else r"B\xfcro"
    assert rf'"{shown} \u65e5\u672c"' in text


# -- nothing is calculated -------------------------------------------------------------------------


@given(ANYTHING | SIGNS)
@example("=cmd|' /C calc'!A0")
@example(' "=1')
@example("\t=1")
@example("\uff1dcmd")
@example("a;=1,+2; @x")
def test_a_cell_is_text_and_reads_back(text: str) -> None:
    """In this country's form and in that with semicolons no cell begins as a formula does."""
    stream = io.StringIO(newline="")
    table = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerows([["host", cell(text), cell(text)], [cell(text)]])
    (_, found, again), (alone,) = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert found == again == alone == cell(text)
    assert found.isprintable(), "no tab and no line end, with which a formula could begin as well"
    assert _without_marks(found) == _without_marks(visible(text, LIMIT))
    for delimiter in ",;\t":
        cells = csv.reader(io.StringIO(stream.getvalue(), newline=""), delimiter=delimiter)
        assert not [part for row in cells for part in row if FORMULA.match(part)]


def _without_marks(text: str) -> str:
    """The text without any `'`: `cell` adds nothing else."""
    return text.replace("'", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("-5", "'-5"),
        ("@x", "'@x"),
        ("  =1", "  '=1"),
        ("a, -1", "a, '-1"),
        ("a;=1", "a;'=1"),
        ("\t=1", r"\x09=1"),
        ("\r=1", r"\x0d=1"),
        ("a-b = c", "a-b = c"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_only_what_could_be_a_formula_is_marked(text: str, shown: str) -> None:
    assert cell(text) == shown


@pytest.mark.parametrize("sign", ["a", "\0", "\U000e0041", "\ud800", ",=", '"', "##[", "日"])
def test_no_cell_is_longer_than_excel_takes(sign: str) -> None:
    found = cell(sign * 500_000)
    assert len(found) <= EXCEL_LONGEST
    assert found.endswith(" more characters]")


# -- what it says ----------------------------------------------------------------------------------


def test_a_reviewer_finds_what_counts(runs: ModuleType, render: Render) -> None:
    found = [
        (row["host"], row["rule"], row["outcome"], row["waived"], row["waiver"])
        for row in records(render(runs.waived(), "csv"))
        if row["counts"] == "yes"
    ]
    assert found == [
        (name, rule, "fail", waived, waiver)
        for name in ("ex01", "ex03")
        for rule, waived, waiver in (
            ("tls-1.2-client-usable", "no", ""),
            ("dotnet-uses-schannel-defaults", "no", ""),
            *((("dotnet-uses-schannel-defaults", "no", ""),) if name == "ex03" else ()),
            ("store-reachable", "expired", "waiver-3"),
        )
    ]


def test_a_host_that_was_not_reached_is_a_row(runs: ModuleType, render: Render) -> None:
    row = records(render(runs.not_reached(), "csv"))[-1]
    assert (row["host"], row["outcome"], row["counts"]) == (
        "ex09.corp.example",
        "not_reached",
        "yes",
    )
    assert (row["reason"], row["found"]) == ("timed-out", "no answer from port 5985 in 30 s")
    assert row["means"]
    assert row["then"]


def test_lines_of_an_explanation_stand_side_by_side(runs: ModuleType, render: Render) -> None:
    row = records(render(runs.single(), "csv"))[0]
    assert row["fix"].endswith(
        r"\TLS 1.2\Client [64-bit] | Enabled = 1 (REG_DWORD) | DisabledByDefault = 0 (REG_DWORD)"
    )
    assert row["place"] == "policies/exchange/store-addins.yaml:13"


def test_controls_and_baseline_states_are_told(runs: ModuleType, render: Render) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    (policy,) = run.header.policies
    controls = (Control("nist-800-53", "SC-8"), Control("cwe", "CWE-326"))
    rule = msgspec.structs.replace(policy.rules[0], controls=controls)
    policy = msgspec.structs.replace(policy, rules=(rule, *policy.rules[1:]))
    header = msgspec.structs.replace(run.header, policies=(policy,))
    new = msgspec.structs.replace(host.verdicts[0], baseline_state="new")
    host = msgspec.structs.replace(host, verdicts=(new,))
    (row,) = records(render(Run(header, (host,), run.summary), "csv"))
    assert (row["controls"], row["baseline"]) == ("nist-800-53 SC-8, cwe CWE-326", "new")
