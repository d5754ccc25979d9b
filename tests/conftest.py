"""What the tests share: golden files, the shipped policies, and hosts of which little is known."""

import re
import signal
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from hklint.documents.files import shipped_folder
from hklint.fact import Fact, Observation, Present, RegistryName, RegistryValue
from hklint.linking.catalogue import read_catalogue
from hklint.linking.library import Library, load
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source, lookup_key

SOURCE = Source("psrp", "ex01.contoso.example", "CONTOSO\\audit", "HTTP, NTLM", "0" * 64)
TAKEN_AT = "2026-03-04T05:06:07Z"

settings.register_profile("hklint", deadline=None)
settings.register_profile("fuzz", deadline=None, max_examples=20_000)
settings.load_profile("hklint")


def pytest_configure() -> None:
    """A shell starts what runs in the background deaf to Ctrl-C; some tests press it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="accept what golden files differ in")
    parser.addoption("--chaos-seed", help="play these cases of tests/chaos again")
    parser.addoption("--chaos", choices=["some", "full"], default="some", help="how many cases")


@pytest.fixture(scope="session")
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update"))


@pytest.fixture(scope="session")
def round_trips(updating: bool) -> Callable[[str, int, int], None]:  # noqa: FBT001 - a fixture
    """Compare what a host cost with its line in docs/performance.md; `--update` writes the line."""
    page = Path(__file__).parents[1] / "docs" / "performance.md"

    def compare(way: str, messages: int, connections: int) -> None:
        lines = page.read_text("utf-8").splitlines()
        row = re.compile(rf"\| {re.escape(way)} \| \d+ \| \d+ \|")
        (number,) = (at for at, line in enumerate(lines) if row.fullmatch(line))
        line = f"| {way} | {messages} | {connections} |"
        if updating:
            lines[number] = line
            page.write_text("\n".join(lines) + "\n", "utf-8")
        assert lines[number] == line

    return compare


@pytest.fixture(scope="session")
def shipped() -> Library:
    """Every policy that comes with hklint, with all models."""
    files = sorted(shipped_folder().rglob("*.yaml"))
    return load(sorted(read_catalogue(files).policies), {})


@pytest.fixture(scope="session")
def store_policy(shipped: Library) -> Policy:
    return shipped.policies["exchange-store-addins"]


@pytest.fixture(scope="session")
def host_with() -> Callable[[Mapping[Fact, Observation]], Snapshot]:
    """A host of which these facts are known and no others; of a value also that it is there."""

    def build(observations: Mapping[Fact, Observation]) -> Snapshot:
        known = {lookup_key(fact): seen for fact, seen in observations.items()}
        for fact, seen in tuple(known.items()):
            if isinstance(fact, RegistryValue):
                name = RegistryName(fact.hive, fact.key, fact.value, fact.view)
                known.setdefault(name, Present("name", "") if isinstance(seen, Present) else seen)
        return Snapshot("EX01", TAKEN_AT, SOURCE, {}, known)

    return build


@pytest.fixture(scope="session")
def attempt() -> Callable[..., dict[str, Any]]:
    """The collector's record of an attempt that failed silently, with these fields changed."""
    return _attempt


def _attempt(
    native_error: int | None = None,
    socket_error: int | None = None,
    exception: str = "System.Net.WebException",
    **fields: object,
) -> dict[str, Any]:
    codes = {"native_error": native_error, "socket_error": socket_error}
    silent: dict[str, Any] = {
        "way": "default",
        "result": "error",
        "started": "2026-03-04T05:06:00Z",
        "milliseconds": 412,
        "ran_in": "child",
        "process": {"name": "powershell", "bits": 64, "powershell": "5.1", "edition": "Desktop"},
        "security_protocol": {"before": 240, "during": 240},
        "proxy": None,
        "final_uri": None,
        "method": None,
        "http_status": None,
        "status": None,
        "error_id": None,
        "exceptions": [{"type": exception, "hresult": None, **codes}],
        "message": None,
    }
    return silent | fields
