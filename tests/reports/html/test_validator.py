"""html-validate over the pages of all cases: the content model, and what its WCAG rules check."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hklint.run import Run

HOW = "html-validate is not installed: make test-html, or name its program in HTML_VALIDATE"
CONFIGURATION = {
    "root": True,
    "extends": ["html-validate:standard", "html-validate:a11y"],
    "rules": {
        "aria-label-misuse": ["error", {"allowAnyNamable": True}],
        "long-title": "off",  # the title has the answer, the policy and the host
        "wcag/h32": "off",  # the filter acts at once: there is nothing to submit
    },
}


@pytest.fixture(scope="module")
def complaints(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[dict[str, str]], dict[str, list[str]]]:
    named = os.environ.get("HTML_VALIDATE", "")
    program = Path(named or Path(__file__).parent / "node_modules/.bin/html-validate")
    if not program.is_file():
        pytest.skip(HOW)
    folder = tmp_path_factory.mktemp("pages")

    def validate(pages: dict[str, str]) -> dict[str, list[str]]:
        configuration = folder / "configuration.json"
        configuration.write_text(json.dumps(CONFIGURATION), encoding="utf-8")
        for name, text in pages.items():
            (folder / f"{name}.html").write_text(text, encoding="ascii", newline="\n")
        files = [folder / f"{name}.html" for name in pages]
        # Into a file: the program ends without waiting for a pipe to take all it wrote.
        written = folder / "complaints.json"
        with written.open("wb") as output:
            subprocess.run(  # noqa: S603 - the validator that the environment names
                [program, "--config", configuration, "--formatter", "json", *files],
                stdout=output,
                check=False,
            )
        found = {
            Path(each["filePath"]).stem: each["messages"]
            for each in json.loads(written.read_bytes())
        }
        return {
            name: [f"{each['line']}: {each['ruleId']}: {each['message']}" for each in messages]
            for name, messages in found.items()
        }

    return validate


@pytest.mark.node
def test_valid(
    recorded: Run,
    case: str,
    page: Callable[[Run], str],
    complaints: Callable[[dict[str, str]], dict[str, list[str]]],
) -> None:
    assert complaints({case: page(recorded)}).get(case, []) == []


@pytest.mark.node
@pytest.mark.parametrize("case", ["single"], indirect=True)
def test_the_validator_sees_mistakes(
    recorded: Run,
    page: Callable[[Run], str],
    complaints: Callable[[dict[str, str]], dict[str, list[str]]],
) -> None:
    text = (
        page(recorded).replace("<h1", "<ul><p>no item</p></ul><h1", 1).replace('lang="en"', "", 1)
    )
    (found,) = complaints({"mistaken": text}).values()
    assert [each.split(": ")[1] for each in found] == [
        "element-required-attributes",
        "element-permitted-content",
    ]
