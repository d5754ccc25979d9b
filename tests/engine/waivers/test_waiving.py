"""What waivers make of verdicts: the cases of `waiving.yaml`, and what holds for all of them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hklint.documents.document import read_document
from hklint.failure import Failure, Reason
from hklint.judging.waivers import scopes, state, statuses, waive
from hklint.run import RUN_VERSION, HostResult, RunHeader
from hklint.span import Span
from hklint.tally import tally
from hklint.verdict import Outcome, Verdict
from hklint.waiver import Waiver, WaiverState, WaiverStatus, WaiverUse, read_moment

CASES: dict[str, Any] = read_document(Path(__file__).parent / "waiving.yaml").root
HEADER = RunHeader(
    version=RUN_VERSION,
    hklint="0",
    started="2026-06-01T00:00:00Z",
    command="check",
    arguments=(),
    fail_on="info",
    allow_unknown=False,
    policies=(),
    parameters={},
    documents={},
    collector_sha256="",
    targets=1,
)
KEYS = {
    *("waivers", "waived", "expired", "uses"),
    *("rule", "outcome", "host", "target", "snapshot_of", "moment"),
}
MOMENT = "2026-06-01T00:00:00Z"
PAST = datetime(1970, 1, 1, tzinfo=UTC)
ALWAYS = Waiver(
    id="w",
    policy="",
    rule="rule",
    hosts=("*",),
    reason="why",
    owner="owner",
    approver="approver",
    ticket="T-1",
    valid_from=PAST,
    until=PAST,
    unknown=False,
    span=Span("waivers.yaml", 1, 1, 2),
)


def _host(case: Mapping[str, Any], *verdicts: Verdict) -> HostResult:
    host = case.get("host", "ex01")
    asked = case.get("snapshot_of")
    snapshot = None if asked is None else {"source": {"target": asked}}
    target = case.get("target", host)
    return HostResult(host, target, "", MOMENT, 1.0, None, snapshot, (), verdicts)


@pytest.mark.parametrize("name", CASES)
def test_case(name: str, waiver: Callable[..., Waiver], verdict: Callable[..., Verdict]) -> None:
    case = CASES[name]
    assert set(case) <= KEYS
    given_waivers = [
        waiver(one["id"], **{key: _field(value) for key, value in one.items() if key != "id"})
        for one in case["waivers"]
    ]
    before = verdict(case.get("rule", "rule"), case.get("outcome", "fail"))
    moment = read_moment(case.get("moment", MOMENT))
    found = waive(_host(case, before), scopes(given_waivers), moment)
    (after,) = found.verdicts
    marks = [mark.id if mark else None for mark in (after.waiver, after.expired_waiver)]
    assert marks == [case.get("waived"), case.get("expired")]
    assert after.outcome is before.outcome, "a waiver is a mark and changes no outcome"
    uses = {use.id: [use.matched, use.needed, use.unwaived] for use in found.waivers}
    assert uses == case.get("uses", {})


def _field(value: Any) -> Any:  # noqa: ANN401 - a value of a case
    return tuple(value) if isinstance(value, list) else value


def test_uses_are_counted_over_all_verdicts_of_a_host(
    waiver: Callable[..., Waiver], verdict: Callable[..., Verdict]
) -> None:
    verdicts = [verdict(f"rule[n={n}]", outcome) for n, outcome in enumerate(Outcome)]
    found = waive(_host({}, *verdicts), scopes([waiver()]), read_moment(MOMENT))
    assert found.waivers == (WaiverUse("w", 4, 1, 0),)


def test_a_host_that_gave_no_answer_is_remembered(waiver: Callable[..., Waiver]) -> None:
    failure = Failure(Reason.TIMED_OUT, "connecting", "")
    host = HostResult("EX01", "psrp://ex01", "", MOMENT, 1.0, failure, None, (), ())
    found = waive(host, scopes([waiver(), waiver("x", hosts=("ex02",))]), read_moment(MOMENT))
    assert found.waivers == (WaiverUse("w", 0, 0, 0),)


def test_a_run_knows_of_a_waiver_only_what_its_hosts_have_said(
    waiver: Callable[..., Waiver], verdict: Callable[..., Verdict]
) -> None:
    """Of four hosts one passed, one gave no answer, and two left no line at all."""
    header = msgspec.structs.replace(HEADER, waivers=(waiver(hosts=("*",)),), targets=4)
    hosts = [
        _host({}, verdict(outcome="pass")),
        msgspec.structs.replace(_host({}), failure=Failure(Reason.TIMED_OUT, "connecting", "")),
    ]
    known = scopes(header.waivers)
    results = [waive(host, known, read_moment(MOMENT)) for host in hosts]
    (status,) = statuses(tally(header, results))
    assert status == WaiverStatus("w", WaiverState.ACTIVE, 1, 0, 0, 3)
    assert not status.unused
    (alone,) = statuses(tally(msgspec.structs.replace(header, targets=1), results[:1]))
    assert alone.unused


def test_a_host_without_waivers_is_as_it_was(verdict: Callable[..., Verdict]) -> None:
    host = _host({}, verdict())
    assert waive(host, (), read_moment(MOMENT)) is host


# -- times -----------------------------------------------------------------------------------------

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.integers(0, 100_000).map(lambda seconds: PAST + timedelta(seconds=seconds))


@given(moments, moments, moments, zones, zones, zones)
def test_zones_only_spell_a_moment(
    begin: datetime, end: datetime, moment: datetime, one: timezone, two: timezone, three: timezone
) -> None:
    """A waiver is in force from its beginning up to its end, and not at it, in whatever zone."""
    spelled = [time.astimezone(zone).isoformat() for time, zone in ((begin, one), (end, two))]
    said = _period(*map(read_moment, spelled))
    found = state(said, moment.astimezone(three), 0)
    assert (found is WaiverState.EXPIRED) == (moment >= end)
    assert (found is WaiverState.ACTIVE) == (begin <= moment < end)
    assert (found is WaiverState.NOT_YET_VALID) == (moment < begin and moment < end)


@given(st.integers(0, 100), st.integers(0, 100 * 86_400))
@example(30, 30 * 86_400 - 1)
@example(30, 30 * 86_400)
def test_a_waiver_expires_soon_when_no_more_than_these_days_are_left(
    warn_days: int, seconds_left: int
) -> None:
    moment = PAST + timedelta(days=200)
    said = _period(PAST, moment + timedelta(seconds=seconds_left + 1))
    soon = seconds_left + 1 <= warn_days * 86_400
    assert state(said, moment, warn_days) is (WaiverState.EXPIRING if soon else WaiverState.ACTIVE)


def _period(begin: datetime, end: datetime) -> Waiver:
    return msgspec.structs.replace(ALWAYS, valid_from=begin, until=end)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01t00:00:00z", 0),
        ("1970-01-01T00:00Z", 0),
        ("1970-01-01T02:00+02:00", 0),
        ("1969-12-31T19:30:00-04:30", 0),
        ("1970-01-01T00:00:00", 0),
    ],
)
def test_a_moment_is_read(text: str, seconds: int) -> None:
    found = read_moment(text)
    assert (found - PAST).total_seconds() == seconds
    assert found.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-29T00:00:00Z",
        "2027-04-31T00:00:00Z",
        "2027-13-01T00:00:00Z",
        "2027-01-01T25:00:00Z",
        "2027-01-01T00:60:00Z",
        "2027-01-01T00:00:60Z",
        "2027-01-01T00:00:00+24:00",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"range|isoformat|offset|year|must be"):
        read_moment(text)
