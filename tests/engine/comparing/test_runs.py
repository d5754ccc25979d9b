"""Two runs compared: what turned, who turned it, which hosts are missing, and the exit code."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from hklint.comparing.judged_by import changed_in_words
from hklint.comparing.runs import compare_runs
from hklint.comparing.seen import LONGEST
from hklint.comparison import Cause, Comparison, Kind
from hklint.exit_code import Exit
from hklint.failure import Reason
from hklint.run import HostResult, Run
from hklint_reports.comparison.wording import cause_text, policy_text, reason

Make = Callable[..., Any]


def _compare(before: Run, after: Run, fail_on: Any = None) -> Comparison:  # noqa: ANN401 - a severity
    return compare_runs(("before.jsonl", before), ("after.jsonl", after), fail_on)


def test_what_turned_is_told_once_for_all_hosts_it_turned_on(
    make_run: Make, make_host: Make
) -> None:
    names = ("ex01", "ex02", "ex03")
    before = make_run(*(make_host(name, a="pass", b="fail") for name in names))
    after = make_run(*(make_host(name.upper(), a="fail", b="fail") for name in names))
    found = _compare(before, after)
    newly, still = found.changes
    assert (newly.kind, newly.hosts, newly.cause) == (
        Kind.NEWLY_FAILING,
        ("EX01", "EX02", "EX03"),
        Cause.HOST,
    )
    (fact,) = newly.facts
    assert fact.fact == "HKLM\\SOFTWARE\\a: Enabled [64-bit]"
    assert (fact.was, fact.now) == ("1 (REG_DWORD)", "0 (REG_DWORD)")
    assert (still.kind, still.cause, still.facts) == (Kind.STILL_FAILING, Cause.NOT_KNOWN, ())
    assert (found.exit_code, found.verdicts, found.hosts.compared) == (1, 6, 3)
    assert {kind: number for kind, number in found.counts.items() if number} == {
        Kind.NEWLY_FAILING: 3,
        Kind.STILL_FAILING: 3,
    }


def test_the_worst_comes_first(make_run: Make, make_host: Make) -> None:
    rules = {"a": "low fail", "b": "critical fail", "c": "fail", "d": "unknown", "e": "pass"}
    before = make_run(make_host("ex01", **dict.fromkeys("abcd", "pass"), e="fail"))
    found = _compare(before, make_run(make_host("ex01", **rules)))
    assert [change.rule for change in found.changes] == ["b", "c", "a", "d", "e"]


def test_hosts_that_are_not_reached_or_not_there_are_never_fixed(
    make_run: Make, make_host: Make
) -> None:
    before = make_run(
        make_host("lost", a="fail"),
        make_host("gone", a="fail", b="unknown"),
        make_host("silent", failure=Reason.TIMED_OUT),
        make_host("back", failure=Reason.TIMED_OUT),
        make_host("there", a="fail"),
    )
    after = make_run(
        make_host("lost", failure=Reason.CONNECTION_REFUSED),
        make_host("silent", failure=Reason.TIMED_OUT),
        make_host("back", a="fail", b="pass", c="unknown"),
        make_host("there", a="fail"),
        make_host("new", a="pass", b="waived fail"),
    )
    found = _compare(before, after)
    hosts = found.hosts
    assert [(one.host, one.failed, one.unknown, one.reason) for one in hosts.lost] == [
        ("lost", 1, 0, "connection-refused")
    ]
    assert [(one.host, one.failed, one.unknown, one.reason) for one in hosts.gone] == [
        ("gone", 1, 1, "")
    ]
    assert [one.host for one in (*hosts.silent, *hosts.back, *hosts.appeared)] == [
        *("silent", "back", "new")
    ]
    kinds = {(change.kind, *change.hosts): change.cause for change in found.changes}
    assert kinds == {
        (Kind.NEWLY_FAILING, "back"): Cause.NOT_REACHED_BEFORE,
        (Kind.STILL_UNKNOWN, "back"): Cause.NOT_REACHED_BEFORE,
        (Kind.NEWLY_PASSING, "back"): Cause.NOT_REACHED_BEFORE,
        (Kind.STILL_FAILING, "there"): Cause.NOT_KNOWN,
        (Kind.NEWLY_WAIVED, "new"): Cause.NEW_HOST,
        (Kind.APPEARED, "new"): Cause.NEW_HOST,
    }
    assert found.counts[Kind.FIXED] == 0
    assert found.exit_code == Exit.FAILED


HOW_IT_ENDS: dict[str, tuple[dict[str, str], dict[str, str], dict[str, Any], int]] = {
    "nothing turned": ({"a": "fail"}, {"a": "fail"}, {}, 0),
    "fixed": ({"a": "fail"}, {"a": "pass"}, {}, 0),
    "newly failing": ({"a": "pass"}, {"a": "fail"}, {}, 1),
    "newly failing, too mild": ({"a": "pass"}, {"a": "low fail"}, {"fail_on": "medium"}, 0),
    "newly unknown": ({"a": "fail"}, {"a": "unknown"}, {}, 4),
    "newly unknown, allowed": ({"a": "fail"}, {"a": "unknown"}, {"allow_unknown": True}, 0),
    "newly failing and unknown": ({"a": "pass", "b": "pass"}, {"a": "fail", "b": "unknown"}, {}, 1),
    "waiver ended": ({"a": "waived fail"}, {"a": "expired fail"}, {}, 1),
    "waiver of an unknown ended": ({"a": "waived unknown"}, {"a": "unknown"}, {}, 4),
    "newly waived": ({"a": "pass"}, {"a": "waived fail"}, {}, 0),
    "a new rule fails": ({"a": "pass"}, {"a": "pass", "b": "fail"}, {}, 1),
    "a rule is gone": ({"a": "pass", "b": "fail"}, {"a": "pass"}, {}, 0),
    "nothing in common": ({"a": "pass"}, {"b": "pass"}, {}, 4),
    "interrupted": ({"a": "pass"}, {"a": "pass"}, {"targets": 2}, 4),
}


@pytest.mark.parametrize("name", HOW_IT_ENDS)
def test_exit_code(make_run: Make, make_host: Make, name: str) -> None:
    before, after, fields, code = HOW_IT_ENDS[name]
    later = make_run(make_host("ex01", **after), **fields)
    assert _compare(make_run(make_host("ex01", **before)), later).exit_code == code


@pytest.mark.parametrize(("earlier", "code"), [("pass", 4), (None, 4), ("silent", 0)])
def test_exit_code_of_a_host_that_is_not_reached(
    make_run: Make, make_host: Make, earlier: str | None, code: int
) -> None:
    well = make_host("ex01", a="pass")
    silent = make_host("ex02", failure=Reason.TIMED_OUT)
    was = {"pass": [make_host("ex02", a="pass")], "silent": [silent]}.get(earlier or "", [])
    assert _compare(make_run(well, *was), make_run(well, silent)).exit_code == code


def test_fail_on_is_that_of_the_later_run_unless_given(make_run: Make, make_host: Make) -> None:
    before = make_run(make_host("ex01", a="pass"))
    after = make_run(make_host("ex01", a="medium fail"), fail_on="high")
    assert _compare(before, after).exit_code == 0
    assert _compare(before, after, "medium").exit_code == 1


def _policies(run: Run, **fields: Any) -> tuple[Any, ...]:  # noqa: ANN401 - fields of the policy
    return tuple(msgspec.structs.replace(item, **fields) for item in run.header.policies)


def _cause(before: Run, after: Run) -> Cause:
    (change,) = _compare(before, after).changes
    return change.cause


def test_whether_the_host_or_the_policy_turned_it(make_run: Make, make_host: Make) -> None:
    before = make_run(make_host("ex01", a="pass 1"))
    other = {"policies": _policies(before, sha256="1" * 64)}
    same_facts, other_facts = make_host("ex01", a="fail 1"), make_host("ex01", a="fail 0")
    wants = msgspec.structs.replace(
        other_facts, verdicts=(msgspec.structs.replace(other_facts.verdicts[0], wanted="2"),)
    )
    assert _cause(before, make_run(other_facts)) is Cause.HOST
    assert _cause(before, make_run(same_facts)) is Cause.HOST
    assert _cause(before, make_run(same_facts, **other)) is Cause.POLICY
    assert _cause(before, make_run(other_facts, **other)) is Cause.HOST
    assert _cause(before, make_run(wants, **other)) is Cause.BOTH
    assert _cause(before, make_run(same_facts, hklint="2.0")) is Cause.HKLINT
    assert _cause(before, make_run(same_facts, parameters={"policy.x": "1"})) is Cause.POLICY
    waived = make_run(make_host("ex01", a="waived fail 1"))
    assert _cause(waived, make_run(same_facts, **other)) is Cause.WAIVER


def test_a_changed_model_is_a_reason_and_a_new_one_is_none(make_run: Make, make_host: Make) -> None:
    one, other = make_host("ex01", a="pass 1"), make_host("ex01", a="fail 1")
    before = make_run(one, documents={"here/m.yaml": "x", "policy.yaml": "p"})
    changed = make_run(other, documents={"there/m.yaml": "y", "policy.yaml": "p"})
    assert _compare(before, changed).models == ("there/m.yaml",)
    assert _cause(before, changed) is Cause.POLICY
    more = make_run(other, documents={"there/m.yaml": "x", "there/n.yaml": "", "policy.yaml": "q"})
    assert _compare(before, more).models == ()


def test_how_policies_and_parameters_differ(make_run: Make, make_host: Make) -> None:
    before = make_run(
        make_host("ex01", a="pass"), parameters={"policy.x": "1", "policy.y": "1", "other.z": "1"}
    )
    (policy,) = before.header.policies
    rules = (
        msgspec.structs.replace(policy.rules[1], severity="low"),
        policy.rules[2],
        msgspec.structs.replace(policy.rules[0], id="d"),
    )
    after = make_run(
        make_host("ex01", a="pass"),
        policies=(
            msgspec.structs.replace(policy, version="2.0.0", sha256="1" * 64, rules=rules),
            msgspec.structs.replace(policy, id="new"),
        ),
        parameters={"policy.x": "2", "policy.y": "1", "new.z": "1"},
    )
    changed, new = _compare(before, after).policies
    assert (changed.was, changed.now, changed.added, changed.removed) == (
        *("1.0.0", "2.0.0"),
        *(("d",), ("a",)),
    )
    assert [(item.rule, item.was, item.now) for item in changed.severities] == [
        ("b", "high", "low")
    ]
    assert (new.policy, new.was, new.now) == ("new", "", "1.0.0")
    assert changed.document
    assert new.document
    (parameter,) = _compare(before, after).parameters
    assert (parameter.name, parameter.was, parameter.now) == ("policy.x", "1", "2")


def test_rules_that_a_profile_chooses_make_no_other_document(
    make_run: Make, make_host: Make
) -> None:
    before = make_run(make_host("ex01", a="pass"))
    (policy,) = before.header.policies
    fewer = msgspec.structs.replace(policy, rules=policy.rules[:1])
    after = make_run(make_host("ex01", a="fail"), policies=(fewer,))
    comparison = _compare(before, after)
    (changed,) = comparison.policies
    assert (changed.document, changed.removed) == (False, ("b", "c"))
    (change,) = comparison.changes
    assert cause_text(change, comparison).startswith("the host: ")
    assert policy_text(changed) == "1.0.0; removed b, c"
    (note,) = changed_in_words(before.header, after.header)
    assert note == "the baseline has other rules or severities of policy policy"


def test_long_texts_are_kept_short_and_still_told_apart(make_run: Make, make_host: Make) -> None:
    def with_found(text: str) -> HostResult:
        host: HostResult = make_host("ex01", a="fail")
        verdict = msgspec.structs.replace(host.verdicts[0], found=text)
        return msgspec.structs.replace(host, verdicts=(verdict,))

    before, after = make_run(with_found("A" * 10**6)), make_run(with_found("A" * 10**6 + "\ud800"))
    (change,) = _compare(before, after).changes
    assert change.was != change.now
    assert len(change.now.found) < LONGEST + 60


def test_the_first_line_is_never_only_what_is_well(make_run: Make, make_host: Make) -> None:
    """None of this is worse, and none of it is well."""
    silent = make_host("ex02", failure=Reason.TIMED_OUT)
    before = make_run(
        make_host("ex01", a="fail", a__x="fail", a__y="waived fail", b="unknown", c="pass"), silent
    )
    after = make_run(make_host("ex01", a__x="not_applicable", b="unknown", c="waived fail"), silent)
    found = _compare(before, after)
    assert found.exit_code is Exit.PASSED
    assert reason(found) == (
        "nothing newly fails, 1 still can't be judged, 1 host is still not reached, "
        "1 is newly waived, 2 that failed are not judged any more"
    )
