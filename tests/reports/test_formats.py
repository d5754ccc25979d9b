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

Counts = tuple[int, ...]


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
    missing = recorded.summary.hosts_not_reached
    expected = (*(counts[outcome] for outcome in Outcome), missing)
    assert _terminal(render(recorded, "terminal")) == expected
    assert _jsonl(render(recorded, "jsonl")) == expected
    assert _junit(render(recorded, "junit")) == expected
    assert _sarif(render(recorded, "sarif")) == (expected[1], expected[2], missing)


def _terminal(text: str) -> Counts:
    tally = text.splitlines()[-2]
    words = ("pass", "fail", "unknown", "not applicable")
    found = tuple(int(re.search(rf"(\d+) {word}\b", tally)[1]) for word in words)
    missing = re.search(r"(\d+) not reached", tally)
    return (*found, int(missing[1]) if missing else 0)


def _jsonl(text: str) -> Counts:
    hosts = [line for line in map(json.loads, text.splitlines()) if line["kind"] == "host"]
    found = [verdict["outcome"] for host in hosts for verdict in host["verdicts"]]
    missing = sum(host["failure"] is not None for host in hosts)
    return (*(found.count(outcome) for outcome in Outcome), missing)


def _junit(text: str) -> Counts:
    cases = list(etree.fromstring(text.encode()).iter("testcase"))
    types = [element.get("type", "") for element in etree.fromstring(text.encode()).iter("error")]
    return (
        sum(len(case) == 0 for case in cases),
        sum(case.find("failure") is not None for case in cases),
        sum(kind.startswith("hklint.unknown") for kind in types),
        sum(case.find("skipped") is not None for case in cases),
        sum(kind.startswith("hklint.not-reached") for kind in types),
    )


def _sarif(text: str) -> tuple[int, int, int]:
    (run,) = json.loads(text)["runs"]
    notices = run["invocations"][0]["toolExecutionNotifications"]
    ids = [notice["descriptor"]["id"] for notice in notices]
    return len(run["results"]), ids.count("rule-not-judged"), ids.count("host-not-reached")
