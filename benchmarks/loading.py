"""From YAML to policies that may judge: read, checked in shape, linked, each table proved."""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from benchmarks.generated import write_policy
from benchmarks.table import show
from hklint.library import link, load, read_catalogue, shipped_folder

HEAD = ("", "first", "again", "read and shape", "link and prove")
SHIPPED = "exchange-store-addins"
LARGE = 1000


def run(*, quick: bool) -> None:
    """Measures and prints; it has to run before anything else has loaded a policy."""
    rounds = 3 if quick else 9
    shipped = sorted(shipped_folder().rglob("*.yaml"))
    with tempfile.TemporaryDirectory() as name:
        generated = write_policy(Path(name), LARGE)
        rows = [
            _row(
                "the shipped policy and models",
                lambda: load([SHIPPED], {}),
                shipped,
                rounds,
            ),
            _row(
                f"the same and {LARGE:,} generated rules",
                lambda: load([str(generated)], {}),
                [generated, *shipped],
                rounds,
            ),
        ]
    show(f"Loading policies, ms of CPU (medians of {rounds} rounds)", HEAD, rows)


def _row(
    label: str, whole: Callable[[], object], files: Sequence[Path], rounds: int
) -> Sequence[str]:
    first = _milliseconds(whole)
    again = median(_milliseconds(whole) for _ in range(rounds))
    reading = median(_milliseconds(lambda: read_catalogue(files)) for _ in range(rounds))
    catalogue = read_catalogue(files)
    linking = median(
        _milliseconds(lambda: link(catalogue, catalogue.policies, {})) for _ in range(rounds)
    )
    return label, f"{first:.0f}", f"{again:.0f}", f"{reading:.0f}", f"{linking:.0f}"


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000
