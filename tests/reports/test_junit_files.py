"""JUnit in several files: each of them small enough, and nothing lost between them."""

import io
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from junit2htmlreport.parser import Junit
from junitparser import JUnitXml
from lxml import etree

from hklint.cli.folder import NewFolder
from hklint.run import HostResult, Run
from hklint_reports import FORMATS
from hklint_reports.junit import files

Case = tuple[str | None, ...]
Written = Callable[[Run], list[bytes]]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The files of a run, in the order of their names."""

    def write(run: Run) -> list[bytes]:
        FORMATS["junit"].write_files(run, NewFolder(tmp_path))
        return [path.read_bytes() for path in sorted(tmp_path.iterdir())]

    return write


def _cases(document: bytes) -> list[Case]:
    """All that is said of each case."""
    return [
        (case.get("classname"), case.get("name"), *(each.tag for each in case))
        for case in etree.fromstring(document).iter("testcase")
    ]


def _junitparser(document: bytes) -> list[Case]:
    suites = JUnitXml.fromstring(document)
    return [
        (case.classname, case.name, *(type(each).__name__.lower() for each in case.result))
        for suite in suites
        for case in suite
    ]


def _junit2html(document: bytes) -> list[Case]:
    """It adds errors to failures."""
    return [
        (
            case.testclass.name,
            case.name,
            *(["failure"] if case.failed() else []),
            *(["skipped"] if case.skipped else []),
        )
        for suite in Junit(xmlstring=document.decode("ascii"))
        for case in suite.all()
    ]


def test_two_readers_find_every_case_in_one_file(recorded: Run, render: Callable[..., str]) -> None:
    document = render(recorded, "junit").encode()
    expected = _cases(document)
    assert len(expected) >= sum(recorded.summary.counts.values())
    assert _junitparser(document) == expected
    failed = [tuple("failure" if each == "error" else each for each in case) for case in expected]
    assert _junit2html(document) == failed


def test_two_readers_find_every_case_in_several_files(
    recorded: Run, render: Callable[..., str], written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_CASES", 5)
    whole = render(recorded, "junit").encode()
    parts = written(recorded)
    assert max(len(_cases(part)) for part in parts) <= 5
    for read in (_cases, _junitparser, _junit2html):
        assert [case for part in parts for case in read(part)] == read(whole)


@pytest.mark.parametrize("limits", [(5, 10**9), (1, 10**9), (10**9, 3000), (10**9, 1)])
def test_each_file_is_a_valid_document_and_ids_are_unique(
    runs: ModuleType,
    schemas: Path,
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
    limits: tuple[int, int],
) -> None:
    monkeypatch.setattr(files, "MOST_CASES", limits[0])
    monkeypatch.setattr(files, "MOST_BYTES", limits[1])
    run = runs.waived()
    parts = written(run)
    assert len(parts) > 1
    for name in ("junit-10.xsd", "ant-dialect.xsd"):
        schema = etree.XMLSchema(file=str(schemas / name))
        for part in parts:
            schema.assertValid(etree.fromstring(part))
    suites = [suite for part in parts for suite in etree.fromstring(part).iter("testsuite")]
    assert [int(suite.get("id")) for suite in suites] == list(range(len(suites)))
    for suite in suites:
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))


def test_hosts_stay_whole_where_they_fit(
    runs: ModuleType, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_CASES", 12)
    run = runs.run([runs.host(f"ex{number}", runs.SICK) for number in range(5)], 1)
    names = [
        [suite.get("name") for suite in etree.fromstring(part).iter("testsuite")]
        for part in written(run)
    ]
    assert names == [["ex0", "ex1"], ["ex2", "ex3"], ["ex4"]]


def test_one_host_that_is_too_large_is_torn(
    runs: ModuleType, written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_CASES", 2)
    parts = written(runs.single())
    suites = [next(etree.fromstring(part).iter("testsuite")) for part in parts]
    assert [suite.get("tests") for suite in suites] == ["2", "2", "1"]
    assert {suite.get("name") for suite in suites} == {"ex01.corp.example"}


def test_a_small_run_is_one_file(
    runs: ModuleType, tmp_path: Path, written: Written, render: Callable[..., str]
) -> None:
    run = runs.waived()
    assert written(run) == [render(run, "junit").encode()]
    assert [path.name for path in tmp_path.iterdir()] == ["TEST-hklint-0001.xml"]


def test_gitlab_takes_the_largest_file(runs: ModuleType, tmp_path: Path, written: Written) -> None:
    """Its limits: 30 MB and 250,000 elements a file."""
    said = msgspec.structs.replace(runs.CLIENT_OFF.explanation, matters="&" * 2000)
    large = msgspec.structs.replace(runs.CLIENT_OFF, explanation=said)
    hosts = [runs.host(f"ex{number}", (large,) * 60) for number in range(60)]
    hosts += [runs.host(f"small{number}", (runs.DENIED,) * 500) for number in range(50)]
    parts = written(runs.run(hosts, 1))
    assert len(parts) > 3
    assert max(map(len, parts)) < 30_000_000
    assert max(sum(1 for _ in etree.fromstring(part).iter()) for part in parts) < 250_000
    assert len(list(tmp_path.iterdir())) == len(parts)


class _Hosts:
    """So many hosts, made as they are asked for."""

    def __init__(self, runs: ModuleType, number: int) -> None:
        self._runs = runs
        self._number = number
        self.passes = 0

    def __iter__(self) -> Iterator[HostResult]:
        self.passes += 1
        for number in range(self._number):
            yield self._runs.host(f"ex{number:05d}.corp.example", self._runs.SICK)


def _peak(runs: ModuleType, number: int) -> int:
    done = runs.run([runs.host("ex00000.corp.example", runs.SICK)], 1)
    hosts = _Hosts(runs, number)
    run = Run.counted(done.tally, hosts, done.summary)
    tracemalloc.start()
    try:
        FORMATS["junit"].write(run, _Nowhere())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert hosts.passes == 1
    return peak


class _Nowhere(io.StringIO):
    def write(self, text: str) -> int:
        return len(text)


def test_memory_grows_by_the_name_of_each_host(runs: ModuleType) -> None:
    _peak(runs, 1)  # what is imported and kept once
    assert _peak(runs, 2000) - _peak(runs, 200) < 250 * 1800
