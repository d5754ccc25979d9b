"""What the tests of OVAL share: rules and hosts to try, and OpenSCAP as the second judge."""

import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from lxml import etree

from hklint.failure import Failure, Reason
from hklint.run import HostResult, Run

HERE = Path(__file__).parent
HOW = "OpenSCAP is not installed: `make test-compliance` installs it (Debian: openscap-scanner)"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "oscap: needs OpenSCAP")


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests_reports_oval_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def generated() -> ModuleType:
    return _load("generated")


@pytest.fixture(scope="session")
def trials() -> ModuleType:
    return _load("trials")


@pytest.fixture(scope="session")
def differences() -> ModuleType:
    return _load("differences")


@pytest.fixture(scope="session")
def every_kind(trials: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A rule of every kind on hosts of every kind; what changes from day to day is set."""
    loaded = trials.load(HERE / "policy.yaml")
    path = tmp_path_factory.mktemp("every-kind") / "run.jsonl"
    run = trials.judged(loaded, _load("hosts").HOSTS, path)
    header = msgspec.structs.replace(run.header, started="2026-11-23T09:59:00Z", hklint="1.2.3")
    failure = Failure(Reason.TIMED_OUT, "connecting", "no answer from port 5985 in 30 s")
    gone = HostResult("gone", "gone", "", header.started, 30.0, failure, None, (), ())
    return Run(header, (*run.hosts, gone), run.summary)


@pytest.fixture(scope="session")
def documents(
    every_kind: Run, trials: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder with the OVAL documents of that run."""
    return Path(trials.write(every_kind, tmp_path_factory.mktemp("documents") / "oval"))


@pytest.fixture(scope="session")
def oscap() -> Callable[..., str]:
    """Run OpenSCAP's `oscap oval`, which has to end well; gives what it says."""
    program = shutil.which("oscap") or pytest.skip(HOW)

    def run(*arguments: object) -> str:
        done = subprocess.run(  # noqa: S603 - the program that the path names
            [program, "oval", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        return done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def analyse(oscap: Callable[..., str]) -> Callable[[Path, Path], dict[str, str]]:
    """The result of each definition on one host, as OpenSCAP judges it."""

    def judge(folder: Path, host: Path) -> dict[str, str]:
        results = folder.parent / "results.xml"
        results.unlink(missing_ok=True)
        oscap("analyse", "--results", results, folder / "definitions.xml", host)
        found = etree.parse(results).iter("{*}definition")
        return {it.get("definition_id"): it.get("result") for it in found if it.get("result")}

    return judge
