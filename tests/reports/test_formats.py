import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from lxml import etree

from hklint.run import Run
from hklint.verdict import Outcome
from hklint_reports import FORMATS

Counts = tuple[int | tuple[int, int], ...]
"""Of each outcome how many, and how many of these are waived; then the hosts not reached."""


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_of_the_table_is_there(name: str) -> None:
    form = FORMATS[name]
    assert form.name == name
    assert form.description.endswith(".")
    assert form.one_file or form.several_files
    module = import_module(form.module)
    assert callable(getattr(module, "write", None)) == form.one_file
    assert callable(getattr(module, "write_files", None)) == form.several_files


def test_importing_the_package_loads_no_format() -> None:
    code = (
        "import sys, hklint_reports; "
        "print({'rich', 'msgspec', 'json', 'inspect', 'hklint'} & set(sys.modules))"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"


def test_all_formats_count_the_same(recorded: Run, render: Callable[..., str]) -> None:
    counts = recorded.summary.counts
    waived = recorded.summary.waived
    missing = recorded.summary.hosts_not_reached
    each = [(counts[outcome], waived.get(outcome, 0)) for outcome in Outcome]
    expected = (*each, missing)
    assert _tally(render(recorded, "terminal").splitlines()[-2]) == expected
    assert _tally(render(recorded, "markdown").split("\n**")[1]) == expected
    assert _tally(render(recorded, "github").splitlines()[-1]) == expected
    assert _jsonl(render(recorded, "jsonl")) == expected
    assert _json(render(recorded, "json")) == expected
    assert _csv(render(recorded, "csv")) == expected
    assert _junit(render(recorded, "junit")) == expected
    assert _ocsf(render(recorded, "ocsf")) == expected
    assert _xccdf(render(recorded, "xccdf")) == expected
    failed, unknown = each[1], each[2]
    assert _sarif(render(recorded, "sarif")) == (failed, unknown, missing)
    assert _sarif(render(recorded, "sarif-azure")) == (failed, unknown, missing)
    assert _sarif_all_kinds(render(recorded, "sarif", all_kinds=True)) == expected


def _tally(tally: str) -> Counts:
    words = ("pass", "fail", "unknown", "not applicable")
    found = (re.search(rf"(\d+) {word}\b(?: \((?:(\d+) waived)?[^)]*\))?", tally) for word in words)
    missing = re.search(r"(\d+) not reached", tally)
    each = [(int(hit[1]), int(hit[2] or 0)) for hit in found]
    return (*each, int(missing[1]) if missing else 0)


def _jsonl(text: str) -> Counts:
    hosts = [line for line in map(json.loads, text.splitlines()) if line["kind"] == "host"]
    found = [verdict["outcome"] for host in hosts for verdict in host["verdicts"]]
    waived = [
        verdict["outcome"] for host in hosts for verdict in host["verdicts"] if "waiver" in verdict
    ]
    missing = sum(host["failure"] is not None for host in hosts)
    return (*((found.count(outcome), waived.count(outcome)) for outcome in Outcome), missing)


def _json(text: str) -> Counts:
    report = json.loads(text)
    hosts = report["hosts"]
    found = [verdict for host in hosts for verdict in host["verdicts"]]
    outcomes = [verdict["outcome"] for verdict in found]
    waived = [verdict["outcome"] for verdict in found if verdict["waiver"]]
    summed = report["summary"]
    each = [(outcomes.count(outcome), waived.count(outcome)) for outcome in Outcome]
    assert each == [(summed["verdicts"][name], summed["waived"][name]) for name in Outcome]
    return (*each, sum(host["failure"] is not None for host in hosts))


def _csv(text: str) -> Counts:
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    found = [(row["outcome"], row["waived"] == "yes") for row in rows]
    outcomes = [outcome for outcome, _ in found]
    each = ((outcomes.count(name), found.count((name, True))) for name in Outcome)
    return (*each, outcomes.count("not_reached"))


def _xccdf(text: str) -> Counts:
    tree = etree.fromstring(text.encode())
    results = [
        ("unknown" if found == "error" else found, message.startswith("waived until "))
        for each in tree.iter("{*}rule-result")
        for found, message in [(each.findtext("{*}result"), each.findtext("{*}message"))]
        if not message.startswith("not judged: ")
    ]
    found = [outcome for outcome, _ in results]
    words = {outcome: outcome.replace("_", "") for outcome in Outcome}
    each = ((found.count(words[name]), results.count((words[name], True))) for name in Outcome)
    facts = [fact.get("name") for fact in tree.iter("{*}fact")]
    return (*each, facts.count("urn:hklint:fact:not-reached"))


def _junit(text: str) -> Counts:
    cases = [
        case
        for case in etree.fromstring(text.encode()).iter("testcase")
        if not case.get("classname").endswith(".waivers")
    ]
    types = [element.get("type", "") for case in cases for element in case.iter("error")]
    skipped = [element.get("message") for case in cases for element in case.iter("skipped")]
    waived = [text for text in skipped if text.startswith("waived ")]
    known = [text for text in skipped if text.startswith("known ")]
    waived_unknown = sum("could not be judged" in text for text in waived)
    known_unknown = sum("could not be judged" in text for text in known)
    waived_failed = len(waived) - waived_unknown
    failed = sum(case.find("failure") is not None for case in cases)
    unknown = sum(kind.startswith("hklint.unknown") for kind in types)
    return (
        (sum(len(case) == 0 for case in cases), 0),
        (failed + waived_failed + len(known) - known_unknown, waived_failed),
        (unknown + waived_unknown + known_unknown, waived_unknown),
        (len(skipped) - len(waived) - len(known), 0),
        sum(kind.startswith("hklint.not-reached") for kind in types),
    )


def _ocsf(text: str) -> Counts:
    events = [json.loads(line) for line in text.splitlines()]
    each = [
        [event for event in events if event["compliance"]["status_code"] == outcome]
        for outcome in Outcome
    ]
    counts = [(len(found), sum(event["status_id"] == 3 for event in found)) for found in each]
    missing = sum(event["compliance"]["status_code"] == "not_reached" for event in events)
    return (*counts, missing)


def _sarif(text: str) -> Counts:
    (run,) = json.loads(text)["runs"]
    unknown = _notices(run, "rule-not-judged")
    waived = sum(item["properties"]["failures"] for item in _notices(run, "failures-waived"))
    return (
        (len(run["results"]) + waived, waived),
        (len(unknown), sum(item["level"] == "note" for item in unknown)),
        len(_notices(run, "host-not-reached")),
    )


def _sarif_all_kinds(text: str) -> Counts:
    (run,) = json.loads(text)["runs"]
    each = [
        [result for result in run["results"] if result["kind"] == kind]
        for kind in ("pass", "fail", "open", "notApplicable")
    ]
    counts = [
        (len(results), sum(bool(result.get("suppressions")) for result in results))
        for results in each
    ]
    return (*counts, len(_notices(run, "host-not-reached")))


def _notices(run: dict[str, Any], notice_id: str) -> list[dict[str, Any]]:
    found = run["invocations"][0]["toolExecutionNotifications"]
    return [notice for notice in found if notice["descriptor"]["id"] == notice_id]
