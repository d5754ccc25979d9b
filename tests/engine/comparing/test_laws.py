"""What holds of any two runs: nothing gets lost, and a diff and a baseline tell the same story."""

from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hklint.comparing.runs import compare_runs
from hklint.comparison import Comparison, Kind
from hklint.exit_code import Exit
from hklint.failure import Reason
from hklint.run import Run

Make = Callable[..., Any]
Held = Callable[..., tuple[Run, Exit]]

WORSE = (Kind.NEWLY_FAILING, Kind.WAIVER_ENDED, Kind.NEWLY_UNKNOWN)
SAID = st.sampled_from(
    (
        *("pass", "fail", "fail 7", "unknown", "not_applicable"),
        *("waived fail", "waived unknown", "expired fail", "low fail"),
    )
)
HOSTS = st.dictionaries(
    st.sampled_from(["ex01", "ex02", "ex03"]),
    st.one_of(st.none(), st.dictionaries(st.sampled_from(["a", "b", "c"]), SAID)),
    max_size=3,
)
Words = dict[str, dict[str, str] | None]


def _compare(before: Run, after: Run) -> Comparison:
    return compare_runs(("before.jsonl", before), ("after.jsonl", after))


def _made(make_run: Make, make_host: Make, words: Words) -> Run:
    hosts = (
        make_host(name, failure=Reason.TIMED_OUT) if said is None else make_host(name, **said)
        for name, said in words.items()
    )
    run: Run = make_run(*hosts)
    return run


@given(HOSTS)
def test_a_run_is_not_worse_than_itself(make_run: Make, make_host: Make, words: Words) -> None:
    run = _made(make_run, make_host, words)
    found = _compare(run, run)
    assert found.exit_code == (Exit.PASSED if found.verdicts else Exit.UNDETERMINED)
    kinds = {change.kind for change in found.changes}
    assert kinds <= {Kind.STILL_FAILING, Kind.STILL_UNKNOWN, Kind.STILL_WAIVED}


@given(HOSTS, HOSTS)
def test_all_verdicts_of_the_later_run_are_counted_once(
    make_run: Make, make_host: Make, before: Words, after: Words
) -> None:
    later = _made(make_run, make_host, after)
    found = _compare(_made(make_run, make_host, before), later)
    number = sum(found.counts.values()) - found.counts[Kind.GONE]
    assert number == sum(len(host.verdicts) for host in later.hosts)
    listed = sum(len(change.hosts) for change in found.changes)
    assert listed == sum(found.counts.values()) - found.counts[Kind.UNCHANGED]


@given(HOSTS, HOSTS)
def test_a_diff_and_a_baseline_agree_on_what_is_new(
    make_run: Make, make_host: Make, held_against: Held, before: Words, after: Words
) -> None:
    """But for a host that was not reached before: what is unknown there is new to a baseline."""
    earlier, later = (_made(make_run, make_host, words) for words in (before, after))
    found = _compare(earlier, later)
    worse = {
        (host, change.rule)
        for change in found.changes
        if change.kind in WORSE
        or (change.kind is Kind.STILL_UNKNOWN and change.was.state == "not_reached")
        for host in change.hosts
    }
    marked, _ = held_against(later, earlier)
    new = {
        (host.host, verdict.rule)
        for host in marked.hosts
        for verdict in host.verdicts
        if verdict.baseline_state == "new" and verdict.waiver is None
    }
    assert new == worse


@given(HOSTS, HOSTS)
def test_a_baseline_excuses_nothing_that_is_new(
    make_run: Make, make_host: Make, held_against: Held, before: Words, after: Words
) -> None:
    earlier, later = (_made(make_run, make_host, words) for words in (before, after))
    marked, code = held_against(later, earlier)
    new = [
        verdict.outcome
        for host in marked.hosts
        for verdict in host.verdicts
        if verdict.baseline_state == "new" and verdict.waiver is None
    ]
    assert (code is Exit.FAILED) == ("fail" in new)
    if "unknown" in new or any(host.failure for host in marked.hosts):
        assert code is not Exit.PASSED
