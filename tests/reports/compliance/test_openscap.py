"""OpenSCAP takes the documents for valid, shows them, and comes to the same scores."""

import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from hklint.run import Run

Files = Callable[[Run, str], dict[str, str]]
Oscap = Callable[..., str]
CODES = {
    "pass": 101,
    "fail": 102,
    "error": 103,
    "unknown": 104,
    "notapplicable": 105,
    "notchecked": 106,
}
"""What a script tells OpenSCAP's script check engine with its exit code."""


@pytest.mark.openscap
def test_xccdf_is_valid(recorded: Run, render: Callable[..., str], oscap: Oscap) -> None:
    """With the Schematron it remarks on the spelling of the platform; see `benchmark.WINDOWS`."""
    text = render(recorded, "xccdf")
    assert oscap("xccdf", "validate", "--skip-schematron", document=text) == ""
    remarks = oscap("xccdf", "validate", document=text).splitlines()
    assert remarks[0] == '<?xml version="1.0"?>'
    assert {line[:32] for line in remarks[1:] if line} == {"Warning: The 'cpe:/' prefix (CPE"}


@pytest.mark.openscap
@pytest.mark.parametrize("case", ["single"], indirect=True)
def test_openscap_sees_mistakes(
    recorded: Run, render: Callable[..., str], render_files: Files, oscap: Oscap
) -> None:
    text = render(recorded, "xccdf").replace("status", "state")
    assert "exit code" in oscap("xccdf", "validate", "--skip-schematron", document=text)
    (text,) = render_files(recorded, "arf").values()
    text = text.replace("<core:ref>host<", "<core:ref>guest<")
    assert "exit code" in oscap("ds", "rds-validate", document=text)


@pytest.mark.openscap
def test_arf_is_valid(recorded: Run, render_files: Files, oscap: Oscap) -> None:
    for text in render_files(recorded, "arf").values():
        assert oscap("ds", "rds-validate", document=text) == ""


@pytest.mark.openscap
def test_openscap_finds_its_way_without_a_word_of_warning(
    recorded: Run, render: Callable[..., str], render_files: Files, oscap: Oscap
) -> None:
    said = oscap("info", document=render(recorded, "xccdf"))
    assert said.startswith("Document type: XCCDF Checklist\n")
    assert said.count("Result ID: xccdf_hklint_testresult_") == recorded.summary.hosts
    for text in render_files(recorded, "arf").values():
        said += oscap("info", document=text)
        assert "Asset: host\n\tARF report: results\n\t\tReport request: policies\n" in said
    assert "W: oscap" not in said
    assert "exit code" not in said


@pytest.mark.openscap
@pytest.mark.parametrize("name", ["xccdf", "arf"])
def test_the_page_shows_every_result_with_its_explanation(
    recorded: Run, name: str, render_files: Files, oscap: Oscap, names: dict[str, str]
) -> None:
    for text in render_files(recorded, name).values():
        page = oscap("xccdf", "generate", "report", document=text)
        shown = etree.fromstring(page.encode(), etree.HTMLParser(huge_tree=True, encoding="utf-8"))
        details = shown.xpath("//div[contains(@class, 'rule-detail-id-')]")
        told = [
            (
                detail.xpath("string(.//td[contains(@class, 'rule-id')])"),
                detail.xpath("string(.//td[contains(@class, 'rule-result')])").strip(),
                "".join(detail.xpath(".//div[@class='evaluation-messages']//pre//text()")),
            )
            for detail in details
        ]
        results = etree.fromstring(text.encode()).xpath("//x:rule-result", namespaces=names)
        known = [
            (result.get("idref"), result.findtext("{*}result"), result.findtext("{*}message"))
            for result in results
        ]
        assert sorted(told) == sorted(known)


@pytest.mark.openscap
@pytest.mark.parametrize("case", ["not-reached"], indirect=True)
def test_the_page_is_not_green_where_nothing_is_known(
    recorded: Run, render_files: Files, oscap: Oscap
) -> None:
    """OpenSCAP's page begins with a verdict of its own."""
    reached, silent = (
        oscap("xccdf", "generate", "report", document=text)
        for text in render_files(recorded, "arf").values()
    )
    assert "It seems that no action is necessary" in reached
    assert "the results of 5 rules were inconclusive!" in silent
    assert "It seems that no action is necessary" not in silent


@pytest.mark.openscap
def test_openscap_scores_as_we_do(
    recorded: Run, render_files: Files, names: dict[str, str], tmp_path: Path
) -> None:
    """It evaluates the benchmark, by scripts that say what we have found, and scores it."""
    program = shutil.which("oscap")
    if program is None:
        pytest.skip("OpenSCAP is not installed: make test-compliance")
    for result, code in CODES.items():
        script = tmp_path / f"{result}.sh"
        script.write_text(f"#!/bin/sh\nexit {code}\n", encoding="ascii")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for text in render_files(recorded, "xccdf").values():
        tree = etree.fromstring(text.encode())
        (result,) = tree.xpath("//x:TestResult", namespaces=names)
        tree.remove(result)
        tree.remove(tree.find("{*}platform"))
        found = {each.get("idref"): each[0].text for each in result.findall("{*}rule-result")}
        for rule in tree.iter("{*}Rule"):
            check = rule.find("{*}check")
            check.set("system", "http://open-scap.org/page/SCE")
            check[0].attrib.clear()
            check[0].set("href", f"{found[rule.get('id')]}.sh")
        (tmp_path / "benchmark.xml").write_bytes(etree.tostring(tree))
        subprocess.run(  # noqa: S603 - the program of the system
            [program, "xccdf", "eval", "--results", "results.xml", "benchmark.xml"],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        theirs = etree.parse(tmp_path / "results.xml").xpath("//x:TestResult", namespaces=names)[0]
        again = {each.get("idref"): each[0].text for each in theirs.findall("{*}rule-result")}
        assert again == found
        (score,) = theirs.findall("{*}score")
        assert score.get("system") == "urn:xccdf:scoring:default"
        assert re.fullmatch(r"\d+(\.\d+)?", score.text)
        assert float(score.text) == pytest.approx(float(result.findtext("{*}score")), abs=0.01)
