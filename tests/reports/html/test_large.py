"""Ten thousand hosts by a hundred rules: how large the page is, and what is in it."""

import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from hklint.run import Run
from hklint_reports import FORMATS
from hklint_reports.html.statuses import LOOKS, status_of

MEGABYTE = 1_000_000


def test_five_megabytes_are_enough(large_page: str) -> None:
    assert MEGABYTE < len(large_page) < 5 * MEGABYTE


def test_all_verdicts_are_in_it(
    large_run: Run,
    large_page: str,
    data_of: Callable[[str], dict[str, Any]],
    verdicts_of: Callable[[dict[str, Any]], Iterator[tuple[str, str, str, str]]],
) -> None:
    data = data_of(large_page)
    assert {column["width"] for column in data["columns"]} == {1, 2}
    expected = Counter(
        LOOKS[status_of(large_run.header, verdict)].key
        for host in large_run.hosts
        for verdict in host.verdicts
    )
    assert Counter(key for _, _, key, _ in verdicts_of(data)) == expected


def test_a_verdict_that_no_host_shares_costs_its_value_and_some_numbers(
    fleets: ModuleType, runs: ModuleType, page: Callable[[Run], str]
) -> None:
    alike, alone = (page(fleets.alone(runs, 3000, value)) for value in (r"D:\Logs\one.etl", ""))
    assert 50 < (len(alone) - len(alike)) / 3000 < 100


class _Nowhere:
    """A stream that keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def writelines(self, texts: Any) -> None:  # noqa: ANN401 - any iterable of texts
        for _ in texts:
            pass


@pytest.mark.parametrize("hosts", [500, 2000])
def test_memory_grows_by_a_few_bytes_a_verdict(
    fleets: ModuleType, runs: ModuleType, hosts: int
) -> None:
    """Beside the run itself: a number for each verdict, the texts once, and the names of hosts."""
    run = fleets.fleet(runs, hosts, 100)
    FORMATS["html"].write(runs.single(), _Nowhere())  # type: ignore[arg-type]
    tracemalloc.start()
    try:
        FORMATS["html"].write(run, _Nowhere())  # type: ignore[arg-type]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2 * MEGABYTE + 2_000 * hosts
