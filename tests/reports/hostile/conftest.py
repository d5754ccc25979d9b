"""What the tests of hostile text share: what is planted, the readers, and the command itself."""

import importlib.util
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest

from hklint.cli import main

HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests_hostile_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_READERS = _load("readers")


@pytest.fixture(scope="session")
def planted() -> ModuleType:
    return _load("planted")


@pytest.fixture(scope="session")
def readers() -> ModuleType:
    return _READERS


@pytest.fixture(scope="session")
def hklint() -> Callable[..., int]:
    """hklint in this process and a folder: `hklint(folder, "check", ...)` gives its exit code."""

    def run(folder: Path, *arguments: str) -> int:
        command = patch.object(sys, "argv", ["hklint", *arguments])
        with chdir(folder), command, pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return code

    return run
