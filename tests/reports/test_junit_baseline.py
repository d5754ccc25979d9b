"""A run with a baseline: JUnit is red exactly if the exit code is."""

from collections.abc import Callable
from types import ModuleType

import msgspec
import pytest
from lxml import etree

from hklint.gate import exit_code
from hklint.run import Baseline, Run
from hklint.verdict import BaselineState, Verdict
from hklint.waiver import ExpiredWaivers

SINCE = "since the run of 2026-11-01T08:00:00Z (before.jsonl)"


def _compared(
    runs: ModuleType, *verdicts: Verdict, decides: bool = True, over: ExpiredWaivers = "warn"
) -> Run:
    """A run of one host, as it is when it has been compared with a baseline."""
    done: Run = runs.run([runs.host("ex01", verdicts)], 0)
    baseline = Baseline("before.jsonl", "2026-11-01T08:00:00Z", 1, decides=decides)
    header = msgspec.structs.replace(done.header, baseline=baseline, expired_waivers=over)
    compared = Run(header, done.hosts, done.summary)
    code = exit_code(compared.tally)
    summary = msgspec.structs.replace(done.summary, exit_code=code)
    return Run(header, done.hosts, summary)


def _state(verdict: Verdict, state: BaselineState) -> Verdict:
    return msgspec.structs.replace(verdict, baseline_state=state)


@pytest.fixture
def cases(render: Callable[..., str]) -> Callable[[Run], list[tuple[str, str]]]:
    """The element of each case that is no pass, with its message."""

    def read(run: Run) -> list[tuple[str, str]]:
        root = etree.fromstring(render(run, "junit").encode())
        found = [result for case in root.iter("testcase") for result in case]
        red = any(result.tag != "skipped" for result in found)
        assert red == bool(run.summary.exit_code)
        return [(result.tag, result.get("message")) for result in found]

    return read


def test_what_is_known_is_skipped_and_what_is_new_is_red(
    runs: ModuleType, cases: Callable[[Run], list[tuple[str, str]]]
) -> None:
    known = (
        _state(runs.CLIENT_OFF, "unchanged"),
        _state(runs.REFUSED, "updated"),
        runs.passed("values-set-alike"),
    )
    skipped = [
        ("skipped", f"known {SINCE}; expected usable, found blocked"),
        ("skipped", f"known, but changed, {SINCE}; expected reached, found tls-refused"),
    ]
    assert cases(_compared(runs, *known)) == skipped
    new = _state(runs.NET_UNSET[0], "new")
    failed = ("failure", "expected 1, found not set, which means 0")
    assert cases(_compared(runs, *known, new)) == [*skipped, failed]


def test_a_known_unknown_is_skipped_too(
    runs: ModuleType, cases: Callable[[Run], list[tuple[str, str]]]
) -> None:
    run = _compared(runs, _state(runs.DENIED, "unchanged"), runs.passed("values-set-alike"))
    message = f"known {SINCE}; expected usable, could not be judged: access denied"
    assert cases(run) == [("skipped", message)]


def test_a_run_in_which_nothing_was_judged_is_red_though_all_is_known(
    runs: ModuleType, cases: Callable[[Run], list[tuple[str, str]]]
) -> None:
    run = _compared(runs, _state(runs.DENIED, "unchanged"))
    assert [element for element, _ in cases(run)] == ["skipped", "error"]


def test_the_end_of_a_waiver_is_red_though_known(
    runs: ModuleType, cases: Callable[[Run], list[tuple[str, str]]]
) -> None:
    over = runs.NET_WAIVER.mark
    known = _state(msgspec.structs.replace(runs.NET_UNSET[1], expired_waiver=over), "unchanged")
    assert [each for each, _ in cases(_compared(runs, known, over="fail"))] == ["failure"]
    assert [each for each, _ in cases(_compared(runs, known))] == ["skipped"]


def test_a_baseline_that_does_not_decide_is_only_told(
    runs: ModuleType, render: Callable[..., str], cases: Callable[[Run], list[tuple[str, str]]]
) -> None:
    run = _compared(runs, _state(runs.CLIENT_OFF, "unchanged"), decides=False)
    assert cases(run) == [("failure", "expected usable, found blocked")]
    failure = next(etree.fromstring(render(run, "junit").encode()).iter("failure"))
    assert failure.text.splitlines()[1] == f"baseline: known {SINCE}"
