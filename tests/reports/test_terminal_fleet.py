"""The terminal report of many hosts, many rules, and of a run with a baseline."""

import io
import re
import tracemalloc
from collections.abc import Callable, Iterator
from types import ModuleType

import msgspec
import pytest

from hklint.run import HostResult, Run
from hklint_reports import FORMATS, Options

HEADS = re.compile(r"^(FAIL|UNKNOWN)\[(.*?)\](, [a-z]+)?: ", re.MULTILINE)
"""How the blocks begin that explain a verdict; those told in a line have the severity there."""


class Repeated:
    """Hosts that are made anew at each pass, as those that are read from a file."""

    def __init__(self, hosts: tuple[HostResult, ...], times: int) -> None:
        self.hosts = hosts
        self.times = times
        self.passes = 0

    def __iter__(self) -> Iterator[HostResult]:
        self.passes += 1
        for number in range(self.times):
            for host in self.hosts:
                yield msgspec.structs.replace(host, host=f"{number}-{host.host}")


@pytest.mark.parametrize("variant", ["", "-narrow", "-wide", "-ascii", "-verbose"])
def test_thirty_hosts(
    runs: ModuleType, large_runs: ModuleType, golden: Callable[[str, str], None], variant: str
) -> None:
    encoding = "ascii" if variant == "-ascii" else "utf-8"
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    width = {"-narrow": 44, "-wide": 120}.get(variant, 100)
    options = Options(width=width, verbose=variant == "-verbose")
    FORMATS["terminal"].write(large_runs.mixed(runs, 30), stream, options)
    stream.seek(0)
    golden(f"thirty.terminal{variant}.txt", stream.read())


