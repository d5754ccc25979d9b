"""Microsoft's validator over every case. Its exit code is 0 even with errors: its log is read.

One that meets a mistake may crash (ERR998, ERR999), which is a complaint as well.
"""

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

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


Validate = Callable[..., list[str]]
Render = Callable[..., str]


@pytest.fixture
def complaints(program: Path, tmp_path: Path) -> Validate:
    """What the validator says of some logs, by the rules of these kinds."""

    def validate(*texts: str, kinds: str = "Sarif;Ghas") -> list[str]:
        log, configuration = tmp_path / "log.json", tmp_path / "strict.json"
        reports = [tmp_path / f"report-{number}.sarif" for number in range(len(texts))]
        for report, text in zip(reports, texts, strict=True):
            report.write_text(text, encoding="utf-8")
        configuration.write_text(json.dumps(CONFIGURATION), encoding="utf-8")
        done = _run(
            *(program, "validate", *reports, "-c", configuration, "-o", log),
            *("--rule-kind", kinds, "--level", "Note;Warning;Error", "--log", "ForceOverwrite"),
        )
        assert f"{len(texts)} files scanned" in done or "ERR99" in done, done
        said = [
            line
            for line in done.splitlines()
            if re.search(r": (error|warning|note) ", line) and "WRN999" not in line
        ]
        logged = json.loads(log.read_text("utf-8-sig"))["runs"][0].get("results") or []
        return said + [json.dumps(result["message"]) for result in logged]

    return validate


def _run(*command: str | Path) -> str:
    done = subprocess.run(  # noqa: S603 - the validator that the environment names
        command, capture_output=True, text=True, check=False
    )
    return done.stdout


@pytest.fixture
def all_runs(runs: ModuleType, sarif_runs: ModuleType) -> list[Run]:
    more = (
        sarif_runs.controls(runs),
        sarif_runs.later(runs),
        sarif_runs.fleet(runs, 20, 4, policies=3),
    )
    return [*(make() for make in runs.RUNS.values()), *more]


@pytest.mark.node
@pytest.mark.parametrize("all_kinds", [False, True])
def test_valid(
    all_runs: list[Run], render: Render, complaints: Validate, *, all_kinds: bool
) -> None:
    texts = [render(run, "sarif", all_kinds=all_kinds) for run in all_runs]
    assert complaints(*texts) == []


@pytest.mark.node
@pytest.mark.parametrize("all_kinds", [False, True])
def test_valid_above_the_limits(
    runs: ModuleType,
    sarif_runs: ModuleType,
    render: Render,
    complaints: Validate,
    monkeypatch: pytest.MonkeyPatch,
    *,
    all_kinds: bool,
) -> None:
    monkeypatch.setattr("hklint_reports.sarif.part.MAX_RESULTS", 3)
    monkeypatch.setattr("hklint_reports.sarif.part.MAX_NOTICES", 1)
    made = (sarif_runs.fleet(runs, 200, 4, policies=2), sarif_runs.later(runs))
    assert complaints(*(render(run, "sarif", all_kinds=all_kinds) for run in made)) == []


@pytest.mark.node
def test_valid_for_azure(all_runs: list[Run], render: Render, complaints: Validate) -> None:
    texts = [render(run, "sarif-azure") for run in all_runs]
    assert complaints(*texts, kinds="Sarif;Ghas;GHAzDO") == []
    assert complaints(render(all_runs[0], "sarif"), kinds="GHAzDO")


@pytest.mark.node
def test_the_validator_sees_its_mistakes(
    log_with: Callable[..., object],
    complaints: Validate,
    sarif_defect: tuple[str, Callable[..., object]],
) -> None:
    layers, plant = sarif_defect
    assert bool(complaints(json.dumps(log_with(plant)))) == ("multitool" in layers)


@pytest.mark.node
@pytest.mark.parametrize("all_kinds", [False, True])
def test_baseline_states_are_those_of_the_validator(
    runs: ModuleType,
    sarif_runs: ModuleType,
    render: Render,
    program: Path,
    tmp_path: Path,
    *,
    all_kinds: bool,
) -> None:
    """It compares the two logs by itself; the later one is given to it without our states.

    It says otherwise twice. A result that has other words is "unchanged" to it, as long as its
    level is the same. And where passes are results too, what passed and fails now is "updated" to
    it; we call that new, which is what the readers who filter by it look for.
    """
    before, after, out = (tmp_path / f"{name}.sarif" for name in ("before", "after", "out"))
    earlier = render(sarif_runs.earlier(runs), "sarif", all_kinds=all_kinds)
    later = render(sarif_runs.later(runs), "sarif", all_kinds=all_kinds)
    before.write_text(earlier, encoding="utf-8")
    after.write_text(json.dumps(_without_states(json.loads(later))), encoding="utf-8")
    said = _run(program, "match-results-forward", after, "-r", before, "-o", out)
    theirs = _states(out.read_text("utf-8-sig"))
    expected = {
        "[view=64-bit] on ex01": "unchanged",
        "store-reachable on ex01": "updated" if all_kinds else "new",
    }
    ours = _states(later) | expected
    gone = {name for name, state in theirs.items() if state == "absent" and name not in ours}
    assert {name: state for name, state in theirs.items() if name not in gone} == ours, said
    assert len(gone) == (0 if all_kinds else 2), "which a notification counts"


def _without_states(log: dict[str, Any]) -> dict[str, Any]:
    results = log["runs"][0]["results"]
    log["runs"][0]["results"] = [
        {key: value for key, value in result.items() if key != "baselineState"}
        for result in results
        if result["baselineState"] != "absent"
    ]
    return log


def _states(text: str) -> dict[str, str]:
    return {
        _name(result): result["baselineState"] for result in json.loads(text)["runs"][0]["results"]
    }


def _name(result: dict[str, Any]) -> str:
    about = result["properties"]
    instance = f"[{about['instance']}]" if about["instance"] else result["ruleId"]
    return f"{instance} on {about['hosts'][0]}"
