"""hklint and OpenSCAP judge the same facts by the same rules, thousands of them."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any, get_args

import pytest

from hklint.fact import Absent, Fact, HostField, Observation, Present, Unreadable
from hklint.registry_test import Question
from hklint.run import Run
from hklint.verdict import Outcome

Analyse = Callable[[Path, Path], dict[str, str]]
Judged = list[tuple[Any, str]]
"""Trials with OpenSCAP's results."""
SEED = 20261123
RULES, HOSTS = 450, 20
CASES = 8_000
"""At least so many are judged by both, as the documentation says."""
POLICIES = Path(__file__).parents[3] / "policies"
BUILDS: tuple[Observation, ...] = (
    Present("integer", 20348),
    Present("integer", 14393),
    Absent("field"),
    Unreadable("failed", "no answer"),
)
BUILD = {"build": {"at_least": 20000}}

pytestmark = pytest.mark.oscap


@pytest.fixture(scope="module")
def run(generated: ModuleType, trials: ModuleType, tmp_path_factory: Any) -> Run:  # noqa: ANN401
    """Rules drawn at random, some of them for some builds only, on hosts drawn at random."""
    folder = tmp_path_factory.mktemp("generated")
    random = Random(SEED)  # noqa: S311 - the same cases each time
    drawn = list(generated.expectations(random, RULES))
    texts = {
        "surely": trials.policy_text("surely", list(generated.sure_expectations()), {}),
        "many": trials.policy_text("many", drawn[RULES // 10 :], {}),
        "some-builds": trials.policy_text("some-builds", drawn[: RULES // 10], BUILD),
    }
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="ascii")
    loaded = trials.load(*(folder / f"{name}.yaml" for name in texts))
    hosts = _hosts(random, trials.tests_of(loaded), generated, HOSTS)
    for (_, seen), test in zip(generated.SURELY, trials.tests_of(loaded), strict=False):
        hosts["host-0"][test.fact] = seen
    return trials.judged(loaded, hosts, folder / "run.jsonl")


def _hosts(
    random: Random, tests: list[Any], generated: ModuleType, number: int
) -> dict[str, dict[Fact, Observation]]:
    hosts: dict[str, dict[Fact, Observation]] = {
        f"host-{place}": {HostField("build"): BUILDS[place % len(BUILDS)]}
        for place in range(number)
    }
    for test in tests:
        drawn = generated.observations(random, number, test)
        for facts, seen in zip(hosts.values(), drawn, strict=True):
            facts[test.fact] = seen
    return hosts


@pytest.fixture(scope="module")
def folder(run: Run, trials: ModuleType, tmp_path_factory: Any) -> Path:  # noqa: ANN401
    return trials.write(run, tmp_path_factory.mktemp("written") / "oval")


@pytest.fixture(scope="module")
def judged(run: Run, folder: Path, trials: ModuleType, analyse: Analyse) -> Judged:
    return list(_both(run, folder, trials, analyse))


def _both(run: Run, folder: Path, trials: ModuleType, analyse: Analyse) -> Iterator[Any]:
    results = {host.host: analyse(folder, folder / f"{host.host}.xml") for host in run.hosts}
    for trial in trials.trials(run):
        if trial.definition in results[trial.host]:
            yield trial, results[trial.host][trial.definition]


def _unexplained(judged: Judged, differences: ModuleType) -> list[str]:
    return [
        f"hklint: {trial.outcome}, OpenSCAP: {result}: {trial.test}, {trial.seen}"
        for trial, result in judged
        if result not in differences.SAME[trial.outcome]
        and not any(_is(difference, trial, result) for difference in differences.DIFFERENCES)
    ]


def _is(difference: Any, trial: Any, result: str) -> bool:  # noqa: ANN401 - loaded by path
    return (
        trial.outcome in {Outcome.PASS, Outcome.FAIL}
        and isinstance(trial.seen, Present)
        and result == difference.result
        and difference.is_it(trial.test, trial.seen)
    )


def test_both_come_to_the_same(judged: Judged, differences: ModuleType) -> None:
    assert _unexplained(judged, differences) == []


def test_thousands_of_cases_are_judged_of_all_kinds(run: Run, judged: Judged) -> None:
    assert len(judged) >= CASES
    kinds = Counter(
        (trial.test.type, trial.outcome) for trial, _ in judged if trial.test.type != "key"
    )
    types = {test.type for test in run.header.registry_tests} - {"key"}
    few = [(kind, out) for kind in types for out in Outcome if kinds[kind, out] < 10]
    assert few == []
    asked = Counter(
        (question.kind, question.answer, trial.outcome)
        for trial, _ in judged
        if trial.outcome in {Outcome.PASS, Outcome.FAIL}
        for way in trial.test.ways
        for question in way
    )
    assert len(asked) == 2 * 2 * len(get_args(Question.__annotations__["kind"]))
    for (kind, answer, outcome), number in asked.items():
        assert number >= 3, (kind, answer, outcome)


def test_each_known_difference_occurs(judged: Judged, differences: ModuleType) -> None:
    for difference in differences.DIFFERENCES:
        assert any(
            result not in differences.SAME[trial.outcome] and _is(difference, trial, result)
            for trial, result in judged
        ), difference.what


def test_shipped_policies(
    generated: ModuleType,
    trials: ModuleType,
    differences: ModuleType,
    analyse: Analyse,
    tmp_path: Path,
) -> None:
    loaded = trials.load(*_policies())
    tests = trials.tests_of(loaded)
    random = Random(SEED)  # noqa: S311 - the same cases each time
    hosts = _hosts(random, tests, generated, 8)
    run = trials.judged(loaded, hosts, tmp_path / "run.jsonl")
    judged = list(_both(run, trials.write(run, tmp_path / "oval"), trials, analyse))
    assert _unexplained(judged, differences) == []
    assert len({trial.definition for trial, _ in judged}) == len(tests)  # OVAL can say them all


def _policies() -> Iterator[Path]:
    for path in sorted(POLICIES.glob("[ew]*/**/*.yaml")):
        if re.search("^kind: policy$", path.read_text(encoding="utf-8"), re.MULTILINE):
            yield path


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('operation="less than"', 'operation="less than or equal"'),
        ('operation="greater than or equal"', 'operation="greater than"'),
        ('operation="bitwise and"', 'operation="bitwise or"'),
        ('operation="case insensitive equals"', 'operation="equals"'),
        (r">(?s)\A", r">\A"),
        (r"\z<", "$<"),
        ('entity_check="at least one"', 'entity_check="all"'),
        ('entity_check="only one"', 'entity_check="at least one"'),
        ('check_existence="none_exist"', 'check_existence="any_exist"'),
        (' negate="true"', ""),
        ("<type>reg_expand_sz<", "<type>reg_sz<"),
        ('operator="OR"', 'operator="AND"'),
    ],
)
def test_a_mistake_in_the_definitions_is_noticed(
    right: str, wrong: str, run: Run, folder: Path, notice: Callable[[Run, Path], bool]
) -> None:
    definitions = (folder / "definitions.xml").read_text(encoding="ascii")
    assert right in definitions
    spoiled = definitions.replace(right, wrong)
    (folder / "definitions.xml").write_text(spoiled, encoding="ascii")
    try:
        assert any(notice(one, folder) for one in _host_by_host(run))
    finally:
        (folder / "definitions.xml").write_text(definitions, encoding="ascii")


@pytest.fixture
def notice(
    trials: ModuleType, differences: ModuleType, analyse: Analyse
) -> Callable[[Run, Path], bool]:
    def unexplained(run: Run, folder: Path) -> bool:
        return bool(_unexplained(list(_both(run, folder, trials, analyse)), differences))

    return unexplained


def _host_by_host(run: Run) -> Iterator[Run]:
    for host in run.hosts:
        yield Run(run.header, [host], run.summary)
