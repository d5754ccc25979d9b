"""`--since`: what a change did, and what is set but not in effect before the host restarts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from hklint.audit import header, host_result, summary
from hklint.clock import utc
from hklint.comparing.restarted import restarted
from hklint.comparing.since import Story
from hklint.fact import Absent, Observation, Present, RegistryKey, Unreadable
from hklint.facts import to_request
from hklint.failure import Failure, Reason
from hklint.fleet import Gathered
from hklint.fold import fold
from hklint.judging.plan import facts_needed
from hklint.linking.library import Library, load
from hklint.policy_tests.answer import snapshot_of
from hklint.policy_tests.stated import Stated
from hklint.run import HostResult, Run, Since
from hklint.tally import tally
from hklint.verdict import Outcome, Severity, Verdict
from hklint_reports.since import host_line, since_line
from hklint_reports.wording import exit_reason, gate_reason

POLICY = """\
kind: policy
id: example
title: Example
version: 1.0.0
rules:
  - id: exact
    title: Enabled is 1
    severity: high
    why: It must be.
    expect: {registry: 'HKLM\\SOFTWARE\\Example', value: Enabled, type: REG_DWORD, equals: 1,
             absent: fail, restart: computer}
  - id: wide
    title: Width is 1 or 2
    severity: high
    why: It must be.
    expect: {registry: 'HKLM\\SOFTWARE\\Example', value: Width, type: REG_DWORD, one_of: [1, 2],
             absent: pass, restart: computer}
  - id: service
    title: Service is 1
    severity: high
    why: It must be.
    expect: {registry: 'HKLM\\SOFTWARE\\Example', value: Service, type: REG_DWORD, equals: 1,
             absent: fail, restart: service}
"""
BOOTED, BEFORE, REBOOTED, NOW = (f"2026-06-0{day}T10:00:00.1234567Z" for day in (1, 2, 3, 4))
DENIED = Unreadable("access-denied", "denied")
RULES = {"exact": "enabled", "wide": "width", "service": "service"}


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    path = tmp_path_factory.mktemp("since") / "example.yaml"
    Path(path).write_text(POLICY, "utf-8")
    return load([str(path)], {})


class Host(NamedTuple):
    """A host with one value set; the two others are as their rules want them.

    `boot` and `clock` are what it says of its time; a word that is no time, "" for unreadable.
    """

    value: Observation
    boot: str = BOOTED
    clock: str = BEFORE


Made = Callable[..., HostResult]


@pytest.fixture
def make(library: Library) -> Made:
    """The result of a host named ex01 on which one rule's value is as given."""

    def judged(rule: str, host: Host) -> HostResult:
        values: dict[str, Observation] = {"enabled": ON, "width": ABSENT, "service": ON}
        values[RULES[rule]] = host.value
        times = {"last_boot": host.boot, "clock": host.clock}
        stated = Stated(
            fields={
                name: Present("text", text) if text else DENIED for name, text in times.items()
            },
            keys={RegistryKey("HKLM", fold("SOFTWARE\\Example")): values},
        )
        policies = list(library.policies.values())
        snapshot = snapshot_of("ex01", stated, to_request(facts_needed(policies)))
        return host_result(Gathered(0, "ex01", "psrp://ex01", BEFORE, 0.1, snapshot), policies)

    return judged


Compared = Callable[..., Run]


@pytest.fixture
def compared(library: Library) -> Compared:
    """A gate over one host, told since a run of others."""

    def tell(
        now: HostResult, *before: HostResult, fail_on: Severity = "medium", unknown: bool = False
    ) -> Run:
        top = header(library, "gate", (), targets=1, fail_on=fail_on, allow_unknown=unknown)
        earlier = _run(top, before)
        story = Story(earlier, library.policies.values())
        about = Since("before.jsonl", "2026-06-02T10:00:00Z", len(before))
        return _run(msgspec.structs.replace(top, since=about), (story.told(now),))

    return tell


def _run(top: Any, hosts: tuple[HostResult, ...]) -> Run:  # noqa: ANN401 - a header
    total = tally(top, hosts)
    return Run.counted(total, hosts, summary(total))


def _verdict(run: Run, rule: str) -> Verdict:
    (host,) = run.hosts
    return next(verdict for verdict in host.verdicts if verdict.rule == rule)


