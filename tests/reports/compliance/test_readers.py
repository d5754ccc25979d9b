"""Readers that others have written come to the same counts."""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openscap_report.scap_results_parser import SCAPResultsParser

from hklint.run import HostResult, Run
from hklint.verdict import Outcome

Files = Callable[[Run, str], dict[str, str]]
Controls = Callable[[list[str]], list[list[dict[str, Any]]]]
HOW = (
    "MITRE's hdf-converters is not installed: make test-compliance, or name the folder of its "
    "node_modules in HDF_CONVERTERS"
)
OUTCOMES = {
    "pass": Outcome.PASS,
    "fail": Outcome.FAIL,
    "unknown": Outcome.UNKNOWN,
    "error": Outcome.UNKNOWN,
    "notapplicable": Outcome.NOT_APPLICABLE,
}
CONVERT = """
const {XCCDFResultsMapper} = require("@mitre/hdf-converters");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const controls = texts.map((text) => new XCCDFResultsMapper(text).toHdf().profiles[0].controls);
process.stdout.write(JSON.stringify(controls));
"""


@pytest.mark.parametrize("name", ["xccdf", "arf"])
def test_openscap_report(recorded: Run, name: str, render_files: Files) -> None:
    """The newer of OpenSCAP's two programs that draw a page; it takes the file for valid too."""
    texts = render_files(recorded, name).values()
    for host, text in zip(recorded.hosts, texts, strict=True):
        report = SCAPResultsParser(text.encode()).parse_report()
        results = [rule.result for rule in report.rules.values()]
        counts = Counter(OUTCOMES[result] for result in results if result != "notchecked")
        assert counts == _expected(host, len(results))
        assert report.scan_result.scanner == "hklint"


@pytest.fixture(scope="module")
def controls() -> Controls:
    """What MITRE's Heimdall shows of files."""
    folder = Path(os.environ.get("HDF_CONVERTERS", "") or Path(__file__).parent / "node_modules")
    program = shutil.which("node")
    if program is None or not (folder / "@mitre/hdf-converters").is_dir():
        pytest.skip(HOW)

    def convert(texts: list[str]) -> list[list[dict[str, Any]]]:
        done = subprocess.run(  # noqa: S603 - the program of the system
            [program, "-e", CONVERT],
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "NODE_PATH": str(folder)},
        )
        found: list[list[dict[str, Any]]] = json.loads(done.stdout)
        return found

    return convert


@pytest.mark.node
def test_heimdall(recorded: Run, render_files: Files, controls: Controls) -> None:
    """It has one word for what does not apply and what was not checked, and none for unknown."""
    shown = controls(list(render_files(recorded, "xccdf").values()))
    for host, found in zip(recorded.hosts, shown, strict=True):
        counts = Counter(each["results"][0]["status"] for each in found)
        outcomes = _expected(host, len(found))
        for status, outcome in (
            ("passed", Outcome.PASS),
            ("failed", Outcome.FAIL),
            ("error", Outcome.UNKNOWN),
        ):
            assert counts[status] == outcomes[outcome]
        skipped = len(found) - sum(outcomes.values()) + outcomes[Outcome.NOT_APPLICABLE]
        assert counts["skipped"] == skipped


@pytest.mark.node
@pytest.mark.parametrize("case", ["several"], indirect=True)
def test_heimdall_shows_controls_and_fixes(
    recorded: Run, render_files: Files, controls: Controls
) -> None:
    shown = controls(list(render_files(recorded, "xccdf").values()))
    found = {control["title"]: control for control in shown[0]}
    assert found["TLS 1.0 is off"]["tags"]["nist"] == ["SC-8", "SC-8 (1)"]
    assert found["TLS 1.0 is off"]["tags"]["cci"] == ["CCI-002418"]
    told = found["Weak ciphers are off [name=NULL]"]["descriptions"]
    assert {"data": "Switch them off.", "label": "fix"} in told


def _expected(host: HostResult, rules: int) -> Counter[Outcome]:
    """What a reader has to count; of a host that was not reached it says that nothing is known."""
    if host.failure is not None:
        return Counter({Outcome.UNKNOWN: rules})
    return Counter(verdict.outcome for verdict in host.verdicts)
