"""`--baseline`: only what is new shuts the gate, and nobody is told that all were well."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.cli.baseline_options import OLD_DAYS
from hklint.lab.lab import Lab
from hklint.run import Run

POLICY = "exchange-store-addins"
FAILED = 6
"""Verdicts of ten that fail on the host whose TLS 1.2 is blocked."""

Command = Callable[..., Any]
Read = Callable[[Path], Run]


@pytest.fixture
def before(lab: Lab, hklint_command: Command) -> str:
    """The run of an Exchange server whose TLS 1.2 is blocked; `ex01.json` is its snapshot."""
    target = lab.hosts["ex2016-blocked"].target
    assert hklint_command("snapshot", target, "-p", POLICY, "-o", "ex01.json").code == 0
    done = hklint_command("check", "ex01.json", "-p", POLICY, "--record", "before.jsonl")
    assert done.code == 1
    return "before.jsonl"


def _edit(path: str, name: str, number: int = 0, **fields: object) -> str:
    """A copy of a file of JSON lines with other fields in one of its lines."""
    lines = Path(path).read_text("utf-8").splitlines()
    lines[number] = json.dumps({**json.loads(lines[number]), **fields})
    Path(name).write_text("\n".join(lines) + "\n", "utf-8")
    return name


def test_a_gate_where_nothing_is_new_is_open_and_says_what_is_known(
    before: str, hklint_command: Command, recorded: Read
) -> None:
    shut = hklint_command("gate", "ex01.json", "-p", POLICY)
    assert (shut.code, shut.out[:9]) == (1, "GATE SHUT")
    done = hklint_command(
        *("gate", "ex01.json", "-p", POLICY, "--baseline", before, "--record", "now.jsonl"),
    )
    day = recorded(Path(before)).header.started[:10]
    known = f"{FAILED} verdicts failed and are known since the run of {day}"
    lines = done.out.splitlines()
    assert done.code == 0
    assert lines[0].startswith(
        f"GATE OPEN: nothing newly failed, 4 verdicts passed, {known}, by facts recorded "
    )
    assert lines[-1] == f"exit 0: nothing newly failed; {known}.  Written: now.jsonl"
    assert done.err == ""
    header = recorded(Path("now.jsonl")).header
    assert header.baseline is not None
    assert (header.baseline.path, header.baseline.hosts, header.baseline.decides) == (
        before,
        1,
        True,
    )
    again = hklint_command("report", "now.jsonl")
    assert again.out.splitlines()[0] == lines[0]


def test_what_is_new_shuts_the_gate_beside_what_is_known(
    before: str, lab: Lab, hklint_command: Command
) -> None:
    dotnet = lab.hosts["ex2016-dotnet"].target
    done = hklint_command("gate", "ex01.json", dotnet, "-p", POLICY, "--baseline", before)
    assert done.code == 1
    first_line = done.out.splitlines()[0]
    assert first_line.startswith("GATE SHUT: ")
    assert " of 20 verdicts newly failed (worst: high)" in first_line
    assert f"{FAILED} verdicts failed and are known since" in first_line
    assert "exit 1: a rule newly failed." in done.out


def test_a_host_that_is_not_reached_shuts_the_gate_whatever_the_baseline_has(
    new_lab: Callable[..., Lab], hklint_command: Command
) -> None:
    host = new_lab("ex2016-blocked").hosts["ex2016-blocked"]
    target = host.target
    check = ("check", target, "-p", POLICY)
    assert hklint_command(*check, "--record", "run.jsonl").code == 1
    host.http.stop()
    assert hklint_command(*check, "--record", "silent.jsonl").code == 4
    for baseline in ("run.jsonl", "silent.jsonl"):
        done = hklint_command("gate", target, "-p", POLICY, "--baseline", baseline)
        assert (done.code, done.out[:9]) == (4, "GATE SHUT")


def test_what_fails_no_more_is_told(before: str, lab: Lab, hklint_command: Command) -> None:
    """The snapshot is the same host: it is found again although the run asked a file then."""
    healthy = lab.hosts["ex2016-healthy"].target
    assert hklint_command("snapshot", healthy, "-p", POLICY, "-o", "now.json").code == 0
    snapshot = json.loads(Path("now.json").read_text("utf-8"))
    snapshot["host"] = json.loads(Path("ex01.json").read_text("utf-8"))["host"]
    Path("now.json").write_text(json.dumps(snapshot), "utf-8")
    done = hklint_command(
        *("check", "now.json", "-p", POLICY, "--baseline", before, "--record", "now.jsonl")
    )
    assert done.code == 0
    host = json.loads(Path("now.jsonl").read_text("utf-8").splitlines()[1])
    assert len(host["gone"]) == FAILED


NOTES: dict[str, tuple[int, dict[str, object], str]] = {
    "old": (
        0,
        {"started": "2020-01-01T00:00:00Z"},
        "days old (2020-01-01T00:00:00Z); what it excuses should have been dealt with",
    ),
    "younger": (0, {"started": "2199-01-01T00:00:00Z"}, "is younger than the run"),
    "another hklint": (0, {"hklint": "0.0.1\x1b[2J"}, r"made by hklint 0.0.1\x1b[2J, this run by"),
    "other parameters": (
        0,
        {"parameters": {f"{POLICY}.store_url": "https://store.example"}},
        f"the baseline has other parameters: {POLICY}.store_url",
    ),
}


@pytest.mark.parametrize("name", NOTES)
def test_a_baseline_that_is_not_quite_like_the_run_is_noted(
    before: str, hklint_command: Command, name: str
) -> None:
    number, fields, note = NOTES[name]
    other = _edit(before, "other.jsonl", number, **fields)
    command = ("gate", "ex01.json", "-p", POLICY, "--baseline", other)
    done = hklint_command(*command)
    assert done.code == 0
    assert done.err.startswith("Note: ")
    assert note in done.err
    assert done.err.count("\n") == 1
    assert hklint_command(*command, "--quiet").err == ""
    assert OLD_DAYS < 365


def test_a_changed_policy_is_noted_with_both_versions(
    before: str, hklint_command: Command, recorded: Read
) -> None:
    (policy,) = json.loads(Path(before).read_text("utf-8").splitlines()[0])["policies"]
    changed = {**policy, "sha256": "0" * 64, "version": "0.0.1"}
    other = _edit(before, "other.jsonl", 0, policies=[changed])
    done = hklint_command("check", "ex01.json", "-p", POLICY, "--baseline", other)
    version = recorded(Path(before)).header.policies[0].version
    assert f"policy {POLICY} has changed since the baseline, 0.0.1 to {version}" in done.err


def test_a_baseline_that_was_cut_off_is_noted_and_what_it_lacks_is_new(
    before: str, hklint_command: Command
) -> None:
    header = Path(before).read_text("utf-8").splitlines(keepends=True)[0]
    Path("cut.jsonl").write_text(header, "utf-8")
    done = hklint_command("check", "ex01.json", "-p", POLICY, "--baseline", "cut.jsonl")
    assert done.code == 1
    assert "Note: the baseline was interrupted" in done.err


@pytest.mark.parametrize("command", ["check", "gate"])
def test_what_can_not_be_a_baseline_is_refused_before_a_host_is_asked(
    before: str, lab: Lab, hklint_command: Command, command: str
) -> None:
    (policy,) = json.loads(Path(before).read_text("utf-8").splitlines()[0])["policies"]
    Path("other.jsonl").write_text(
        Path(before).read_text("utf-8").replace(json.dumps(policy["id"]), '"another"'), "utf-8"
    )
    Path("no-run.jsonl").write_text("{}\n", "utf-8")
    Path("empty.jsonl").write_text("", "utf-8")
    host = lab.hosts["ex2016-healthy"]
    asked = len(host.http.log)
    for file, words in (
        ("other.jsonl", "judged by none of the policies that are asked for"),
        ("no-run.jsonl", "no-run.jsonl:1: "),
        ("empty.jsonl", "there is no run in it"),
        ("ex01.json", "ex01.json:1: "),
        ("missing.jsonl", "does not exist"),
    ):
        done = hklint_command(command, host.target, "-p", POLICY, "--baseline", file)
        assert (done.code, done.out) == (2, ""), file
        assert words in " ".join(done.err.split()), file
    assert len(host.http.log) == asked


def test_a_report_can_be_marked_later_and_keeps_its_exit_code(
    before: str, hklint_command: Command
) -> None:
    plain = hklint_command("report", before)
    marked = hklint_command("report", before, "--baseline", before)
    assert marked.code == 0
    assert "exit 1: a rule failed." in marked.out
    assert plain.out != marked.out
    assert "Known since the run of" in marked.out
    assert "Known since the run of" not in plain.out
    code = hklint_command(
        *("report", before, "--baseline", before, "-f", "sarif", "-o", "marked.sarif")
    ).code
    assert code == 0
    older = _edit(before, "older.jsonl", 0, started="2020-01-01T00:00:00Z")
    noted = hklint_command("report", before, "--baseline", older, "-o", "marked.txt")
    assert noted.err.startswith("Note: the baseline is ")
    (run,) = json.loads(Path("marked.sarif").read_text("utf-8"))["runs"]
    assert {result["baselineState"] for result in run["results"]} == {"unchanged"}


def test_a_run_that_has_a_baseline_takes_no_other(before: str, hklint_command: Command) -> None:
    command = ("check", "ex01.json", "-p", POLICY, "--baseline", before, "--record", "now.jsonl")
    assert hklint_command(*command).code == 0
    done = hklint_command("report", "now.jsonl", "--baseline", before)
    assert done.code == 2
    assert f"the run was made with --baseline {before}" in " ".join(done.err.split())
