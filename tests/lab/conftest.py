"""Cases from files, and hosts made from a few lines."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from hklint.lab.host_file import Host, parse
from hklint.lab.lab import Lab

CASES = Path(__file__).with_name("cases")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`@pytest.mark.cases("file")` runs a test for every case of cases/file.yaml."""
    marker = metafunc.definition.get_closest_marker("cases")
    if marker is not None:
        cases = yaml.safe_load(CASES.joinpath(f"{marker.args[0]}.yaml").read_text("utf-8"))
        metafunc.parametrize("case", list(cases.values()), ids=list(cases))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "cases(file): run for every case of tests/lab/cases/file")


HOST = r"""
about: made for a test
name: TEST
domain: lab.example
domain_role: 3
product: Windows Server 2016 Standard
build: 14393
edition: ServerStandard
installation_type: Server
dotnet_release: 528049
powershell: 5.1.14393.7426
accounts: {'LAB\audit': 'Lab-audit-1'}
"""


@pytest.fixture
def make_host() -> Callable[[dict[str, Any]], Host]:
    """A Server 2016 with these fields of a host file."""

    def make(fields: dict[str, Any]) -> Host:
        return parse(yaml.safe_dump({**yaml.safe_load(HOST), **fields}), "test.yaml")

    return make


@pytest.fixture
def host_file(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """The file of such a host."""

    def write(fields: dict[str, Any]) -> Path:
        path = tmp_path / "test.yaml"
        path.write_text(yaml.safe_dump({**yaml.safe_load(HOST), **fields}), "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """All hosts that ship, for tests that change none of them."""
    with Lab() as running:
        yield running
