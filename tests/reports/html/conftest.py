"""What the tests of the page share: fleets, strict parsing, and the page's own data."""

import importlib.util
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest

from hklint.run import Run
from hklint_reports import FORMATS

Window = Any
"""browser.Browser, which is loaded by path."""
HERE = Path(__file__).parent
DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium and its driver")


def _load(name: str) -> ModuleType:
    path = HERE / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"tests_reports_html_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def fleets() -> ModuleType:
    return _load("fleets")


@pytest.fixture(scope="session")
def browsers() -> ModuleType:
    return _load("browser")


@pytest.fixture(scope="session")
def page() -> Callable[[Run], str]:
    """The page of a run."""

    def write(run: Run) -> str:
        stream = io.StringIO()
        FORMATS["html"].write(run, stream)
        return stream.getvalue()

    return write


@pytest.fixture(scope="session")
def large_run(fleets: ModuleType, runs: ModuleType) -> Run:
    """Ten thousand hosts by a hundred rules: a million verdicts."""
    found: Run = fleets.fleet(runs, 10_000, 100)
    return found


@pytest.fixture(scope="session")
def large_page(large_run: Run, page: Callable[[Run], str]) -> str:
    return page(large_run)


@pytest.fixture(scope="session")
def parsed() -> Callable[[str], Element]:
    """A page as a strict parser of HTML reads it: any mistake in it is an error."""

    def parse(text: str) -> Element:
        tree: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
        return tree

    return parse


@pytest.fixture(scope="session")
def data_of() -> Callable[[str], dict[str, Any]]:
    """The data that a page holds for its script."""

    def read(text: str) -> dict[str, Any]:
        start = text.index(">", text.index('id="data"')) + 1
        found: dict[str, Any] = json.loads(text[start : text.index("</script>", start)])
        return found

    return read


def _text(data: dict[str, Any], number: int, value: int = -1) -> str:
    """A text of the data, its hole filled."""
    entry = data["texts"][number]
    if isinstance(entry, str):
        return entry
    before, after = (data["texts"][part] for part in entry)
    return f"{before}{data['texts'][value]}{after}"


@pytest.fixture(scope="session")
def verdicts_of() -> Callable[[dict[str, Any]], Iterator[tuple[str, str, str, str]]]:
    """All verdicts in the data: host, rule with its instance, status, expectation."""

    def read(data: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        for column in data["columns"]:
            width, cells = column["width"], column["cells"]
            for host, name in enumerate(data["hosts"]["names"]):
                number = 0
                for digit in cells[host * width : (host + 1) * width]:
                    number = number * len(DIGITS) + DIGITS.index(digit)
                if number:
                    status, head, *others = data["verdicts"][column["first"] + number - 1]
                    rule = data["texts"][column["name"]]
                    key = data["statuses"][status][0]
                    yield name, rule, key, _text(data, head, others[-1] if others[6:] else -1)

    return read


@pytest.fixture(scope="module")
def window(browsers: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with browsers.browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def opened(
    window: Window, tmp_path: Path, page: Callable[[Run], str]
) -> Iterator[Callable[..., Any]]:
    """Open the page of a run; at the end nothing was said on the console, and nothing loaded."""
    path = tmp_path / "report.html"

    def open_page(run: Run, place: str = "") -> Window:
        path.write_text(page(run), encoding="ascii", newline="\n")
        window.open(path, place)
        return window

    window.media(color_scheme="light")
    window.size(1280, 900)
    yield open_page
    assert window.console() == []
    assert {url.partition("#")[0] for url in window.requests()} <= {path.as_uri()}
