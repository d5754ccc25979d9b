import json
from pathlib import Path

import pytest

from hklint.errors import UsageError
from hklint.target import SnapshotTarget, WsmanTarget, parse_target

CASES = json.loads(Path(__file__).with_name("cases").joinpath("targets.json").read_text("utf-8"))


@pytest.mark.parametrize(("text", "expected"), CASES["read"])
def test_host_is_read(text: str, expected: list[object]) -> None:
    target = parse_target(text)
    assert isinstance(target, WsmanTarget)
    assert [target.host, target.port, target.tls, target.user] == expected
    assert target.text == text.strip()


@pytest.mark.parametrize("text", CASES["snapshots"])
def test_path_is_a_snapshot(text: str) -> None:
    assert parse_target(text) == SnapshotTarget(text)


@pytest.mark.parametrize(("text", "message"), CASES["refused"])
def test_mistake_is_explained(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_target(text)
    assert message in str(caught.value)


@pytest.mark.parametrize("text", CASES["passwords"])
def test_password_is_refused_and_never_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="a target never holds a password") as caught:
        parse_target(text)
    assert "hunter2" not in str(caught.value)


def test_bare_name_of_a_file_is_ambiguous() -> None:
    with pytest.raises(UsageError, match=r"write \./exch01 for the file, psrp://exch01"):
        parse_target("exch01", is_file=lambda path: path == Path("exch01"))
