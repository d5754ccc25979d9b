"""Rules on groups, over the wire: who has what stands in every report, and the gate counts it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.lab.lab import Lab
from hklint.verdict import Outcome
from hklint_reports import FORMATS

POLICY = "exchange-consistency"
TLS = "tls-versions-alike[protocol=TLS 1.2,role=Client]"
ALIKE, DIFFERENT = ("ex2016-healthy", "ex2016-dotnet"), "ex2016-blocked"
MANY_FILES = {"arf", "oval", "cklb"}

Command = Callable[..., Any]


@pytest.fixture(scope="session")
def targets(lab: Lab) -> dict[str, str]:
    """Three Exchange servers; one of them blocks TLS 1.2."""
    return {name: lab.hosts[name].target for name in (*ALIKE, DIFFERENT)}


def _outcomes(path: Path, name: str) -> dict[str, Outcome]:
    return {
        host["host"]: Outcome(verdict["outcome"])
        for host in _hosts(path)
        for verdict in host["verdicts"]
        if f"{verdict['rule']}[{verdict['instance']}]" == name
    }


def _hosts(path: Path) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [line for line in lines if line["kind"] == "host"]


def test_every_report_says_who_has_what(targets: dict[str, str], hklint_command: Command) -> None:
    found = hklint_command("check", *targets.values(), "-p", POLICY, "--record", "run.jsonl")
    assert found.code == 1
    assert set(_outcomes(Path("run.jsonl"), TLS).values()) == {Outcome.FAIL}
    for name in FORMATS.keys() - MANY_FILES:
        report = hklint_command("report", "run.jsonl", "-f", name)
        assert report.code == 0, report.err
        text = "".join(report.out.replace("=            ", "").split())
        assert "usableon2hosts" in text, name
        assert "blockedonEX01" in text, name


def test_groups_are_named_on_the_command_line(
    targets: dict[str, str], hklint_command: Command
) -> None:
    """Ports tell the lab's hosts apart, names don't: the group is everybody of that name."""
    hosts = [targets[name] for name in ALIKE]
    found = hklint_command("check", *hosts, "-p", POLICY, "--group", "dag1=127.0.0.*", "-v")
    assert "All 2 hosts of the group dag1 have the same" in found.out
    other = hklint_command("check", *hosts, "-p", POLICY, "--group", "dag1=ex*")
    assert other.code == 2
    assert "--group dag1: none of the targets is one of its hosts" in other.err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("dag1", "write NAME=HOST,HOST"),
        ("=ex01", "write NAME=HOST,HOST"),
        ("dag1=ex01,,ex02", "write NAME=HOST,HOST"),
    ],
)
def test_a_group_that_is_none_is_refused(
    hklint_command: Command, targets: dict[str, str], given: str, says: str
) -> None:
    found = hklint_command("check", targets[DIFFERENT], "-p", POLICY, "--group", given)
    assert (found.code, says in found.err) == (2, True)


def test_groups_without_a_rule_on_them_are_a_mistake(
    hklint_command: Command, targets: dict[str, str]
) -> None:
    found = hklint_command("check", targets[DIFFERENT], "-p", "exchange-tls", "--group", "a=b")
    assert found.code == 2
    assert "no rule of the policies compares hosts" in found.err


def test_the_gate_can_ask_for_it(targets: dict[str, str], hklint_command: Command) -> None:
    """Alike servers pass it, one that differs shuts it, and so does a server alone."""
    alike = [targets[name] for name in ALIKE]
    gate = ("gate", "-p", POLICY, "--fail-on", "medium")
    differing = hklint_command(*gate, *alike, targets[DIFFERENT])
    assert differing.code == 1
    alone = hklint_command(*gate, targets[DIFFERENT])
    assert alone.code == 4
    assert "GATE SHUT: nothing was judged" in alone.out


def test_explain_shows_the_group(targets: dict[str, str], hklint_command: Command) -> None:
    hklint_command("check", *targets.values(), "-p", POLICY, "--record", "run.jsonl")
    host = _hosts(Path("run.jsonl"))[0]["host"]
    page = hklint_command("explain", "run.jsonl", "--host", host, "--rule", "tls-versions-alike")
    assert page.code == 0, page.err
    assert "The hosts of its group" in page.out
