"""The time until `hklint --version` has answered, beside Python with click alone."""

import shutil
import subprocess
import sys
import sysconfig
import time
from statistics import median

from benchmarks.table import ratio, show

HEAD = ("", "median ms", "/ click", "best ms", "/ click")


def run(*, quick: bool) -> None:
    """Measures and prints."""
    rounds = 10 if quick else 40
    program = shutil.which("hklint", path=sysconfig.get_path("scripts"))
    if program is None:
        raise FileNotFoundError("hklint is not installed beside this Python: pip install -e .")
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "python -c 'import click'": [sys.executable, "-c", "import click"],
        "hklint --version": [program, "--version"],
        "hklint --help": [program, "--help"],
        "hklint lint": [program, "lint"],
    }
    times: dict[str, list[float]] = {label: [] for label in commands}
    for _ in range(rounds):
        for label, command in commands.items():
            times[label].append(_milliseconds(command))
    click = times["python -c 'import click'"]
    rows = [
        (
            label,
            *(f"{median(figures):.0f}", ratio(median(figures), median(click))),
            *(f"{min(figures):.0f}", ratio(min(figures), min(click))),
        )
        for label, figures in times.items()
    ]
    show(f"From start to end of a process ({rounds} runs each, taking turns)", HEAD, rows)


def _milliseconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own programs
    return (time.perf_counter() - begun) * 1000
