"""OpenSCAP reads the documents: they are valid, and what it says is what the host's row says."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest

from hklint.registry_test import Question, RegistryTest
from hklint.run import HostResult, Run
from hklint.verdict import Outcome
from hklint_reports.oval.names import definition_id

Analyse = Callable[[Path, Path], dict[str, str]]
RULES = (
    *("auditing-of-the-base-objects", "idle-connections", "secure-protocols[view=64-bit]"),
    *("secure-protocols[view=32-bit]", "shell", "hardened-paths", "anonymous-pipes"),
    "no-restart-pending",
)
RESULTS = {
    "ex01.corp.example": "true true true not-applicable true true true true",
    "ex02": "false false false error false unknown false false",
    "ex03": "error unknown error unknown unknown unknown true true",
    "old": " ".join(["not-applicable"] * 8),
    "mute": " ".join(["unknown"] * 8),
    "gone": " ".join(["unknown"] * 8),
}
SAME = {
    Outcome.PASS: "true",
    Outcome.FAIL: "false",
    Outcome.NOT_APPLICABLE: "not applicable",
    Outcome.UNKNOWN: "error",
}

pytestmark = pytest.mark.oscap


def test_valid(documents: Path, oscap: Callable[..., str]) -> None:
    oscap("validate", documents / "definitions.xml")
    for host in RESULTS:
        # Debian has no schematron of system characteristics.
        oscap("validate", "--skip-schematron", "--syschar", documents / f"{host}.xml")


@pytest.mark.parametrize("host", RESULTS)
def test_results(host: str, documents: Path, analyse: Analyse) -> None:
    results = analyse(documents, documents / f"{host}.xml")
    ids = [definition_id("every-kind", *_parts(rule)) for rule in RULES]
    said = " ".join(results[each].replace(" ", "-") for each in ids)
    assert said == RESULTS[host]
    assert len(results) == len(RULES)


def _parts(name: str) -> tuple[str, str]:
    rule, _, instance = name.partition("[")
    return rule, instance.rstrip("]")


def test_openscap_makes_a_page_of_its_results(
    documents: Path, analyse: Analyse, oscap: Callable[..., str], tmp_path: Path
) -> None:
    analyse(documents, documents / "ex02.xml")
    page = tmp_path / "page.html"
    oscap("generate", "report", "--output", page, documents.parent / "results.xml")
    text = page.read_text(encoding="utf-8")
    assert "Idle connections end after 5 to 15 minutes" in text
    assert "every-kind/idle-connections" in text


def test_recorded_cases(
    recorded: Run, runs: ModuleType, trials: ModuleType, analyse: Analyse, tmp_path: Path
) -> None:
    """Every recorded run, with what its rule on a registry value asks."""
    tests = tuple(_asks_for_one(runs, view) for view in ("64-bit", "32-bit"))
    header = msgspec.structs.replace(recorded.header, registry_tests=tests)
    run = Run(header, recorded.hosts, recorded.summary)
    folder = trials.write(run, tmp_path / "oval")
    paths = sorted(path for path in folder.iterdir() if path.name != "definitions.xml")
    expected = [sorted(_expected(host, test) for test in tests) for host in run.hosts]
    found = [sorted(analyse(folder, path).values()) for path in paths]
    assert sorted(found) == sorted(expected)


def _asks_for_one(runs: ModuleType, view: str) -> RegistryTest:
    (verdict,) = (it for it in runs.NET_UNSET if it.instance == f"view={view}")
    return RegistryTest(
        policy=verdict.policy,
        rule=verdict.rule,
        instance=verdict.instance,
        title=verdict.title,
        fact=verdict.evidence[0].fact,
        type="REG_DWORD",
        wanted="1",
        ways=((Question("equals", 1),),),
        exact=False,
        absent=Outcome.FAIL,
    )


def _expected(host: HostResult, test: RegistryTest) -> str:
    """A verdict's result; the passes of the cases come without what was read."""
    for verdict in host.verdicts:
        if (verdict.rule, verdict.instance) == (test.rule, test.instance):
            told = verdict.evidence or verdict.outcome is Outcome.NOT_APPLICABLE
            return SAME[verdict.outcome] if told else "unknown"
    return "unknown"
