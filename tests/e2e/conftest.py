"""What the end-to-end tests share: the lab, hklint's command line, and three opinions on TLS."""

import importlib.util
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

import hklint
import hklint_reports
from hklint.cli import main
from hklint.lab.lab import Lab
from hklint.run import Run
from hklint_reports.json_lines import read_run

HERE = Path(__file__).parent
PASSWORD = "Lab-audit-1"
POLICY = "exchange-store-addins"
_PROGRAM = "import sys; sys.argv[0] = 'hklint'; from hklint.cli import main; main()"
_LEFT_OUT = ("HKLINT_PASSWORD", "NO_COLOR", "FORCE_COLOR", "TERM", "PYTHONIOENCODING")


def _load_package(name: str) -> ModuleType:
    """A package beside this file; tests are no package that it could be imported from."""
    place = HERE / name
    spec = importlib.util.spec_from_file_location(f"tests_e2e_{name}", place / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    """Commands set logging up for their process; here that process goes on with other tests."""
    own = logging.getLogger("hklint")
    level = own.level
    yield
    own.setLevel(level)


@pytest.fixture(scope="session")
def lab() -> Generator[Lab]:
    """All hosts that ship, for tests that change none of them."""
    with Lab() as running:
        yield running


@pytest.fixture
def new_lab() -> Generator[Callable[..., Lab]]:
    """A lab of the test's own, to be broken, merged into and restarted: `new_lab("id", ...)`."""
    with ExitStack() as stack:

        def start(*hosts: str | Path) -> Lab:
            return stack.enter_context(Lab(hosts))

        yield start


class Done(msgspec.Struct, frozen=True):
    """A command that ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


def _environment(given: Mapping[str, str | None]) -> dict[str, str]:
    """This process's environment, as a user would have it who only has the lab's password."""
    usual: dict[str, str | None] = {
        "HKLINT_PASSWORD": PASSWORD,
        "COLUMNS": "100",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    left = {name: text for name, text in os.environ.items() if name not in _LEFT_OUT}
    return {name: text for name, text in {**left, **usual, **given}.items() if text is not None}


@pytest.fixture
def hklint_command(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Done]:
    """hklint in this process, in an empty folder: `hklint_command("check", target, VARIABLE=...)`.

    Nothing it ever writes may be a traceback or hold the password.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path_factory.mktemp("temporary")))

    def run(*arguments: object, **variables: str | None) -> Done:
        with monkeypatch.context() as patch:
            patch.setattr(os, "environ", _environment(variables))
            patch.setattr(sys, "argv", ["hklint", *map(str, arguments)])
            capsys.readouterr()
            with pytest.raises(SystemExit) as ended:
                main()
            written = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return _checked(Done(code, written.out, written.err))

    return run


def _checked(done: Done) -> Done:
    for text in (done.out, done.err):
        assert "Traceback" not in text
        assert PASSWORD not in text
    return done


@pytest.fixture
def spawn(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """hklint in a process of its own, for signals and terminals: `spawn("check", ..., stderr=)`."""
    roots = dict.fromkeys(str(Path(package.__file__ or "").parents[1]) for package in PACKAGES)
    started: list[subprocess.Popen[bytes]] = []

    def start(
        *arguments: object,
        variables: Mapping[str, str | None] | None = None,
        program: str = _PROGRAM,
        stdin: int = subprocess.DEVNULL,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        start_new_session: bool = False,
    ) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - hklint itself
            [sys.executable, "-c", program, *map(str, arguments)],
            env=_environment({"PYTHONPATH": os.pathsep.join(roots), **(variables or {})}),
            cwd=tmp_path,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=start_new_session,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


PACKAGES = (hklint, hklint_reports)


@pytest.fixture(scope="session")
def recorded() -> Callable[[Path], Run]:
    """A run that was recorded, read back."""

    def read(path: Path) -> Run:
        with path.open(encoding="utf-8") as lines:
            return read_run(lines, str(path))

    return read


@pytest.fixture(scope="session")
def failed_rules() -> Callable[[Run, int], list[str]]:
    """The names of the rules that a host of a run failed."""

    def names(run: Run, host: int = 0) -> list[str]:
        return [item.name for item in run.hosts[host].verdicts if item.outcome == "fail"]

    return names


@pytest.fixture(scope="session")
def agreement() -> ModuleType:
    """The package of that name: three opinions on what a Windows offers."""
    return _load_package("agreement")


@pytest.fixture(scope="session")
def one_version_servers(
    agreement: ModuleType, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Any]:
    """A network with a server for every protocol that OpenSSL has."""
    with agreement.servers(tmp_path_factory.mktemp("versions")) as network:
        yield network
