"""What an administrator reads: verdicts and diagnoses of some cases, as plain text in `golden/`.

`pytest tests/engine/judging --update` accepts what has changed; review the diff.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hklint.judging.evaluate import judge
from hklint.judging.explain import diagnose, explain
from hklint.linking.library import Library
from hklint.snapshot import Snapshot
from hklint.verdict import DecidingRow, Diagnosis, Verdict

GOLDEN = Path(__file__).parent / "golden"
CASES = (
    "blocked-other-value-unreadable",
    "disabled-by-default-0xffffffff",
    "dotnet-unreadable-tls12-blocked",
    "dotnet-value-is-text",
    "enabled-alone-on-2008-r2",
    "enabled-is-text",
    "enabled-unreadable",
    "exchange-version-unreadable",
    "healthy",
    "name-not-resolved",
    "no-request-made",
    "not-exchange",
    "tls12-blocked",
    "tls12-both-values-1",
    "unlisted-build",
    "wrong-proxy",
)


@pytest.mark.parametrize("name", CASES)
def test_explanation(
    name: str,
    shipped: Library,
    store_host: Callable[[str], Snapshot],
    updating: bool,  # noqa: FBT001 - a fixture's value
) -> None:
    policy = shipped.policies["exchange-store-addins"]
    snapshot = store_host(name)
    diagnosis = diagnose(policy, snapshot)
    lines = [] if diagnosis is None else [*_diagnosis(diagnosis), ""]
    for judgement in judge(policy, snapshot):
        lines += [*_verdict(explain(judgement, policy, snapshot)), ""]
    text = "\n".join(lines)
    path = GOLDEN / f"{name}.txt"
    if updating:
        path.write_text(text, encoding="utf-8", newline="\n")
    assert text == path.read_text(encoding="utf-8")


def _diagnosis(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"diagnosis  {diagnosis.state or '?'}: {diagnosis.title}"
    yield from _part("sentence", [diagnosis.sentence])
    yield from _part("rows", map(_row, diagnosis.rows))
    yield from _part("next", diagnosis.next_steps)


def _verdict(verdict: Verdict) -> Iterator[str]:
    yield f"{verdict.outcome}  {verdict.name} ({verdict.severity}): {verdict.title}"
    yield from _part("found", [verdict.found])
    yield from _part("wanted", [verdict.wanted])
    yield from _part("reason", [verdict.reason])
    explanation = verdict.explanation
    for part in ("read", "means", "missing"):
        yield from _part(part, getattr(explanation, part))
    yield from _part("matters", [explanation.matters])
    for part in ("fix", "then"):
        yield from _part(part, getattr(explanation, part))


def _part(name: str, lines: Any) -> Iterator[str]:  # noqa: ANN401 - any lines
    for number, line in enumerate(filter(None, lines)):
        yield f"    {'' if number else name:<9}{line}"


def _row(row: DecidingRow) -> str:
    return f"{row.subject}: {row.state} ({row.model}, row {row.number} of {row.of})"