@pytest.mark.parametrize("verbose", [False, True])
def test_a_run_with_a_baseline(
    runs: ModuleType,
    large_runs: ModuleType,
    render: Callable[..., str],
    golden: Callable[[str, str], None],
    verbose: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    text = render(large_runs.compared(runs), "terminal", verbose=verbose)
    golden(f"baseline.terminal{'-verbose' if verbose else ''}.txt", text)


def test_what_is_new_is_explained_before_what_is_known(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.compared(runs), "terminal")
    assert [head[1] for head in HEADS.findall(text)] == ["store-reachable"]
    new = text.index("FAIL[store-reachable], new: ")
    known = text.index("Known since the run of 2026-11-01T08:00:00Z (before.jsonl); this does not")
    fixed = text.index("Fails no more since the run of 2026-11-01T08:00:00Z (before.jsonl):")
    assert new < known < fixed
    lines = text[known:fixed].splitlines()
    assert sum(line.startswith(("FAIL[", "UNKNOWN[")) for line in lines) == 3


def test_a_baseline_that_decides_nothing_is_not_said_to(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.compared(runs, decides=False), "terminal")
    assert "Known since the run of 2026-11-01T08:00:00Z (before.jsonl):\n" in text


def test_three_hosts_have_no_table_and_four_have_one(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    head = "  failed  unknown  passed  host "
    assert head not in render(large_runs.mixed(runs, 3), "terminal")
    assert head in render(large_runs.mixed(runs, 4), "terminal")


def test_the_table_has_the_worst_hosts_first(runs: ModuleType, render: Callable[..., str]) -> None:
    heavy = msgspec.structs.replace(runs.CLIENT_OFF, severity="critical")
    light = msgspec.structs.replace(runs.CLIENT_OFF, severity="low")
    failure = runs.Failure(runs.Reason.TIMED_OUT, "", "")
    hosts = [
        runs.host("well", runs.ALL_PASS),
        runs.host("unread", (runs.DENIED,)),
        runs.host("silent", failure=failure),
        runs.host("light", (light,)),
        runs.host("ill", runs.SICK, (runs.BLOCKED,)),
        runs.host("worst", (heavy,)),
    ]
    text = render(runs.run(hosts, 1), "terminal")
    table = text[text.index("  failed  unknown") :].split("\n\n")[0].splitlines()[1:]
    assert [line.split() for line in table] == [
        ["1", "-", "-", "worst", "critical"],
        ["4", "-", "1", "ill", "high:", "blocked-by-schannel"],
        ["1", "-", "-", "light", "low"],
        ["not", "reached", "silent", "timed-out"],
        ["-", "1", "-", "unread"],
        ["-", "-", "5", "well"],
    ]


def test_waived_verdicts_have_a_column_of_their_own(
    runs: ModuleType, render: Callable[..., str]
) -> None:
    hosts = [runs.host(f"ex0{number}", runs.SICK) for number in range(1, 5)]
    done = runs.with_waivers(runs.run(hosts, 1), (runs.NET_WAIVER,), 1)
    text = render(done, "terminal")
    table = text[text.index("  failed  unknown  passed  waived  host ") :].splitlines()[1:5]
    assert [line.split()[:5] for line in table] == [
        ["4", "-", "1", "-", "ex02"],
        ["4", "-", "1", "-", "ex03"],
        ["4", "-", "1", "-", "ex04"],
        ["3", "-", "1", "1", "ex01"],
    ]


def test_of_many_hosts_those_left_out_are_counted(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.mixed(runs, 100), "terminal")
    assert "  ... and 70 hosts more, 10 of them with a failed rule; the HTML report" in text
    assert "hosts more" not in render(large_runs.mixed(runs, 100), "terminal", verbose=True)


def test_of_many_rules_the_worst_are_explained_and_the_others_named(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    run = large_runs.many_rules(runs, 70)
    text = render(run, "terminal")
    explained = [head[1] for head in HEADS.findall(text)]
    assert explained == [f"rule-{number}" for number in (*range(56, 70), *range(42, 48))]
    assert all(f"FAIL[rule-{number}]" in text for number in (69, 50))
    assert "--verbose explains more" in text
    everything = render(run, "terminal", verbose=True)
    assert len(HEADS.findall(everything)) == 70 * 4


def test_a_rule_that_fails_in_many_ways_is_told_in_three(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.many_rules(runs, 1, hosts=9), "terminal")
    assert len(HEADS.findall(text)) == 3
    assert "FAIL[rule-0] (info) in 6 other ways as well; in all on 9 of 9 hosts\n" in text
    text = render(large_runs.many_rules(runs, 1, hosts=90), "terminal")
    assert "FAIL[rule-0] (info) in many other ways as well; in all on 90 of 90 hosts\n" in text


def test_a_single_host_is_explained_in_full(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.many_rules(runs, 70, hosts=1), "terminal")
    assert len(HEADS.findall(text)) == 70


def test_hosts_that_were_not_reached_share_a_block_though_each_says_something_else(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    text = render(large_runs.mixed(runs, 100), "terminal")
    assert text.count("NOT REACHED: ") == 1
    block = text[text.index("NOT REACHED: ") :].split("\n\n")[0]
    assert "on 10 of 100 hosts: ex04.corp.example, " in block
    assert block.count("no answer from") == 3
    assert "= seen       ex04.corp.example: no answer from ex04.corp.example:5985" in block


@pytest.mark.parametrize("name", ["terminal", "markdown", "github"])
def test_memory_and_length_do_not_grow_with_hosts(
    runs: ModuleType, large_runs: ModuleType, name: str
) -> None:
    base = large_runs.mixed(runs, 100)

    def measured(times: int) -> tuple[int, int]:
        hosts = Repeated(base.hosts, times)
        summary = msgspec.structs.replace(base.summary, hosts=100 * times)
        run = Run(base.header, hosts, summary)
        run.tally  # noqa: B018 - a run that was gathered or read has it already
        hosts.passes = 0
        stream = io.StringIO()
        tracemalloc.start()
        FORMATS[name].write(run, stream)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert hosts.passes == 1
        return peak, stream.getvalue().count("\n")

    (small, few), (large, many) = measured(10), measured(40)
    assert large - small < 200_000
    assert many - few < 20


def test_what_is_waived_in_many_ways_is_counted_apart(
    runs: ModuleType, large_runs: ModuleType, render: Callable[..., str]
) -> None:
    names = tuple(f"ex00{number}" for number in range(1, 9))
    waiver = runs.waiver("waiver-17", "rule-0", names, reason="Accepted until the move")
    run = runs.with_waivers(large_runs.many_rules(runs, 1, hosts=9), (waiver,), 1)
    text = render(run, "terminal")
    assert "FAIL[rule-0], waived (info) in 5 other ways as well; in all on 8 of 9 hosts\n" in text
