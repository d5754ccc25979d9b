"""From YAML to policies that may judge: read, checked in shape, linked, each table proved."""

import collections
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

import yaml

from benchmarks.generated import write_policy
from benchmarks.table import ratio, show
from hklint.documents.document import read_document
from hklint.documents.files import files_in, shipped_folder
from hklint.language.schema import check
from hklint.linking.catalogue import read_catalogue
from hklint.linking.library import find, link, load

HEAD = ("", "first", "again", "bare YAML", "again / bare", "read", "shape", "link and prove")
SHIPPED = "exchange-store-addins"
LARGE = 5000


def run(*, quick: bool) -> None:
    """Measures and prints; it has to run before anything else has loaded a policy."""
    rounds = 3 if quick else 9
    shipped = files_in(shipped_folder())
    with tempfile.TemporaryDirectory() as name:
        generated = write_policy(Path(name), LARGE)
        rows = [
            _row("one shipped policy, beside all others", SHIPPED, shipped, rounds),
            _row(
                f"{LARGE:,} generated rules, beside these",
                str(generated),
                [*shipped, generated],
                rounds,
            ),
        ]
    show(f"Loading policies, ms of CPU (medians of {rounds} rounds)", HEAD, rows)


def _row(label: str, policy: str, files: Sequence[Path], rounds: int) -> Sequence[str]:
    first = _milliseconds(lambda: load([policy], {}))
    documents = [read_document(file) for file in files]
    catalogue = read_catalogue(files)
    ids = [find(catalogue, "policy", policy)]
    steps: list[Callable[[], object]] = [
        lambda: load([policy], {}),
        lambda: [_bare(document.text) for document in documents],
        lambda: [read_document(file) for file in files],
        lambda: [check(document, document.root["kind"]) for document in documents],
        lambda: link(catalogue, ids, {}),
    ]
    again, bare, *parts = (median(_milliseconds(step) for _ in range(rounds)) for step in steps)
    figures = (f"{figure:.0f}" for figure in parts)
    return label, f"{first:.0f}", f"{again:.0f}", f"{bare:.0f}", ratio(again, bare), *figures


def _bare(text: str) -> None:
    """Reads a text as libyaml does, and throws away what it says."""
    collections.deque(yaml.parse(text, Loader=yaml.CSafeLoader), maxlen=0)


def _milliseconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return (time.process_time() - begun) * 1000
