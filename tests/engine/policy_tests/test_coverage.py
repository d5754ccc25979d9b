"""What tests have to meet, and what counts as met."""

from pathlib import Path

import pytest

from hklint.exit_code import Exit
from hklint.policy_tests.load import load
from hklint.policy_tests.results import Coverage, Results
from hklint.policy_tests.run import run

RESULTS = Path(__file__).parent / "cases" / "results"
TESTS = """
kind: tests
id: own-tests
policy: contoso
cases:
  - name: One case
    host: {{build: 20348}}
    registry: {{HKLM\\SOFTWARE\\Contoso\\Doors\\front: {{Bolt: 1}}}}
    expect: {expect}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The policy and the model of the cases, without tests."""
    (tmp_path / "models").mkdir()
    for name in ("contoso.yaml", "models/door.yaml"):
        (tmp_path / name).write_text((RESULTS / name).read_text("utf-8"), "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _unmet(folder: Path, expect: str) -> set[str]:
    (folder / "own.tests.yaml").write_text(TESTS.format(expect=expect), "utf-8")
    coverage = run(load([folder])).coverage
    assert coverage is not None
    return {item.what for item in coverage.unmet}


@pytest.mark.usefixtures("nothing_shipped")
def test_only_what_is_expected_is_met(folder: Path) -> None:
    door_shut = "model door, row 2 of 3: shut"
    assert door_shut in _unmet(folder, "{verdicts: {names-are-listed: pass}}")
    assert door_shut not in _unmet(folder, "{verdicts: {door-is-shut: pass}}")
    assert door_shut not in _unmet(folder, "{diagnosis: shut}")


@pytest.mark.usefixtures("nothing_shipped")
def test_what_comes_otherwise_than_expected_is_not_met(folder: Path) -> None:
    unmet = _unmet(folder, "{verdicts: {door-is-shut: fail}}")
    assert "rule door-is-shut: no test expects fail" in unmet
    assert "rule door-is-shut: no test expects pass" in unmet
    assert "model door, row 2 of 3: shut" in unmet


@pytest.mark.usefixtures("nothing_shipped")
def test_an_outcome_is_met_for_each_instance_of_a_rule(folder: Path) -> None:
    unmet = _unmet(folder, '{verdicts: {"level-is-set[view=32-bit]": fail}}')
    assert "rule level-is-set[view=32-bit]: no test expects fail" not in unmet
    assert "rule level-is-set[view=64-bit]: no test expects fail" in unmet


@pytest.mark.usefixtures("nothing_shipped")
def test_a_policy_in_the_folder_is_to_be_met_though_nobody_tests_it(folder: Path) -> None:
    text = (folder / "contoso.yaml").read_text("utf-8").replace("id: contoso", "id: fabrikam", 1)
    (folder / "fabrikam.yaml").write_text(text, "utf-8")
    met = {item for item in _unmet(folder, "{every: fail}") if "no test expects fail" in item}
    assert "rule names-are-listed: no test expects fail" in met


def test_models_that_come_with_hklint_are_not_the_users_to_test(folder: Path) -> None:
    text = (folder / "contoso.yaml").read_text("utf-8")
    (folder / "contoso.yaml").write_text(
        text.replace(
            "{model: door, with: {side: front}, state: shut}",
            "{model: schannel-protocol, with: {protocol: TLS 1.2, role: Client}, state: usable}",
        ),
        "utf-8",
    )
    (folder / "own.tests.yaml").write_text(
        "kind: tests\nid: own-tests\npolicy: contoso\n"
        "cases: [{name: New, host: {build: 20348}, expect: {verdicts: {door-is-shut: pass}}}]\n",
        "utf-8",
    )
    coverage = run(load([folder / "own.tests.yaml"])).coverage
    assert coverage is not None
    rows = {item.what for item in coverage.unmet if item.what.startswith("model")}
    assert {what.split(",")[0] for what in rows} == {"model door"}


@pytest.mark.usefixtures("nothing_shipped")
@pytest.mark.parametrize(
    ("state", "outcomes"),
    [("walled", {"fail"}), ("[shut, ajar]", {"pass"}), ("shut", {"pass", "fail"})],
)
def test_an_outcome_that_no_row_comes_to_need_not_be_met(
    state: str, outcomes: set[str], folder: Path
) -> None:
    text = (folder / "contoso.yaml").read_text("utf-8")
    wanted = "with: {side: front}, state: shut}"
    (folder / "contoso.yaml").write_text(
        text.replace(wanted, f"with: {{side: front}}, state: {state}}}", 1), "utf-8"
    )
    unmet = _unmet(folder, "{verdicts: {names-are-listed: pass}}")
    about = {what.rpartition(" ")[2] for what in unmet if what.startswith("rule door-is-shut")}
    assert about == outcomes


def _result(coverage: Coverage | None, required: float | None) -> Results:
    return Results("1", "2026-01-01T00:00:00Z", 0, (), coverage, required, {})


@pytest.mark.parametrize(
    ("met", "total", "required", "covered"),
    [
        (0, 10, None, True),
        (10, 10, 100, True),
        (9999, 10000, 100, False),
        (1, 3, 33.3, True),
        (1, 3, 33.4, False),
        (0, 10, 0, True),
        (0, 0, 0, False),
        (0, 0, 100, False),
    ],
)
def test_enough_is_met(met: int, total: int, required: float | None, covered: bool) -> None:  # noqa: FBT001 - what is expected
    coverage = Coverage(total, met, 0, 0, ())
    assert _result(coverage, required).covered is covered


def test_only_all_is_a_hundred_percent() -> None:
    assert Coverage(10000, 9999, 0, 0, ()).percent == 99.9
    assert Coverage(10000, 10000, 0, 0, ()).percent == 100
    assert Coverage(0, 0, 0, 0, ()).percent == 0


def test_coverage_that_was_not_measured_is_never_enough() -> None:
    assert not _result(None, 0).covered
    assert _result(None, None).exit_code == Exit.UNDETERMINED
