"""Reports of a large run: verdicts written in a second, and whether memory grows with the hosts.

Each report is written in a process of its own, which throws away what it is given.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO, cast

from benchmarks.fleet_run import generated_run
from benchmarks.table import ratio, show
from hklint.run import Run
from hklint_reports import FORMATS
from hklint_reports.json_lines import open_run

HEAD = ("", "verdicts /s", "/ jsonl", "MB", "peak MB", "of a tenth", "grows")
NAMES = ("sarif", "junit", "json", "jsonl", "html", "csv")
BARE = "one pass over the hosts"
RULES = 100


class Cost(NamedTuple):
    """What a report cost: seconds of CPU, bytes written, and the process's memory at its peak."""

    seconds: float
    written: int
    peak: int


class _Nowhere:
    """A stream that keeps nothing but the number of characters."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = 0

    def write(self, text: str) -> int:
        self.written += len(text)
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.write(text)


def run(*, quick: bool) -> None:
    """Measures and prints."""
    hosts = 1_000 if quick else 10_000
    title = f"Reports of {hosts:,} hosts by {RULES} rules, 5 % failed"
    show(
        f"{title}; the hosts are made as they are asked for",
        HEAD,
        _rows(NAMES, str(hosts), str(hosts // 10)),
    )
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{count}.jsonl" for count in (hosts, hosts // 10)]
        for file in files:
            with file.open("w", encoding="ascii") as stream:
                FORMATS["jsonl"].write(generated_run(int(file.stem), RULES), stream)
        show(f"{title}; read from a recorded run", HEAD, _rows((BARE, *NAMES), *map(str, files)))


def _rows(names: Sequence[str], source: str, tenth: str) -> list[Sequence[str]]:
    least = _measured("jsonl", source)
    rows: list[Sequence[str]] = []
    for name in names:
        cost, small = _measured(name, source), _measured(name, tenth)
        verdicts = int(Path(source).stem) * RULES
        rows.append(
            (
                name,
                f"{verdicts / cost.seconds:,.0f}",
                ratio(cost.seconds, least.seconds),
                f"{cost.written / 1e6:.1f}",
                f"{cost.peak / 1e6:.0f}",
                f"{small.peak / 1e6:.0f}",
                ratio(cost.peak, small.peak),
            )
        )
    return rows


def _measured(name: str, source: str) -> Cost:
    command = [sys.executable, "-m", "benchmarks.reports", name, source]
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - ourselves
    return Cost(*json.loads(done.stdout))


def _cost(name: str, done: Run) -> Cost:
    stream = _Nowhere()
    if name != BARE:  # what is imported and built once is not what is measured
        FORMATS[name].write(generated_run(1, RULES), cast("TextIO", _Nowhere()))
    begun = time.process_time()
    if name == BARE:
        deque(done.hosts, maxlen=0)
    else:
        FORMATS[name].write(done, cast("TextIO", stream))
    return Cost(time.process_time() - begun, stream.written, _peak())


def _peak() -> int:
    """Bytes of this process in memory when it had most of them; 0 where /proc is missing."""
    status = Path("/proc/self/status")
    lines = status.read_text("ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    a_name, a_source = sys.argv[1:]
    a_run = generated_run(int(a_source), RULES) if a_source.isdigit() else open_run(Path(a_source))
    sys.stdout.write(json.dumps(_cost(a_name, a_run)))
