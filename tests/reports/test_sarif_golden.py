"""The forms of SARIF that are not the default, byte for byte; `--update` accepts changes."""

from collections.abc import Callable
from types import ModuleType

import pytest

Compare = Callable[[str, str], None]


@pytest.mark.parametrize("name", ["waived", "not-reached"])
def test_all_kinds(
    runs: ModuleType, render: Callable[..., str], golden: Compare, name: str
) -> None:
    text = render(runs.RUNS[name](), "sarif", all_kinds=True)
    golden(f"{name}.sarif-all-kinds.sarif", text)


@pytest.mark.parametrize("name", ["controls", "later"])
def test_controls_and_earlier_runs(
    runs: ModuleType,
    sarif_runs: ModuleType,
    render: Callable[..., str],
    golden: Compare,
    name: str,
) -> None:
    text = render(getattr(sarif_runs, name)(runs), "sarif", all_kinds=name == "later")
    golden(f"{name}.sarif", text)


def test_fleet(
    runs: ModuleType,
    sarif_runs: ModuleType,
    render: Callable[..., str],
    golden: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("hklint_reports.sarif.part.MAX_RESULTS", 5)
    monkeypatch.setattr("hklint_reports.sarif.part.MAX_NOTICES", 1)
    golden("counted.sarif", render(sarif_runs.fleet(runs, 200, 2), "sarif"))


def test_azure(runs: ModuleType, render: Callable[..., str], golden: Compare) -> None:
    golden("single.sarif-azure.sarif", render(runs.single(), "sarif-azure"))
