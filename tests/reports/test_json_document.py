"""The JSON report: every case fits the schema, and says what the run has."""

import io
import json
import tracemalloc
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from jsonschema import Draft202012Validator

from hklint.fact import Present, RegistryValue
from hklint.run import Baseline, Control, Gone, HostResult, Run
from hklint.verdict import Evidence
from hklint_reports import FORMATS
from hklint_reports.json_document.hosts import MOST_TEXTS
from hklint_reports.json_document.schema import json_schema
from hklint_reports.json_document.shapes import Report
from hklint_reports.text import visible

Render = Callable[..., str]


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json_schema())


def _mistakes(document: object) -> list[str]:
    return [
        f"{error.instance_path}: {error.message}" for error in _validator().iter_errors(document)
    ]


def test_every_case_fits_the_schema(
    case: str, recorded: Run, render: Render, golden: Callable[[str, str], None]
) -> None:
    text = render(recorded, "json")
    golden(f"{case}.json", text)
    document = json.loads(text)
    assert _mistakes(document) == []
    Draft202012Validator(json_schema()).validate(document)
    msgspec.json.decode(text.encode(), type=Report)


DAMAGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "other format": lambda report: report.update(format="x"),
    "later version": lambda report: report.update(version=2),
    "no hosts": lambda report: report.pop("hosts"),
    "unknown outcome": lambda report: report["hosts"][0]["verdicts"][0].update(outcome="maybe"),
    "text for a number": lambda report: report["summary"].update(exit_code="1"),
    "unknown kind": lambda report: _first_fact(report)["asked"].update(kind="file"),
    "field missing": lambda report: _first_fact(report).pop("shown"),
}


def _first_fact(report: dict[str, Any]) -> dict[str, Any]:
    fact: dict[str, Any] = report["hosts"][0]["verdicts"][0]["facts"][0]
    return fact


@pytest.mark.parametrize("name", DAMAGES)
def test_the_schema_notices(name: str, runs: ModuleType, render: Render) -> None:
    document = json.loads(render(runs.fleet(), "json"))
    DAMAGES[name](document)
    assert _mistakes(document) != []


def test_a_field_that_is_added_later_is_no_mistake(runs: ModuleType, render: Render) -> None:
    document = json.loads(render(runs.fleet(), "json"))
    document["hosts"][0]["verdicts"][0]["later"] = 1
    assert _mistakes(document) == []


# -- what it says ----------------------------------------------------------------------------------


def _only_host(report: str) -> dict[str, Any]:
    (host,) = json.loads(report)["hosts"]
    assert isinstance(host, dict)
    return host


def test_what_counts_is_what_the_exit_code_counts(runs: ModuleType, render: Render) -> None:
    hosts = json.loads(render(runs.waived(), "json"))["hosts"]
    told = {(host["name"], item["name"]): item for host in hosts for item in host["verdicts"]}
    accepted = told["ex01", "dotnet-uses-schannel-defaults[view=32-bit]"]
    assert (accepted["outcome"], accepted["counts"]) == ("fail", False)
    assert accepted["waiver"]["until"] == "2027-03-31T00:00:00Z"
    over = told["ex01", "store-reachable"]
    assert (over["counts"], over["waiver"]) == (True, None)
    assert over["expired_waiver"]["id"] == "waiver-3"
    denied = told["ex02", "tls-1.2-client-usable"]
    assert (denied["outcome"], denied["counts"]) == ("unknown", False)


def test_a_gate_says_whether_it_is_open(runs: ModuleType, render: Render) -> None:
    gates = [json.loads(render(run, "json"))["summary"]["gate"] for run in _gates(runs)]
    assert gates == [
        {"open": True, "reason": "5 verdicts passed"},
        {"open": False, "reason": "nothing was judged"},
        None,
    ]


def _gates(runs: ModuleType) -> tuple[Run, ...]:
    return runs.all_pass(), runs.gate_empty(), runs.fleet()