def _dword(number: int) -> Present:
    return Present("REG_DWORD", number)


ABSENT, ON, OFF = Absent("value"), _dword(1), _dword(0)
AFTER = {"clock": NOW}
CASES: dict[str, tuple[str, Host, Host, str, str, int]] = {
    # rule, before, now: effect, since, exit code
    "set, not restarted": ("exact", Host(OFF), Host(ON, **AFTER), "pending", "pending", 4),
    "made, not restarted": ("exact", Host(ABSENT), Host(ON, **AFTER), "pending", "pending", 4),
    "set and restarted": ("exact", Host(OFF), Host(ON, REBOOTED, NOW), "", "fixed", 0),
    "as it was": ("exact", Host(ON), Host(ON, **AFTER), "", "", 0),
    "still wrong": ("exact", Host(OFF), Host(OFF, **AFTER), "", "unchanged", 1),
    "wrong in another way": ("exact", Host(OFF), Host(_dword(7), **AFTER), "", "unchanged", 1),
    "broken": ("exact", Host(ON), Host(OFF, **AFTER), "", "worse", 1),
    "not read any more": ("exact", Host(OFF), Host(DENIED, **AFTER), "", "worse", 4),
    "never read": ("exact", Host(DENIED), Host(DENIED, **AFTER), "", "unchanged", 4),
    "read at last, and right": ("exact", Host(DENIED), Host(ON, **AFTER), "", "fixed", 0),
    "read at last, and wrong": ("exact", Host(DENIED), Host(OFF, **AFTER), "", "worse", 1),
    "another value that passes": ("wide", Host(_dword(2)), Host(ON, **AFTER), "", "", 0),
    "removed, not restarted": ("wide", Host(OFF), Host(ABSENT, **AFTER), "pending", "pending", 4),
    "only a service": ("service", Host(OFF), Host(ON, **AFTER), "", "fixed", 0),
    "start not known": ("exact", Host(OFF), Host(ON, "", NOW), "unknown", "pending", 4),
    "start is no time": ("exact", Host(OFF), Host(ON, "soon", NOW), "unknown", "pending", 4),
    "time not known": ("exact", Host(OFF), Host(ON, BOOTED, ""), "unknown", "pending", 4),
    "time not known then": (
        *("exact", Host(OFF, BOOTED, ""), Host(ON, REBOOTED, NOW), "unknown", "pending", 4),
    ),
    "clock set back": ("exact", Host(OFF), Host(ON, BOOTED, BOOTED), "unknown", "pending", 4),
    "started in the future": (
        *("exact", Host(OFF), Host(ON, "2027-01-01T00:00:00Z", NOW), "unknown", "pending", 4),
    ),
    "start not known, nothing changed": ("exact", Host(ON), Host(ON, "", NOW), "", "", 0),
}


@pytest.mark.parametrize("name", CASES)
def test_what_became_of_a_rule(make: Made, compared: Compared, name: str) -> None:
    rule, before, now, effect, since, code = CASES[name]
    run = compared(make(rule, now), make(rule, before))
    verdict = _verdict(run, rule)
    assert (verdict.effect, verdict.since, run.summary.exit_code) == (effect, since, code)
    said = " ".join((*verdict.explanation.means, *verdict.explanation.then))
    assert ("Set, but" in said) == bool(effect)
    (host,) = run.hosts
    others = [item for item in host.verdicts if item.rule != rule]
    assert {(item.outcome, item.effect, item.since) for item in others} == {(Outcome.PASS, "", "")}


def test_the_explanation_names_the_value_and_both_times(make: Made, compared: Compared) -> None:
    run = compared(make("exact", Host(ON, **AFTER)), make("exact", Host(OFF)))
    said = _verdict(run, "exact").explanation
    changed = (
        "Set, but takes effect after a restart. The values were changed after 2026-06-02T10:00:00Z,"
        " and the host has not restarted since: it last started at 2026-06-01T10:00:00Z."
    )
    assert said.means == (
        changed,
        "    HKLM\\SOFTWARE\\Example: Enabled [64-bit]: was 0 (REG_DWORD)",
    )
    assert said.then == ("Restart the computer, then check again.",)


