"""Microsoft's validator over every case. Its exit code is 0 even with errors: its log is read."""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from hklint.run import Run

HOW = (
    "Microsoft's SARIF validator is not installed: npm install @microsoft/sarif-multitool@5.7.0, "
    "or name its program in SARIF_MULTITOOL"
)
PROGRAM = "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool"
CONFIGURATION = {
    **{
        f"{rule}.Options": {"RuleEnabled": "Error"}
        for rule in (
            "GH1001.ProvideRequiredLocationProperties",
            "GH1002.InlineThreadFlowLocations",
            "GH1003.ProvideRequiredRegionProperties",
            "GH1004.ReviewArraysThatExceedConfigurableDefaults",
            "GH1005.LocationsMustBeRelativeUrisOrFilePaths",
            "GH1006.ProvideCheckoutPath",
            "GH1007.ProvideFullyFormattedMessageStrings",
        )
    },
    **{
        f"{rule}.Options": {"RuleEnabled": "Disabled"}
        for rule in (
            "SARIF2003.ProvideVersionControlProvenance",  # a run knows of no repository
            "SARIF2005.ProvideToolProperties",  # hklint has no page to name yet
            "SARIF2006.UrisShouldBeReachable",  # asks the network
            "SARIF2009.ConsiderConventionalIdentifierValues",  # our ids are words, not numbers
        )
    },
}
"""GitHub's rules on, some others off."""


@pytest.fixture(scope="module")
def program() -> Path:
    if named := os.environ.get("SARIF_MULTITOOL"):
        return Path(named)
    folders = [Path.cwd(), *Path(__file__).parents]
    found = next((f / PROGRAM for f in folders if (f / PROGRAM).is_file()), None)
    return found or pytest.skip(HOW)


@pytest.fixture
def complaints(program: Path, tmp_path: Path) -> Callable[[str], list[str]]:
    def validate(text: str) -> list[str]:
        report, log = tmp_path / "report.sarif", tmp_path / "log.sarif"
        configuration = tmp_path / "strict.json"
        report.write_text(text, encoding="utf-8")
        configuration.write_text(json.dumps(CONFIGURATION), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - the validator that the environment names
            [
                *(program, "validate", report, "-c", configuration, "-o", log),
                *("--rule-kind", "Sarif;Ghas", "--level", "Note;Warning;Error"),
                *("--log", "ForceOverwrite"),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        said = [
            line
            for line in done.stdout.splitlines()
            if re.search(r": (error|warning|note) ", line) and "WRN999" not in line
        ]
        logged = json.loads(log.read_text("utf-8-sig"))["runs"][0].get("results") or []
        return said + [json.dumps(result["message"]) for result in logged]

    return validate


@pytest.mark.node
def test_valid(
    recorded: Run, render: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    assert complaints(render(recorded, "sarif")) == []


@pytest.mark.node
def test_the_validator_sees_mistakes(
    runs: ModuleType, render: Callable[..., str], complaints: Callable[[str], list[str]]
) -> None:
    text = render(runs.single(), "sarif")
    assert complaints(text.replace('"ruleIndex": 0', '"ruleIndex": 99', 1))
