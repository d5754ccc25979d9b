"""Client CPU for each host that is asked, beside a bare pypsrp session in the same process."""

import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.client import Figures, Job, Way
from benchmarks.generated import write_host, write_policy
from benchmarks.host import Place
from benchmarks.table import ratio, show

WAYS: dict[Way, str] = {"http": "http, NTLM, sealed", "https": "https, Basic"}
RULES = (1, 500)
HEAD = ("", "rules", "bare", "same bytes", "asked", "/ bare", "/ same bytes", "judged", "/ bare")


def run(*, quick: bool) -> None:
    """Measures and prints."""
    rounds, sessions = (3, 5) if quick else (15, 10)
    rows: list[Sequence[str]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with _host(write_host(folder, max(RULES))) as place:
            for way, label in WAYS.items():
                for count in RULES:
                    policy = write_policy(folder, count)
                    figures = _client(Job(place, way, str(policy), rounds, sessions))
                    rows.append((label, str(count), *_cells(figures)))
    show(f"Client CPU, ms a host (medians of {rounds} rounds of {sessions})", HEAD, rows)


def _cells(figures: Figures) -> Iterator[str]:
    bare, same = median(figures.bare), median(figures.same_bytes)
    asked, judged = median(figures.asked), median(figures.judged)
    yield from (f"{bare:.1f}", f"{same:.1f}")
    yield from (f"{asked:.1f}", ratio(asked, bare), ratio(asked, same))
    yield from (f"{judged:.1f}", ratio(judged, bare))


@contextmanager
def _host(file: Path) -> Generator[Place]:
    """A lab host in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.host", str(file)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter and module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield msgspec.json.decode(process.stdout.readline(), type=Place)
        process.stdin.close()


def _client(job: Job) -> Figures:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        input=msgspec.json.encode(job),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Figures)
