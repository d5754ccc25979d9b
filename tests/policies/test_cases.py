"""Every case in `cases/`: a host, and what the shipped policies have to make of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hklint.bind import bind
from hklint.evaluate import evaluate, judge
from hklint.explain import diagnose, explain
from hklint.library import Library
from hklint.snapshot import Snapshot

CASES = sorted(path.stem for path in (Path(__file__).parent / "cases").glob("*.yaml"))


@pytest.mark.parametrize("name", CASES)
def test_case(
    name: str,
    shipped: Library,
    read_case: Callable[[str], Any],
    answered: Callable[[Any], Snapshot],
) -> None:
    case = read_case(name)
    policy = shipped.policies[case.policy]
    snapshot = answered(case)

    verdicts = [explain(item, policy, snapshot) for item in judge(policy, snapshot)]
    found = {verdict.name: str(verdict.outcome) for verdict in verdicts}
    assert found == found | case.expect.verdicts
    assert case.expect.verdicts.keys() <= found.keys()
    for expected in case.expect.states:
        table = bind(shipped.models[expected.model], expected.arguments)
        assert {table.subject: evaluate(table, snapshot).states} == {
            table.subject: {expected.state}
        }
    diagnosis = diagnose(policy, snapshot)
    assert (diagnosis and diagnosis.state) == case.expect.diagnosis
