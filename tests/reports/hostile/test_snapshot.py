"""A hostile snapshot file goes through the command line into every report."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from hklint_reports import FORMATS
from hklint_reports.json_lines import open_run
from hklint_reports.text import visible

Command = Callable[..., int]
WAYS = [(name, "file") for name, form in FORMATS.items() if form.one_file]
WAYS += [(name, "folder") for name, form in FORMATS.items() if form.several_files]
WHOLE = {"jsonl", "oval"}
"""They keep values as they are, for those who judge them again."""
LEFT_OUT = {"oval": {"no-characters"}, "github": {"markdown"}}
"""What a format does not show: values that XML can't carry, and annotations of what is waived."""
LARGEST = 400_000
"""Bytes; the host's texts are ten times as long."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, planted: ModuleType, hklint: Command) -> Path:
    """The run, recorded by hklint itself, with what the screen had of it."""
    place = tmp_path_factory.mktemp("hostile")
    (place / "host.json").write_text(planted.snapshot(), encoding="ascii")
    for name, document in (("policy", planted.policy()), ("waivers", planted.WAIVERS)):
        text = json.dumps(document, indent=1)
        (place / f"{name}.yaml").write_text(text, encoding="ascii")
    what = ("host.json", "--policy", "policy.yaml", "--waivers", "waivers.yaml")
    where = ("--report", "terminal=screen.txt", "--record", "run.jsonl")
    assert hklint(place, "check", *what, *where) == 1
    return place


def test_the_run_has_what_was_planted(folder: Path, planted: ModuleType) -> None:
    (host,) = open_run(folder / "run.jsonl").hosts
    outcomes = {verdict.rule: verdict.outcome for verdict in host.verdicts}
    assert {outcomes[f"value-{name}"] for name in planted.TEXTS} == {"fail"}
    assert {outcomes[f"value-{name}"] for name in planted.UNREADABLE} == {"unknown"}
    assert outcomes["windows"] == "not_applicable"
    assert outcomes["request"] == "fail"
    assert [verdict.rule for verdict in host.verdicts if verdict.waiver] == ["value-markdown"]
    assert host.host.startswith(planted.NAME)


def test_every_format_has_a_reader(readers: ModuleType) -> None:
    assert set(readers.READERS) == set(FORMATS)


@pytest.mark.parametrize(("name", "way"), WAYS, ids=[f"{name}-{way}" for name, way in WAYS])
def test_every_report_is_valid_and_shows_what_was_there(
    name: str, way: str, folder: Path, planted: ModuleType, readers: ModuleType, hklint: Command
) -> None:
    path = f"{name}.out" if way == "file" else f"{name}.folder/"
    assert hklint(folder, "report", "run.jsonl", "--report", f"{name}={path}") == 0
    files = [folder / path] if way == "file" else sorted((folder / path).iterdir())
    assert files
    seen: list[str] = []
    for file in files:
        data = file.read_bytes()
        assert name in WHOLE or len(data) < LARGEST
        seen += readers.READERS[name](data)
    shown = _joined(name, seen)
    hidden = [key for key, text in _all(planted) if _joined(name, [visible(text)]) not in shown]
    assert set(hidden) == LEFT_OUT.get(name, set())
    assert (planted.LONG_TEXT in shown) == (name in WHOLE)
    assert name in WHOLE or re.search(r"AAA\"?\.\.\. \[\d+ more characters\]", shown)


def _all(planted: ModuleType) -> Iterator[tuple[str, str]]:
    yield from planted.TEXTS.items()
    yield "name", planted.NAME
    yield "key", planted.KEY
    yield "value", planted.VALUE


def _joined(name: str, texts: list[str]) -> str:
    """All that is seen, however lines are wrapped, and with what a format doubles or adds."""
    text = "\n".join(texts)
    if name == "csv":
        text = text.replace("'", "")
    if name.startswith("sarif"):
        text = re.sub(r"\{+", "{", re.sub(r"\}+", "}", text))
    return " ".join(re.sub(r"\n\s*= +", " ", text).split())


def test_the_screen_is_harmless(folder: Path, readers: ModuleType) -> None:
    assert readers.READERS["terminal"]((folder / "screen.txt").read_bytes())
