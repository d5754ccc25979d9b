"""STIG Manager's own reader over checklists: what it takes from them is what was judged."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from hklint.run import Run

HOW = (
    "STIG Manager's reader is not installed: make test-compliance, or npm install "
    "@nuwcdivnpt/stig-manager-client-modules@1.6.7"
)
READER = "node_modules/@nuwcdivnpt/stig-manager-client-modules/index.js"
PROGRAM = """
const { reviewsFromCklb } = await import(process.argv[1])
const importOptions = {
  autoStatus: 'saved', unreviewed: 'always', unreviewedCommented: 'informational',
  emptyDetail: 'ignore', emptyComment: 'ignore', allowCustom: true
}
const fieldSettings = { detail: { required: 'always' }, comment: { required: 'findings' } }
let data = ''
for await (const chunk of process.stdin) data += chunk
const found = JSON.parse(data).map(data => reviewsFromCklb(
  { data, fieldSettings, allowAccept: true, importOptions, sourceRef: 'ex01.cklb' }))
console.log(JSON.stringify(found))
"""
Read = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
Write = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def read() -> Read:
    """What the reader makes of checklists."""
    folders = [Path.cwd(), *Path(__file__).parents]
    reader = next((f / READER for f in folders if (f / READER).is_file()), None)
    node = shutil.which("node")
    if reader is None or node is None:
        pytest.skip(HOW)

    def reads(checklists: list[dict[str, Any]]) -> list[dict[str, Any]]:
        done = subprocess.run(  # noqa: S603 - a program of the machine, on our own text
            [node, "--input-type=module", "--eval", PROGRAM, str(reader)],
            input=json.dumps([json.dumps(checklist) for checklist in checklists]),
            capture_output=True,
            text=True,
            check=True,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
        return found

    return reads


@pytest.mark.node
def test_every_case_is_read(
    recorded: Run, write: Write, serving: Callable[[Run], Run], read: Read
) -> None:
    checklists = write(serving(recorded))
    found = read(checklists)
    assert len(found) == len(checklists)
    for one, checklist in zip(found, checklists, strict=True):
        assert one["target"]["name"] == checklist["target_data"]["host_name"]
        assert [len(item["reviews"]) for item in one["checklists"]] == [4]


@pytest.mark.node
def test_a_filled_checklist_says_what_was_judged(
    runs: ModuleType,
    write: Write,
    serving: Callable[[Run], Run],
    shape: ModuleType,
    read: Read,
) -> None:
    numbers = range(254001, 254005)
    blank = shape.checklist(*map(shape.rule, numbers), shape.rule(254099))
    first, second, _ = read(write(serving(runs.fleet()), blank))
    assert [_results(one) for one in (first, second)] == [
        ["fail", "fail", "pass", "fail", "notchecked"],
        ["informational", "pass", "pass", "notapplicable", "notchecked"],
    ]
    (checklist,) = first["checklists"]
    assert (checklist["benchmarkId"], checklist["revisionStr"]) == ("A_STIG", "V2R4")
    assert checklist["reviews"][0]["ruleId"] == "SV-254001r1_rule"


def _results(one: dict[str, Any]) -> list[str]:
    return [review["result"] for review in one["checklists"][0]["reviews"]]
