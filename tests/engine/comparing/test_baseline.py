"""Against a baseline only what is new counts, and what is not known there is new."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hklint.comparing.baseline import compare, learn
from hklint.exit_code import Exit
from hklint.failure import Reason
from hklint.run import HostResult, Run

Make = Callable[..., Any]
Held = Callable[..., tuple[Run, Exit]]

STATES = {
    # before, now: what the verdict is then, and the exit code beside a rule that passes
    ("fail", "fail"): ("unchanged", 0),
    ("fail", "fail 7"): ("updated", 0),
    ("low fail", "fail"): ("unchanged", 0),
    ("expired fail", "fail"): ("unchanged", 0),
    ("unknown", "unknown"): ("unchanged", 0),
    ("waived fail", "waived fail"): ("unchanged", 0),
    ("fail", "waived fail"): ("unchanged", 0),
    ("pass", "fail"): ("new", 1),
    ("unknown", "fail"): ("new", 1),
    ("not_applicable", "fail"): ("new", 1),
    ("waived fail", "fail"): ("new", 1),
    ("waived unknown", "unknown"): ("new", 4),
    ("fail", "unknown"): ("new", 4),
    ("pass", "unknown"): ("new", 4),
    ("pass", "waived fail"): ("new", 0),
    ("fail", "pass"): ("", 0),
    ("unknown", "pass"): ("", 0),
    ("fail", "not_applicable"): ("", 0),
}


@pytest.mark.parametrize(("pair", "expected"), STATES.items(), ids=str)
def test_state(
    make_run: Make,
    make_host: Make,
    held_against: Held,
    pair: tuple[str, str],
    expected: tuple[str, int],
) -> None:
    before, now = (make_run(make_host("ex01", a=said, b="pass")) for said in pair)
    marked, code = held_against(now, before)
    (host,) = marked.hosts
    assert ([item.baseline_state for item in host.verdicts], code) == (
        [expected[0], ""],
        expected[1],
    )


def test_what_the_baseline_does_not_have_is_new(
    make_run: Make, make_host: Make, held_against: Held
) -> None:
    before = make_run(
        make_host("ex01", a__x="fail"),
        make_host("ex02", failure=Reason.TIMED_OUT),
    )
    now = make_run(
        make_host("ex01", a__x="fail", a__y="fail", b="fail"),
        make_host("ex02", a="fail"),
        make_host("ex03", a__x="fail"),
    )
    marked, code = held_against(now, before)
    states = [[item.baseline_state for item in host.verdicts] for host in marked.hosts]
    assert (states, code) == ([["unchanged", "new", "new"], ["new"], ["new"]], 1)


def test_a_rule_of_another_policy_is_another_rule(
    make_run: Make, make_host: Make, held_against: Held
) -> None:
    before = make_run(make_host("ex01", a="fail"))
    host = make_host("ex01", a="fail")
    other = msgspec.structs.replace(host.verdicts[0], policy="other")
    now = make_run(msgspec.structs.replace(host, verdicts=(other,)))
    assert held_against(now, before)[1] is Exit.FAILED


def test_a_host_that_is_not_reached_counts_whatever_it_had(
    make_run: Make, make_host: Make, held_against: Held
) -> None:
    silent = make_host("ex01", failure=Reason.TIMED_OUT)
    well = make_host("ex02", a="pass")
    for before in (make_run(silent, well), make_run(make_host("ex01", a="fail"), well)):
        marked, code = held_against(make_run(silent, well), before)
        assert code is Exit.UNDETERMINED
        assert next(iter(marked.hosts)) == silent


@pytest.mark.parametrize("command", ["check", "gate"])
def test_known_failures_are_judged_and_known_unknowns_are_not(
    make_run: Make, make_host: Make, held_against: Held, command: str
) -> None:
    failed = make_run(make_host("ex01", a="fail"), command=command)
    assert held_against(failed, failed)[1] is Exit.PASSED
    unknown = make_run(make_host("ex01", a="unknown"), command=command)
    assert held_against(unknown, unknown)[1] is Exit.UNDETERMINED


def test_an_expired_waiver_counts_as_ever(
    make_run: Make, make_host: Make, held_against: Held
) -> None:
    run = make_run(make_host("ex01", a="expired fail", b="pass"))
    strict = make_run(make_host("ex01", a="expired fail", b="pass"), expired_waivers="fail")
    assert held_against(run, run)[1] is Exit.PASSED
    assert held_against(strict, run)[1] is Exit.FAILED


def test_a_run_that_is_compared_later_keeps_counting(
    make_run: Make, make_host: Make, held_against: Held
) -> None:
    run = make_run(make_host("ex01", a="fail"))
    marked, code = held_against(run, run, decides=False)
    assert [item.baseline_state for host in marked.hosts for item in host.verdicts] == ["unchanged"]
    assert code is Exit.FAILED


def test_marks_without_a_baseline_in_the_header_mean_nothing(
    make_run: Make, make_host: Make
) -> None:
    """A verdict of a file that somebody has edited."""
    host: HostResult = make_host("ex01", a="fail")
    forged = msgspec.structs.replace(host.verdicts[0], baseline_state="unchanged")
    run = make_run(msgspec.structs.replace(host, verdicts=(forged,)))
    assert run.summary.exit_code == Exit.FAILED


GONE = {
    "pass": True,
    "not_applicable": True,
    "fail": False,
    "waived fail": False,
    "unknown": False,
}


@pytest.mark.parametrize(("now", "gone"), GONE.items())
def test_gone(make_run: Make, make_host: Make, now: str, gone: bool) -> None:  # noqa: FBT001 - data
    before = make_run(make_host("ex01", a="fail", b="unknown", c="pass"))
    later = make_run(make_host("ex01", a=now, b="pass", c="pass"))
    (host,) = later.hosts
    marked = compare(host, learn(before, later.header))
    assert [(item.rule, item.now) for item in marked.gone] == ([("a", now)] if gone else [])


def test_gone_is_also_what_is_not_judged_any_more_but_for_other_policies(
    make_run: Make, make_host: Make
) -> None:
    before = make_run(make_host("ex01", a="fail", b="waived fail", c="fail"))
    known = learn(before, make_run(make_host("ex01")).header)
    (gone, waived) = compare(make_host("ex01", c="fail"), known).gone
    assert (gone.rule, gone.title, gone.severity, waived.rule) == ("a", "a is on", "high", "b")
    assert (gone.now, waived.now) == ("absent", "absent")
    other = msgspec.structs.replace(before.header, policies=())
    assert compare(make_host("ex01", c="fail"), learn(before, other)).gone == ()
