import io
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from hklint.errors import UsageError
from hklint.verdict import Outcome
from hklint_reports.json_lines import open_run, read_run, write_line


@pytest.fixture
def lines(runs: ModuleType, render: Callable[..., str]) -> list[str]:
    return render(runs.fleet(), "jsonl").splitlines(keepends=True)


def test_a_run_that_is_recorded_line_by_line_is_the_same(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    run, stream = runs.fleet(), io.StringIO()
    for line in (run.header, *run.hosts, run.summary):
        write_line(line, stream)
    assert stream.getvalue() == render(run, "jsonl")


def test_the_file_is_plain_ascii_and_holds_no_command_of_a_build_server(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.hostile(), "jsonl")
    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\n"))
    assert "##" not in text


def test_a_run_without_summary_was_interrupted(lines: list[str], runs: ModuleType) -> None:
    run = read_run(lines[:2])
    assert run.hosts == runs.fleet().hosts[:1]
    assert run.summary.interrupted
    assert (run.summary.hosts, run.summary.exit_code) == (1, 1)
    assert run.summary.counts[Outcome.FAIL] == 4
    assert run.summary.ended == "2026-11-23T10:00:02Z"


def test_a_header_alone_is_no_pass(lines: list[str]) -> None:
    assert read_run(lines[:1]).summary.exit_code == 4


@pytest.mark.parametrize("cut", [1, 100, 1000])
def test_a_last_line_that_was_cut_off_is_not_read(lines: list[str], cut: int) -> None:
    run = read_run([*lines[:2], lines[2][:cut]])
    assert len(run.hosts) == 1
    assert run.summary.interrupted


BROKEN = {
    "empty": (lambda _: [], "run.jsonl: there is no run in it; give a file made with --record"),
    "no JSON": (lambda lines: ["hello\n", *lines], "run.jsonl:1: this is no JSON"),
    "no run": (lambda _: ["hello"], "run.jsonl:1: this is no JSON"),
    "deep": (lambda _: ["[" * 100_000 + "\n"], "run.jsonl:1: this is no JSON"),
    "broken line": (
        lambda lines: [*lines[:1], lines[1][:50] + "\n", *lines[2:]],
        "run.jsonl:2: this is no JSON",
    ),
    "broken line without ends": (
        lambda lines: [line.rstrip() for line in [*lines[:1], lines[1][:50], *lines[2:]]],
        "run.jsonl:2: this is no JSON",
    ),
    "other JSON": (lambda _: ["[]\n"], "run.jsonl:1: this is no line of a run"),
    "unknown kind": (lambda _: ['{"kind":"x"}\n'], "run.jsonl:1: this is no line of a run"),
    "missing field": (
        lambda lines: [*lines[:1], '{"kind":"host"}\n'],
        "run.jsonl:2: this is no line of a run: Object missing required field",
    ),
    "bad time": (
        lambda lines: [lines[0].replace("2026-11-23T10:00:00Z", "noon"), *lines[1:]],
        "run.jsonl:1: this is no line of a run: Invalid isoformat",
    ),
    "no header": (lambda lines: lines[1:], "run.jsonl:1: a run begins with its header"),
    "two runs": (lambda lines: lines * 2, "run.jsonl:6: a line behind the summary"),
    "two headers": (lambda lines: [lines[0], *lines], "run.jsonl:2: a second header"),
    "lost host": (
        lambda lines: [*lines[:2], *lines[3:]],
        "run.jsonl:4: the summary counts other hosts or verdicts",
    ),
    "changed verdict": (
        lambda lines: [line.replace('"outcome":"fail"', '"outcome":"pass"') for line in lines],
        "run.jsonl:5: the summary counts other hosts or verdicts",
    ),
    "changed exit code": (
        lambda lines: [line.replace('"exit_code":1', '"exit_code":0') for line in lines],
        "run.jsonl:5: the summary has exit code 0, and the lines above give 1; the file was",
    ),
    "changed threshold": (
        lambda lines: [lines[0].replace('"fail_on":"info"', '"fail_on":"critical"'), *lines[1:]],
        "run.jsonl:5: the summary has exit code 1, and the lines above give 4; the file was",
    ),
    "rule from nowhere": (
        lambda lines: [line.replace('"rule":"store-reachable"', '"rule":"x"') for line in lines],
        "run.jsonl:2: rule 'x' of policy 'exchange-store-addins' is not in the header",
    ),
    "other version": (
        lambda lines: [lines[0].replace('"version":4,', '"version":5,', 1), *lines[1:]],
        (
            "run.jsonl:1: the run is recorded in version 5 of the format, and this hklint reads "
            "versions 1 to 4: use hklint 0.1.0, which recorded it"
        ),
    ),
    "other version, other form": (
        lambda _: [json.dumps({"kind": "run", "version": 7, "hosts": []})],
        "run.jsonl:1: the run is recorded in version 7",
    ),
}


WAIVER_LINES = {
    "unknown waiver": (
        '"waiver":{"id":"waiver-17"',
        '"waiver":{"id":"x"',
        "run.jsonl:2: waiver 'x' is not in the header",
    ),
    "unknown use": (
        '{"id":"waiver-3","matched"',
        '{"id":"x","matched"',
        "run.jsonl:2: waiver 'x' is not in the header",
    ),
    "changed status": (
        '"state":"expired"',
        '"state":"active"',
        "run.jsonl:5: the summary counts other hosts or verdicts",
    ),
    "changed count": (
        '"waived":{"fail":1,',
        '"waived":{"fail":2,',
        "run.jsonl:5: the summary counts other hosts or verdicts",
    ),
    "time without zone": (
        '"until":"2027-03-31T00:00:00Z"',
        '"until":"2027-03-31T00:00:00"',
        "run.jsonl:1: this is no line of a run: ",
    ),
    "endless warning": (
        '"warn_days":30',
        '"warn_days":99999999999',
        "run.jsonl:1: this is no line of a run: ",
    ),
}


@pytest.mark.parametrize("name", sorted(WAIVER_LINES))
def test_waivers_that_do_not_fit_the_run_are_an_error(
    runs: ModuleType, render: Callable[..., str], name: str
) -> None:
    old, new, message = WAIVER_LINES[name]
    text = render(runs.waived(), "jsonl")
    assert old in text
    with pytest.raises(UsageError) as caught:
        read_run(io.StringIO(text.replace(old, new)), "run.jsonl")
    assert str(caught.value).startswith(message)


def test_a_waiver_is_told_of_at_a_time_that_python_cannot_move(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(runs.waived(), "jsonl").replace(
        "2027-03-31T00:00:00Z", "9999-12-31T23:59:59-14:00"
    )
    run = read_run(io.StringIO(text), "run.jsonl")
    assert "until 9999-12-31T23:59:59-14:00 by security-board" in render(run, "terminal")


def test_a_run_cut_off_knows_its_waivers(runs: ModuleType, render: Callable[..., str]) -> None:
    lines = render(runs.waived(), "jsonl").splitlines(keepends=True)
    run = read_run(lines[:2])
    statuses = {status.id: status for status in run.summary.waivers}
    assert run.summary.waived == {Outcome.FAIL: 1}
    assert statuses["waiver-17"].needed == 1
    assert not statuses["waiver-12"].unused, "nobody knows what the hosts that are missing say"


def test_a_run_of_version_1_is_read_as_one_without_waivers(schemas: Path) -> None:
    text = (schemas.parent / "old" / "version-1.jsonl").read_text("ascii")
    run = read_run(text.splitlines(keepends=True))
    assert (run.header.version, run.header.waivers, run.summary.waived) == (1, (), {})
    assert run.summary.counts[Outcome.FAIL] == 8


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_file_is_an_error_that_names_the_line(lines: list[str], name: str) -> None:
    breaking, message = BROKEN[name]
    with pytest.raises(UsageError) as caught:
        read_run(breaking(lines), "run.jsonl")
    assert str(caught.value).startswith(message)


@pytest.fixture
def file(lines: list[str], tmp_path: Path) -> Path:
    path = tmp_path / "run.jsonl"
    path.write_text("".join(lines), encoding="ascii", newline="\n")
    return path


def test_a_run_in_its_file_is_the_run_in_memory(lines: list[str], file: Path) -> None:
    run, whole = open_run(file), read_run(lines)
    assert (run.header, run.summary) == (whole.header, whole.summary)
    assert [*run.hosts] == [*whole.hosts]
    assert [*zip(run.hosts, run.hosts, strict=True)] == [
        *zip(whole.hosts, whole.hosts, strict=True)
    ]
    assert run.tally.counts == whole.tally.counts == whole.summary.counts


def test_a_run_cut_off_is_read_as_far_as_it_goes(lines: list[str], file: Path) -> None:
    file.write_text("".join([*lines[:2], lines[2][:50]]), encoding="ascii")
    run = open_run(file)
    assert run.summary.interrupted
    assert len([*run.hosts]) == 1


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_file_is_an_error_before_any_report(
    lines: list[str], file: Path, name: str
) -> None:
    breaking, message = BROKEN[name]
    broken = breaking(lines)
    joined = "".join(line if line.endswith("\n") else f"{line}\n" for line in broken)
    file.write_text(joined, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        open_run(file)
    assert str(caught.value).startswith(message.replace("run.jsonl", str(file)))


def test_a_file_that_changes_is_not_reported_on(lines: list[str], file: Path) -> None:
    run = open_run(file)
    file.write_text("".join([*lines, "\n"]), encoding="ascii")
    with pytest.raises(UsageError, match="has changed while it was read"):
        next(iter(run.hosts))


def _shorter(lines: list[str]) -> str:
    """The file ends in the middle of a run, behind a whole line."""
    return "".join(lines[:2])


def _cut(lines: list[str]) -> str:
    return "".join(lines)[: len(lines[0]) + len(lines[1]) + 9]


def _edited(lines: list[str]) -> str:
    """Of the same length, and still a run."""
    return "".join(lines).replace('"outcome":"fail"', '"outcome":"pass"')


@pytest.mark.parametrize("change", [_shorter, _cut, _edited])
def test_a_file_that_changes_in_mid_pass_is_not_reported_on(
    lines: list[str], file: Path, change: Callable[[list[str]], str]
) -> None:
    many = [lines[0], *lines[1:2] * 200]
    file.write_text("".join(many), encoding="ascii")
    hosts = iter(open_run(file).hosts)
    next(hosts)
    file.write_text(change(many), encoding="ascii")
    with pytest.raises(UsageError, match="has changed while it was read"):
        list(hosts)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes with a path")
def test_a_pipe_is_read_once_and_gives_the_run_as_often_as_wanted(
    lines: list[str], tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_text, args=("".join(lines), "ascii"))
    writer.start()
    run, whole = open_run(pipe), read_run(lines)
    writer.join()
    assert [*run.hosts] == [*run.hosts] == [*whole.hosts]
