"""Processes that stand for PowerShell, asked as `local:`; nothing of them is left behind."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from hklint.failure import Failure
from hklint.sources import Answered, collect
from hklint.sources.process import local
from hklint.target import LocalTarget

HERE = Path(__file__).parent

Outcome = Answered | Failure


@pytest.fixture
def run_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets one of the scripts in this folder be the PowerShell of this computer."""

    def choose(script: str, *arguments: str) -> None:
        argv = (sys.executable, "-I", str(HERE / script), *arguments)
        monkeypatch.setattr(local, "command", lambda _variables: argv)

    return choose


@pytest.fixture
def ask(kit: SimpleNamespace, run_by: Callable[..., None]) -> Callable[..., Outcome]:
    """Asks such a script: `ask(script, *arguments, request=, **options)`."""

    def asked(script: str, *arguments: str, **chosen: object) -> Outcome:
        run_by(script, *arguments)
        request = chosen.pop("request", kit.REQUEST)
        return collect(LocalTarget(), request, kit.options(**chosen))

    return asked


@pytest.fixture
def timed(ask: Callable[..., Outcome]) -> Callable[..., tuple[Outcome, float]]:
    """The same, with the seconds that it took."""

    def asked(script: str, *arguments: str, **chosen: object) -> tuple[Outcome, float]:
        started = time.monotonic()
        outcome = ask(script, *arguments, **chosen)
        return outcome, time.monotonic() - started

    return asked


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No thread, no pipe and no process, be it a zombie, outlives a conversation."""
    pipes, processes = open_pipes(), children()
    yield
    late = [thread.name for thread in threading.enumerate() if " of process " in thread.name]
    assert late == []
    assert open_pipes() == pipes
    assert children() <= processes


def open_pipes() -> int:
    """Pipes of this process, where that can be counted."""
    folder = Path("/proc/self/fd")
    links = [os.path.realpath(entry) for entry in folder.iterdir()] if folder.is_dir() else []
    return sum("pipe:" in link for link in links)


def children() -> set[str]:
    """Processes that this one has started, zombies included, where that can be told."""
    files = Path("/proc/self/task").glob("*/children")
    return {pid for file in files for pid in file.read_text().split()}
