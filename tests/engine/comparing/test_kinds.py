"""Every pair of what two runs say of a verdict has one kind: the table of `kinds.yaml`."""

from pathlib import Path

import pytest
import yaml

from hklint.comparing.kinds import kind
from hklint.comparison import KIND_MEANING, Kind, State

TABLE = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text("utf-8"))
COLUMNS = (
    *(State.FAIL, State.UNKNOWN, State.WAIVED, State.UNKNOWN_WAIVED),
    *(State.PASS, State.NOT_APPLICABLE, State.ABSENT),
)


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(State)
    assert {len(row) for row in TABLE.values()} == {len(COLUMNS)}
    assert {*COLUMNS, State.NOT_REACHED} == set(State)
    assert {Kind(word) for row in TABLE.values() for word in row} == set(Kind) == set(KIND_MEANING)


@pytest.mark.parametrize("was", list(State))
@pytest.mark.parametrize(("column", "now"), list(enumerate(COLUMNS)))
def test_kind(was: State, column: int, now: State) -> None:
    assert kind(was, now) == TABLE[was][column]


@pytest.mark.parametrize("was", list(State))
def test_only_what_failed_and_passes_is_fixed(was: State) -> None:
    fixed = [now for now in COLUMNS if kind(was, now) is Kind.FIXED]
    assert fixed == ([State.PASS] if was in (State.FAIL, State.WAIVED) else [])
