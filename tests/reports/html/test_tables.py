"""Decision tables are quoted from their documents: the right rows, or none."""

from collections.abc import Iterator

import pytest

from hklint.linking.library import Library
from hklint.model import Model, Row
from hklint.policy import StateExpectation
from hklint.span import Span
from hklint.verdict import DecidingRow
from hklint_reports.html.tables import LINES_SHOWN, Tables, source_rows

TABLE = """\
rows:
  # about the first
  - when: {a: on}
    state: one

    # about the second
  - when:
      a: [off, unset]
    state: two
    because: >-
      A text
        - that looks like an item

# not indented
  - when: {a: gone}
    state: three
examples:
  - when: none of these
"""


def _row(number: int, line: int, of: int = 3, column: int = 5) -> DecidingRow:
    return DecidingRow("m", "s", number, of, "one", "", Span("m.yaml", line, column, column + 1))


def _models(shipped: Library) -> Iterator[Model]:
    """Every model that a shipped policy asks, through other models as well."""
    seen: dict[str, Model] = {}
    left = [policy.diagnosis.model for policy in shipped.policies.values() if policy.diagnosis]
    left += [
        rule.expectation.table.model
        for policy in shipped.policies.values()
        for rule in policy.rules
        if isinstance(rule.expectation, StateExpectation)
    ]
    while left:
        model = left.pop()
        if model.id not in seen:
            seen[model.id] = model
            left += [item.model for item in model.inputs if hasattr(item, "model")]
    yield from seen.values()


def test_rows_of_all_shipped_models_are_found(shipped: Library) -> None:
    """Each row's text begins where the model says and holds its state and its sentence."""
    models = list(_models(shipped))
    assert len(models) > 15
    for model in models:
        text = shipped.documents[model.span.path]
        for row in model.rows:
            found = source_rows(text, _deciding(model, row))
            assert len(found) == len(model.rows)
            mine = found[row.number - 1]
            assert mine.line == row.span.line
            assert f"state: {row.state}" in mine.text
            words = " ".join(" ".join(mine.text).replace(">-", "").split())
            assert " ".join(row.because.split()) in words
            assert sum(line.startswith("state:") for line in mine.text) == 1


def _deciding(model: Model, row: Row) -> DecidingRow:
    return DecidingRow(model.id, "", row.number, len(model.rows), row.state, row.because, row.span)


def test_rows_with_comments_blank_lines_and_nested_lists() -> None:
    rows = source_rows(TABLE, _row(2, 7))
    assert [row.line for row in rows] == [3, 7, 15]
    assert rows[0].text == ("when: {a: on}", "state: one")
    assert rows[1].text[-1] == "    - that looks like an item"
    assert rows[2].text == ("when: {a: gone}", "state: three")


@pytest.mark.parametrize(
    ("why", "text", "row"),
    [
        ("another number of rows", TABLE, _row(2, 7, of=4)),
        ("another row", TABLE, _row(1, 7)),
        ("no such line", TABLE, _row(1, 99)),
        ("line 0", TABLE, _row(1, 0)),
        ("not the start of an item", TABLE, _row(1, 4)),
        ("column 0", TABLE, _row(1, 3, column=0)),
        ("in one line", "rows: [{when: {}, state: one}]\n", _row(1, 1, of=1, column=8)),
        ("no text", "", _row(1, 1, of=1)),
    ],
)
def test_no_rows_where_the_text_is_laid_out_otherwise(
    why: str, text: str, row: DecidingRow
) -> None:
    assert source_rows(text, row) == (), why


def test_a_long_row_is_cut() -> None:
    text = "rows:\n  - when: {}\n" + "    # more\n    x: 1\n" * 40
    (row,) = source_rows(text, _row(1, 2, of=1))
    assert len(row.text) == LINES_SHOWN + 1
    assert row.text[-1] == f"... {81 - LINES_SHOWN} more lines"


def test_one_row_is_shown_with_its_neighbours() -> None:
    tables = Tables({"m.yaml": TABLE})
    (decision,) = tables.decisions([_row(3, 15)])
    assert (decision.table, decision.rows, decision.shown) == (0, (3,), (2, 3))
    assert (decision.by, decision.word) == ("by row 3 of 3 of m", "decided")


def test_several_rows_are_possible_and_none_decided() -> None:
    tables = Tables({"m.yaml": TABLE})
    (decision,) = tables.decisions([_row(1, 3), _row(3, 15)])
    assert (decision.rows, decision.shown) == ((1, 3), (1, 3))
    assert (decision.by, decision.word) == ("by one of the rows 1, 3 of 3 of m", "possible")


def test_a_row_that_the_document_has_elsewhere_is_not_quoted() -> None:
    tables = Tables({"m.yaml": TABLE})
    tables.add([_row(1, 3)])
    (decision,) = tables.decisions([_row(2, 8)])
    assert (decision.table, decision.shown) == (-1, ())
    assert decision.place == "m.yaml:8"
