"""Annotations as GitHub's runner reads them (actions/runner, ActionCommand.cs, TryParseV2)."""

import io
import re
from collections import Counter
from collections.abc import Callable
from types import ModuleType
from typing import NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hklint.run import Run
from hklint.span import Span
from hklint.verdict import Severity
from hklint_reports import FORMATS
from hklint_reports.github import LINES_SHOWN, Annotation, command

ANYTHING = st.text(st.characters(exclude_categories=()))
REGISTERED = {"error", "warning", "notice", "set-output", "stop-commands", "add-mask", "debug"}


class Command(NamedTuple):
    name: str
    properties: dict[str, str]
    message: str


def parsed(line: str) -> Command:
    """A line of a log as the runner takes it; fails if that is no command to it."""
    line = line.lstrip()
    assert line.startswith("::")
    head, separator, message = line[2:].partition("::")
    assert separator
    name, _, properties = head.partition(" ")
    assert name in REGISTERED
    pairs = [pair.split("=", 1) for pair in properties.strip().split(",") if pair]
    unescaped = {name: _unescaped(value, ("%3A", ":"), ("%2C", ",")) for name, value in pairs}
    return Command(name, unescaped, _unescaped(message))


def _unescaped(text: str, *more: tuple[str, str]) -> str:
    for shown, meant in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(shown, meant)
    return text


def commands(text: str) -> list[Command]:
    assert "##[" not in text
    assert text.replace("\n", "").isprintable()
    return [parsed(line) for line in text.removesuffix("\n").split("\n")]


def test_golden(
    case: str, recorded: Run, render: Callable[..., str], golden: Callable[[str, str], None]
) -> None:
    golden(f"{case}.github.txt", render(recorded, "github"))


def test_every_case_is_red_exactly_if_the_exit_code_is(
    recorded: Run, render: Callable[..., str]
) -> None:
    found = commands(render(recorded, "github"))
    assert {command.name for command in found} <= {"error", "warning", "notice"}
    assert any(command.name == "error" for command in found) == bool(recorded.summary.exit_code)
    assert found[-1].properties == {"title": "hklint"}


def test_rules_are_annotated_at_their_lines(runs: ModuleType, render: Callable[..., str]) -> None:
    first, *_ = commands(render(runs.fleet(), "github"))
    assert first.name == "error"
    title = "FAIL[tls-1.2-client-usable]: Programs use TLS 1.2 for outgoing connections by default"
    assert first.properties == {
        "file": runs.POLICY_PATH,
        "line": "7",
        "endLine": "7",
        "col": "9",
        "endColumn": "30",
        "title": f"{title} (high)",
    }
    assert first.message.startswith(
        "failed on 2 of 3 hosts: ex01, ex03\n"
        "could not be judged on 1 of 3 hosts: ex02\n"
        "tls-1.2-client-usable on ex01: expected usable, found blocked\n"
        "means: Enabled is 0"
    )


@pytest.mark.parametrize(
    ("path", "folder", "shown"),
    [
        ("/home/me/repo/policies/a b.yaml", "/home/me/repo", "policies/a b.yaml"),
        ("policies/a,b:c%.yaml", "/home/me", "policies/a,b:c%.yaml"),
        ("..\\x.yaml", "C:\\work", "x.yaml"),
    ],
)
def test_paths_are_relative_to_the_folder(path: str, folder: str, shown: str) -> None:
    annotation = Annotation("error", "t", ("m",), Span(path, 1, 2, 3))
    assert parsed(command(annotation, folder)).properties["file"] == shown


@pytest.mark.parametrize(
    ("severity", "level"),
    [
        ("critical", "error"),
        ("high", "error"),
        ("medium", "warning"),
        ("low", "notice"),
        ("info", "notice"),
    ],
)
def test_levels(
    runs: ModuleType, render: Callable[..., str], severity: Severity, level: str
) -> None:
    verdict = msgspec.structs.replace(runs.CLIENT_OFF, severity=severity)
    first, *_ = commands(render(runs.run([runs.host("a", (verdict,))], 1), "github"))
    assert first.name == level


def test_what_does_not_count_is_a_notice(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    known = commands(render(large_runs.compared(runs), "github"))
    assert [item.name for item in known] == ["error", "notice", "notice", "notice"]
    assert "known from the baseline" in known[1].message
    counting = commands(render(large_runs.compared(runs, decides=False), "github"))
    assert [item.name for item in counting] == ["error", "error", "error", "notice"]
    for change, name in (({"allow_unknown": True}, "notice"), ({}, "warning")):
        done = runs.run([runs.host("a", (runs.DENIED, *runs.ALL_PASS[1:]))], 0)
        header = msgspec.structs.replace(done.header, **change)
        first, *_ = commands(render(Run(header, done.hosts, done.summary), "github"))
        assert first.name == name


def test_hosts_that_were_not_reached_are_an_error_without_a_file(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    first, last = commands(render(runs.not_reached(), "github"))
    assert (first.name, first.properties) == (
        "error",
        {"title": "NOT REACHED: 1 host gave no answer"},
    )
    assert first.message == (
        "timed-out: the host did not answer in time; on 1 of 2 hosts: ex09.corp.example"
    )
    assert last.name == "notice"


@pytest.mark.parametrize("rules", [9, 10, 100])
def test_no_more_than_github_shows(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str], rules: int
) -> None:
    found = commands(render(large_runs.many_rules(runs, rules), "github"))
    levels = Counter(item.name for item in found)
    assert max(levels.values()) <= 10
    told = re.search(r"(\d+) more rules? (?:is|are) not annotated", found[-1].message)
    assert len(found) - 1 + int(told[1] if told else 0) == rules


def test_hostile_text_starts_no_command(runs: ModuleType, render: Callable[..., str]) -> None:
    text = render(runs.hostile(), "github")
    found = commands(text)
    assert Counter(item.name for item in found) == {"error": 2, "warning": 1, "notice": 1}
    assert r"::error::x\x1b]0;own\x07" in found[0].message


@given(title=ANYTHING, line=ANYTHING, path=ANYTHING)
def test_no_text_gets_out_of_its_place(title: str, line: str, path: str) -> None:
    text = command(Annotation("notice", title, (line, "end"), Span(path, 3, 4, 5)), "")
    assert text.isprintable()
    assert "##[" not in text
    found = parsed(text)
    assert found.name == "notice"
    assert found.properties.keys() - {"file", "title"} == {"line", "endLine", "col", "endColumn"}
    assert found.properties["line"] == "3"
    assert found.message.endswith("\nend")
    assert found.message.count("\n") == 1


def test_it_is_written_in_any_encoding(runs: ModuleType) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", newline="\n")
    FORMATS["github"].write(runs.run([runs.host("hôte", (runs.CLIENT_OFF,))], 1), stream)
    stream.seek(0)
    assert r"on 1 of 1 host: h\xf4te" in stream.read()


def test_what_is_cut_is_said_to_be(runs: ModuleType, render: Callable[..., str]) -> None:
    """Half of a fix must not pass for all of it."""
    long = msgspec.structs.replace(
        runs.CLIENT_OFF.explanation, fix=tuple(f"Value{number} = 1" for number in range(40))
    )
    failed = msgspec.structs.replace(runs.CLIENT_OFF, explanation=long)
    first = render(runs.run([runs.host("ex01", (failed,))], 1), "github").splitlines()[0]
    lines = first.split("%0A")
    assert (len(lines), lines[-1]) == (
        LINES_SHOWN,
        "... and 22 more lines, which the other reports have",
    )