def test_controls_and_the_baseline_are_told(runs: ModuleType, render: Render) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    (policy,) = run.header.policies
    rule = msgspec.structs.replace(policy.rules[0], controls=(Control("cwe", "CWE-326"),))
    header = msgspec.structs.replace(
        run.header,
        policies=(msgspec.structs.replace(policy, rules=(rule, *policy.rules[1:])),),
        baseline=Baseline("before.jsonl", "2026-11-01T00:00:00+02:00", 3),
    )
    known = msgspec.structs.replace(host.verdicts[0], baseline_state="unchanged")
    gone = Gone("p", "r", "", "It is so", "low", "pass")
    host = msgspec.structs.replace(host, verdicts=(known, *host.verdicts[1:]), gone=(gone,))
    report = json.loads(render(Run(header, (host,), run.summary), "json"))
    assert _mistakes(report) == []
    assert report["run"]["baseline"] == {
        "path": "before.jsonl",
        "started": "2026-10-31T22:00:00Z",
        "hosts": 3,
    }
    assert report["run"]["policies"][0]["rules"][0]["controls"] == [
        {"catalogue": "cwe", "id": "CWE-326"}
    ]
    told = report["hosts"][0]
    assert [item["baseline_state"] for item in told["verdicts"]] == ["unchanged"] + [None] * 4
    assert [item["counts"] for item in told["verdicts"]] == [False, True, True, False, True]
    assert told["gone"][0] == {
        "policy": "p",
        "rule": "r",
        "instance": "",
        "title": "It is so",
        "severity": "low",
        "now": "pass",
    }


@pytest.mark.parametrize(
    ("taken_at", "told"),
    [
        ("2026-11-20T08:00:00+02:00", (True, "2026-11-20T06:00:00Z")),
        ("yesterday", (True, None)),
    ],
)
def test_facts_of_a_file_are_marked(
    taken_at: str, told: tuple[bool, str | None], runs: ModuleType, render: Render
) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    snapshot = {"host": "ex01", "taken_at": taken_at, "source": {"target": "psrp://ex01"}}
    host = msgspec.structs.replace(host, target="ex01.json", snapshot=snapshot)
    found = _only_host(render(Run(run.header, (host,), run.summary), "json"))
    assert (found["recorded"], found["recorded_at"]) == told


# -- text, size and memory -------------------------------------------------------------------------


def test_it_is_printable_ascii_for_every_reader(runs: ModuleType, render: Render) -> None:
    text = render(runs.hostile(), "json")
    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\n"))
    assert "##" not in text
    json.dumps(json.loads(text), ensure_ascii=False).encode()  # there is no lone surrogate
    assert _only(json.loads(text)["hosts"][0]["verdicts"], "pass")["found"] == visible(runs.EVIL)


def _only(verdicts: list[dict[str, Any]], outcome: str) -> dict[str, Any]:
    (found,) = (item for item in verdicts if item["outcome"] == outcome)
    return found


def test_letters_beyond_ascii_are_escaped_and_come_back(runs: ModuleType, render: Render) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    host = msgspec.structs.replace(host, windows="Büro 日本 🙂")
    text = render(Run(run.header, (host,), run.summary), "json")
    assert text.isascii()
    assert _only_host(text)["windows"] == "Büro 日本 🙂"


def test_numbers_are_whole_and_lists_are_cut(runs: ModuleType, render: Render) -> None:
    run: Run = runs.single()
    (host,) = run.hosts
    many = tuple(str(number) for number in range(MOST_TEXTS + 5))
    evidence = tuple(
        Evidence(RegistryValue("HKLM", "K", "V"), Present(kind, value), "shown")
        for kind, value in (("REG_QWORD", 2**64 - 1), ("REG_MULTI_SZ", many))
    )
    verdict = msgspec.structs.replace(host.verdicts[0], evidence=evidence)
    host = msgspec.structs.replace(host, verdicts=(verdict,))
    text = render(Run(run.header, (host,), run.summary), "json")
    number, texts = (fact["found"]["data"] for fact in _only_host(text)["verdicts"][0]["facts"])
    assert number == 2**64 - 1
    assert texts == [*many[:MOST_TEXTS], "... [5 more texts]"]


@pytest.mark.parametrize("name", ["json", "csv"])
def test_memory_does_not_grow_with_hosts(name: str, runs: ModuleType) -> None:
    """A host is written and forgotten; 490 hosts that were kept would be 6 MB."""
    run: Run = runs.single()
    (host,) = run.hosts
    few, many = (_peak(name, run, host, number) for number in (10, 500))
    assert many < few + 500_000


class _Nowhere(io.TextIOBase):
    def write(self, text: str, /) -> int:
        return len(text)


def _peak(name: str, run: Run, host: HostResult, number: int) -> int:
    streamed = Run.counted(run.tally, _Hosts(host, number), run.summary)
    tracemalloc.start()
    try:
        FORMATS[name].write(streamed, _Nowhere())  # type: ignore[arg-type] - enough of a stream
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class _Hosts:
    """Hosts that are made anew at each pass, as a file's are."""

    def __init__(self, host: HostResult, number: int) -> None:
        self._line = msgspec.json.encode(host)
        self._number = number

    def __iter__(self) -> Iterator[HostResult]:
        decoder = msgspec.json.Decoder(HostResult)
        return (decoder.decode(self._line) for _ in range(self._number))
