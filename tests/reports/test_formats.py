import json
import re
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module

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
    assert callable(import_module(form.module).write)


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
    assert _terminal(render(recorded, "terminal")) == expected
    assert _jsonl(render(recorded, "jsonl")) == expected
    assert _junit(render(recorded, "junit")) == expected
    failed, unknown = each[1], each[2]
    assert _sarif(render(recorded, "sarif")) == (failed, unknown, missing)


def _terminal(text: str) -> Counts:
    tally = text.splitlines()[-2]
    words = ("pass", "fail", "unknown", "not applicable")
    found = (re.search(rf"(\d+) {word}\b(?: \((\d+) waived\))?", tally) for word in words)
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


def _junit(text: str) -> Counts:
    cases = [
        case
        for case in etree.fromstring(text.encode()).iter("testcase")
        if not case.get("classname").endswith(".waivers")
    ]
    types = [element.get("type", "") for case in cases for element in case.iter("error")]
    skipped = [element.get("message") for case in cases for element in case.iter("skipped")]
    waived = [text for text in skipped if text.startswith("waived ")]
    waived_unknown = sum("could not be judged" in text for text in waived)
    waived_failed = len(waived) - waived_unknown
    failed = sum(case.find("failure") is not None for case in cases)
    unknown = sum(kind.startswith("hklint.unknown") for kind in types)
    return (
        (sum(len(case) == 0 for case in cases), 0),
        (failed + waived_failed, waived_failed),
        (unknown + waived_unknown, waived_unknown),
        (len(skipped) - len(waived), 0),
        sum(kind.startswith("hklint.not-reached") for kind in types),
    )


def _sarif(text: str) -> Counts:
    (run,) = json.loads(text)["runs"]
    notices = run["invocations"][0]["toolExecutionNotifications"]
    unknown = [item for item in notices if item["descriptor"]["id"] == "rule-not-judged"]
    missing = sum(item["descriptor"]["id"] == "host-not-reached" for item in notices)
    return (
        (len(run["results"]), sum(bool(item.get("suppressions")) for item in run["results"])),
        (len(unknown), sum(item["level"] == "note" for item in unknown)),
        missing,
    )
