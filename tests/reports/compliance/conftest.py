"""What the tests of XCCDF and ARF share: cases, files in memory, schemas and programs."""

import importlib.util
import io
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TextIO

import pytest
from lxml import etree

from hklint.run import Run
from hklint_reports import FORMATS

HERE = Path(__file__).parent
NAMES = {
    "x": "http://checklists.nist.gov/xccdf/1.2",
    "h": "http://www.w3.org/1999/xhtml",
    "arf": "http://scap.nist.gov/schema/asset-reporting-format/1.1",
    "ai": "http://scap.nist.gov/schema/asset-identification/1.1",
    "core": "http://scap.nist.gov/schema/reporting-core/1.1",
    "ds": "http://scap.nist.gov/schema/scap/source/1.2",
}


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests_reports_compliance_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_RUNS = _load(HERE.parent / "runs.py")
RUNS: dict[str, Callable[[], Run]] = {
    **_RUNS.RUNS,
    "several": _load(HERE / "several.py").Several(_RUNS),
}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "openscap: needs Debian's openscap-scanner")


@pytest.fixture(params=sorted(RUNS))
def case(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def recorded(case: str) -> Run:
    return RUNS[case]()


@pytest.fixture(scope="session")
def names() -> dict[str, str]:
    """Namespaces by the prefixes that the tests use."""
    return NAMES


class Files:
    """A folder in memory."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    @contextmanager
    def open(self, name: str, suffix: str) -> Iterator[TextIO]:
        stream = io.StringIO()
        yield stream
        assert name + suffix not in self.texts
        self.texts[name + suffix] = stream.getvalue()


@pytest.fixture(scope="session")
def render_files() -> Callable[[Run, str], dict[str, str]]:
    """Write a report of several files into memory: its texts by their names."""

    def write(run: Run, name: str) -> dict[str, str]:
        folder = Files()
        FORMATS[name].write_files(run, folder)
        return folder.texts

    return write


@pytest.fixture(scope="session")
def schema() -> Callable[[str], etree.XMLSchema]:
    """A schema of NIST, as the package openscap-report carries it: `xccdf` or `arf`."""
    folder = files("openscap_report.scap_results_parser") / "schemas"
    places = {
        "xccdf": "xccdf/1.2/xccdf_1.2.xsd",
        "arf": "arf/1.1/asset-reporting-format_1.1.0.xsd",
    }
    read = {
        name: etree.XMLSchema(etree.parse(str(folder / place))) for name, place in places.items()
    }
    return read.__getitem__


@pytest.fixture(scope="session")
def oscap(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run OpenSCAP with a document: what it says, after its exit code if that is not 0."""
    program = shutil.which("oscap")
    if program is None:
        pytest.skip("OpenSCAP is not installed: make test-compliance")
    folder = tmp_path_factory.mktemp("oscap")

    def run(*arguments: str, document: str) -> str:
        path = folder / "document.xml"
        path.write_text(document, encoding="ascii", newline="\n")
        done = subprocess.run(  # noqa: S603 - the program of the system
            [program, *arguments, path], capture_output=True, text=True, check=False
        )
        failed = f"exit code {done.returncode}: " if done.returncode else ""
        return f"{failed}{done.stdout}{done.stderr}"

    return run
