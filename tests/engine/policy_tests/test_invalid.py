"""Mistakes in tests documents, and what `hklint test` says about them.

A case is a document in `cases/invalid`, with what is said in NAME.expected.
`pytest tests/engine/policy_tests --update` accepts what has changed; review the diff.
"""

from pathlib import Path

import pytest

from hklint.cli.diagnostics import render
from hklint.errors import InvalidDocumentsError
from hklint.policy_tests.load import load

CASES = Path(__file__).parent / "cases" / "invalid"
SUFFIX = ".tests.yaml"
NAMES = sorted(path.name.removesuffix(SUFFIX) for path in CASES.glob(f"*{SUFFIX}"))


pytestmark = pytest.mark.usefixtures("nothing_shipped")


@pytest.fixture(autouse=True)
def _in_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CASES)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str, updating: bool) -> None:  # noqa: FBT001 - a fixture's value
    with pytest.raises(InvalidDocumentsError) as caught:
        load([Path(f"{name}{SUFFIX}")])
    said = "\n".join(map(render, caught.value.diagnostics))
    expected = Path(f"{name}.expected")
    if updating:
        expected.write_text(said, encoding="utf-8", newline="\n")
    assert said == expected.read_text(encoding="utf-8")
