"""Damaged documents on the whole way: whatever stands in them, the end is a list of mistakes.

`make fuzz` does this for much longer.
"""

import copy
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hklint.authoring import tests_start
from hklint.cli.diagnostics import render
from hklint.documents.document import Document
from hklint.documents.files import shipped_folder
from hklint.errors import HklintError
from hklint.language import DOCUMENTS
from hklint.linting.lint import lint
from hklint.policy_tests.load import load
from hklint.policy_tests.run import run

FULL = Path(__file__).parent / "cases" / "full"
NAMES = {kind: f"{kind}.yaml" for kind in DOCUMENTS} | {"tests": "policy.tests.yaml"}
MODELS = ("schannel-protocol", "schannel-default")
PIECES = [
    *"[]{},:?-&*!|>'\"%@`#~ \n\t\r\\0x\0\ufeff\u2028\x85\u202e\u200b🙂",
    *["a: ", "- ", "? ", "<<: ", "&a ", "*a", "!!str ", "---\n", "...\n", "\n  ", "\n    - "],
    *["kind: tests\n", "rules:\n", "{" * 50, "9" * 40, "1e999", "null", '"\\ud800"', "\r\n"],
]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
bounded = settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=SLOW,
    deadline=timedelta(seconds=30),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A document of each kind, in a world in which only two models come with hklint."""
    home, mine = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("mine")
    (home / "models").mkdir()
    for model in MODELS:
        shutil.copy(shipped_folder() / "models" / f"{model}.yaml", home / "models")
    shutil.copy(FULL / "host.json", mine)
    with pytest.MonkeyPatch.context() as patch:
        for user in ("linting.lint", "policy_tests.load", "authoring.tests_start"):
            patch.setattr(f"hklint.{user}.shipped_folder", lambda: home)
        yield mine


def consume(folder: Path, damaged: Mapping[str, bytes]) -> None:
    """Takes documents the whole way; those that are not damaged are whole."""
    for kind, name in NAMES.items():
        (folder / name).write_bytes(damaged.get(kind) or (FULL / f"{kind}.yaml").read_bytes())
    found = lint([folder / name for name in NAMES.values()])
    for item in found.diagnostics:
        assert item.message
        assert 1 <= item.span.column <= item.span.end_column
        lines = (found.files[item.span.path]).read_bytes().count(b"\n") + 1
        assert 1 <= item.span.line <= lines
        assert render(item)
    with suppress(HklintError):
        tests_start.tests_of_policy(str(folder / NAMES["policy"]), None, None)
    with suppress(HklintError):
        run(load([folder / NAMES["tests"]]))


def test_whole_documents_have_no_errors(folder: Path) -> None:
    consume(folder, {})
    assert lint([folder]).errors == []


@bounded
@given(data=st.data())
def test_damaged_trees(
    data: st.DataObject,
    folder: Path,
    full: Mapping[str, Document],
    damage: Callable[[dict[str, Any], st.DataObject], None],
) -> None:
    damaged: dict[str, bytes] = {}
    for kind in data.draw(st.sets(st.sampled_from(list(DOCUMENTS)), min_size=1, max_size=2)):
        root = copy.deepcopy(dict(full[kind].root))
        for _ in range(data.draw(st.integers(1, 3))):
            damage(root, data)
        damaged[kind] = json.dumps(root, indent=data.draw(st.sampled_from([None, 1]))).encode()
    consume(folder, damaged)


@bounded
@given(data=st.data(), kind=st.sampled_from(list(DOCUMENTS)))
def test_damaged_texts(data: st.DataObject, kind: str, folder: Path) -> None:
    lines = (FULL / f"{kind}.yaml").read_text("utf-8").split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["remove", "repeat", "move", "indent", "insert", "cut"])):
            case "remove":
                lines[at] = ""
            case "repeat":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(data.draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "indent":
                lines[at] = " " * data.draw(st.integers(0, 9)) + lines[at].strip()
            case "cut":
                lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
            case _:
                column = data.draw(st.integers(0, len(lines[at])))
                piece = data.draw(st.sampled_from(PIECES) | st.text(max_size=3))
                lines[at] = lines[at][:column] + piece + lines[at][column:]
    consume(folder, {kind: "\n".join(lines).encode("utf-8", "surrogatepass")})


@bounded
@given(
    start=st.integers(0, 2000),
    length=st.integers(0, 60),
    junk=st.binary(max_size=60),
    kind=st.sampled_from(list(DOCUMENTS)),
)
def test_damaged_bytes(start: int, length: int, junk: bytes, kind: str, folder: Path) -> None:
    data = (FULL / f"{kind}.yaml").read_bytes()
    consume(folder, {kind: data[:start] + junk + data[start + length :]})
