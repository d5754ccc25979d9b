"""What the tests of checklists share: the shape, runs whose rules serve a STIG, and writing."""

import importlib.util
import io
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO

import msgspec
import pytest

from hklint.run import Control, Run
from hklint_reports import FORMATS, Options

SERVES = {
    "tls-1.2-client-usable": ("V-254001",),
    "dotnet-uses-schannel-defaults": ("V-254002",),
    "values-set-alike": ("V-254003", "V-254002"),
    "store-reachable": ("V-254004",),
}


@pytest.fixture(scope="session")
def shape() -> ModuleType:
    path = Path(__file__).parent / "shape.py"
    spec = importlib.util.spec_from_file_location("tests_reports_cklb_shape", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Files:
    """A folder in memory."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    @contextmanager
    def open(self, name: str, suffix: str) -> Generator[TextIO]:
        stream = io.StringIO()
        yield stream
        assert suffix == ".cklb"
        self.texts.append((name, stream.getvalue()))


@pytest.fixture(scope="session")
def write() -> Callable[..., list[dict[str, Any]]]:
    """The checklists of a run, a host each: `write(run, checklist)`."""

    def written(run: Run, checklist: object = "") -> list[dict[str, Any]]:
        text = checklist if isinstance(checklist, str) else json.dumps(checklist)
        folder = Files()
        FORMATS["cklb"].write_files(run, folder, Options(checklist=text))
        assert [name for name, _ in folder.texts] == [host.host for host in run.hosts]
        return [json.loads(text) for _, text in folder.texts]

    return written


@pytest.fixture(scope="session")
def serving() -> Callable[..., Run]:
    """The run with groups of a STIG for its rules: `serving(run, {rule: groups})`."""

    def served(run: Run, serves: dict[str, tuple[str, ...]] = SERVES) -> Run:
        (policy,) = run.header.policies
        rules = tuple(
            msgspec.structs.replace(
                rule,
                controls=(
                    Control("nist-800-53", "SC-8"),
                    *(Control("stig", group) for group in serves.get(rule.id, ())),
                    Control("cci", "CCI-002418"),
                ),
            )
            for rule in policy.rules
        )
        policy = msgspec.structs.replace(policy, rules=rules)
        header = msgspec.structs.replace(run.header, policies=(policy,))
        return Run(header, run.hosts, run.summary)

    return served
