import copy
import json
import pickle
import traceback

import msgspec
import pytest

from hklint.secret import Secret

SECRET = Secret("hunter2")


@pytest.mark.parametrize(
    "shown", [str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET:>9}", f"{[SECRET]}"]
)
def test_it_does_not_show_itself(shown: str) -> None:
    assert "***" in shown
    assert "hunter2" not in shown


def test_it_is_revealed_on_purpose() -> None:
    assert SECRET.reveal() == "hunter2"


@pytest.mark.parametrize(
    "leave", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps, msgspec.json.encode]
)
def test_it_cannot_leave(leave: object) -> None:
    with pytest.raises(TypeError) as caught:
        leave(SECRET)
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