def test_what_waited_for_a_restart_waits_until_there_is_one(make: Made, compared: Compared) -> None:
    """The run in between has the right values already: by them alone nothing would have changed."""
    right = make("exact", Host(ON, **AFTER))
    (between,) = compared(right, make("exact", Host(OFF))).hosts
    later = "2026-06-05T10:00:00Z"
    waiting = compared(make("exact", Host(ON, BOOTED, later)), between)
    assert _verdict(waiting, "exact").effect == "pending"
    assert waiting.summary.exit_code == 4
    nobody_knows = compared(make("exact", Host(ON, "", later)), between)
    assert _verdict(nobody_knows, "exact").effect == "unknown"
    (doubtful,) = nobody_knows.hosts
    still = compared(make("exact", Host(ON, BOOTED, "2026-06-06T10:00:00Z")), doubtful)
    assert _verdict(still, "exact").effect == "unknown"
    done = compared(make("exact", Host(ON, "2026-06-04T11:00:00Z", later)), between)
    verdict = _verdict(done, "exact")
    assert (verdict.effect, verdict.since, done.summary.exit_code) == ("", "fixed", 0)


def test_the_gate_says_so_in_its_own_words(make: Made, compared: Compared) -> None:
    pending = compared(make("exact", Host(ON, **AFTER)), make("exact", Host(OFF)))
    said = "1 verdict passed, but only by values that take effect after a restart"
    assert gate_reason(pending).startswith(f"{said}, by facts recorded ")
    assert exit_reason(pending) == "a rule passes by values that take effect after a restart"
    assert since_line(pending) == (
        "Since before.jsonl of 2026-06-02T10:00:00Z: 1 fixed, which takes effect after a restart; "
        "0 unchanged; 0 worse"
    )
    unknown = compared(make("exact", Host(ON, "", NOW)), make("exact", Host(OFF)))
    said = "1 verdict passed, but whether the values are in effect is not known"
    assert gate_reason(unknown).startswith(f"{said}, by facts recorded ")


@pytest.mark.parametrize(
    ("boot", "options", "code"),
    [
        (BOOTED, {"fail_on": "critical"}, 4),  # no rule is critical, so nothing counts
        (BOOTED, {"unknown": True}, 4),
        ("", {"unknown": True}, 0),
    ],
)
def test_what_lets_the_gate_open(
    make: Made, compared: Compared, boot: str, options: dict[str, Any], code: int
) -> None:
    now, before = make("exact", Host(ON, boot, NOW)), make("exact", Host(OFF))
    run = compared(now, before, **options)
    assert run.summary.exit_code == code
    assert run.tally.held.total() == (code == 4 and "unknown" in options)
    if code == 0:
        assert "not known (this does not count)" in gate_reason(run)


def test_a_host_that_the_earlier_run_has_not_says_so(make: Made, compared: Compared) -> None:
    now = make("exact", Host(OFF, **AFTER))
    absent = compared(now)
    silent = msgspec.structs.replace(
        now, failure=Failure(Reason.TIMED_OUT, "connecting", ""), snapshot=None, verdicts=()
    )
    for run, state, words in (
        (absent, "absent", "not in that run"),
        (compared(now, silent), "not_reached", "gave no answer then"),
    ):
        (host,) = run.hosts
        assert (host.since, _verdict(run, "exact").since) == (state, "new")
        line = (
            f"0 fixed; 0 unchanged; 0 worse; 1 failed or unknown that were not judged then; {words}"
        )
        assert host_line(run.header, host) == line
    assert since_line(absent).endswith("; 1 host is not in that run")
    (gone,) = compared(silent, now).hosts
    assert gone == silent


def test_only_the_hosts_own_clock_tells_of_a_restart(make: Made) -> None:
    """The computer that asked may have another time: its own is in no way looked at."""
    result = make("exact", Host(ON, BOOTED, NOW))
    document = {**(result.snapshot or {}), "taken_at": "2030-01-01T00:00:00Z"}
    other = msgspec.structs.replace(result, snapshot=document, started="2030-01-01T00:00:00Z")
    assert restarted(other, None).since is None
    assert restarted(other, utc(BEFORE)).since is False
    assert restarted(other, utc("2026-05-31T00:00:00Z")).since is True
