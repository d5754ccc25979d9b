"""The tables of the documentation say what the code and the tests say, no more and no less."""

from pathlib import Path
from types import ModuleType

import pytest

from hklint_reports.oval.criteria import NAME
from hklint_reports.oval.plan import NOT_KEPT, NOT_ONE_VALUE
from hklint_reports.oval.questions import ORDER, PATTERN

DOCS = Path(__file__).parents[3] / "docs"
HEADING = "## OVAL: a second judge"


@pytest.fixture(scope="module")
def section() -> str:
    (text,) = (
        text
        for path in DOCS.glob("compliance*.md")
        if HEADING in (text := path.read_text(encoding="utf-8"))
    )
    return text.partition(HEADING)[2].partition("\n## ")[0]


def _rows(section: str, head: str) -> list[str]:
    lines = section.partition(f"{head}\n")[2].splitlines()[1:]
    return lines[: next(place for place, line in enumerate(lines) if not line)]


def test_known_differences(section: str, differences: ModuleType) -> None:
    assert _rows(section, "| what | hklint | OpenSCAP | why |") == [
        f"| {it.what} | pass or fail | {it.result} | {it.why} |" for it in differences.DIFFERENCES
    ]


def test_reasons(section: str) -> None:
    reasons = (NOT_ONE_VALUE, ORDER, PATTERN, NAME, NOT_KEPT)
    assert _rows(section, "| no definition, because |") == [f"| {reason} |" for reason in reasons]
