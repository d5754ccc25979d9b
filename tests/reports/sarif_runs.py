"""Runs that only SARIF has something to say of: controls, an earlier run, fleets of any size.

They are made of the facts and verdicts of the other cases, which stand in the module `runs`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

import msgspec

from hklint.failure import Failure, Reason
from hklint.run import Baseline, Control, Gone, HostResult, Run, RunHeader
from hklint.tally import tally
from hklint.verdict import BaselineState, Outcome, Verdict

BEFORE = "2026-11-20T08:30:00Z"
CONTROLS = (
    (Control("nist-800-53", "SC-8(1)"), Control("cwe", "CWE-326"), Control("cci", "CCI-002418")),
    (Control("cwe", "CWE-326"), Control("cwe", "CWE-757"), Control("cis-controls", "3.10")),
    (Control("stig", "V-254344"),),
    (),
)


def controls(runs: ModuleType) -> Run:
    """The support case, whose rules serve entries of every catalogue."""
    done: Run = runs.single()
    (policy,) = done.header.policies
    rules = tuple(
        msgspec.structs.replace(rule, controls=controls)
        for rule, controls in zip(policy.rules, CONTROLS, strict=True)
    )
    policies = (msgspec.structs.replace(policy, rules=rules),)
    return Run(with_header(done, policies=policies), done.hosts, done.summary)


def earlier(runs: ModuleType) -> Run:
    """Two hosts of which much fails."""
    off, (net64, net32) = runs.CLIENT_OFF, runs.NET_UNSET
    done: Run = runs.run(
        [
            runs.host("ex01", (off, net64, net32, runs.ALL_PASS[4])),
            runs.host("ex02", (runs.ALL_PASS[0], net64, net32, runs.ALL_PASS[4])),
        ],
        1,
    )
    return Run(with_header(done, started=BEFORE), done.hosts, done.summary)


def later(runs: ModuleType) -> Run:
    """The same hosts afterwards: of each state against the earlier run there is one result."""
    off, (net64, net32) = runs.CLIENT_OFF, runs.NET_UNSET
    other = msgspec.structs.replace(net64, found="0")
    mended = runs.passed(net32.rule, net32.instance)
    first = (
        in_state(off, "unchanged"),
        in_state(other, "updated"),
        mended,
        in_state(runs.REFUSED, "new"),
    )
    second = (runs.ALL_PASS[0], in_state(net64, "unchanged"), runs.ALL_PASS[4])
    done: Run = runs.run([runs.host("ex01", first), runs.host("ex02", second)], 1)
    hosts = tuple(
        msgspec.structs.replace(host, gone=(_gone(net32),))  # on ex02 it is not even judged
        for host in done.hosts
    )
    baseline = Baseline("before.jsonl", BEFORE, 2)
    return Run(with_header(done, baseline=baseline), hosts, done.summary)


def fleet(runs: ModuleType, hosts: int, rules: int, *, every: int = 20, policies: int = 1) -> Run:
    """A fleet made anew at each pass; every so many verdicts fail, and some hosts are away."""
    infos = tuple(
        msgspec.structs.replace(runs.RULES[0], id=f"rule-{number}") for number in range(rules)
    )
    described = tuple(
        msgspec.structs.replace(runs.POLICY_INFO, id=f"policy-{number}", rules=infos)
        for number in range(policies)
    )
    small: Run = runs.single()
    header = with_header(small, policies=described, targets=hosts)
    every_host = Fleet(runs, header, hosts, every)
    total = tally(header, every_host)
    every_host.passes = 0
    summary = msgspec.structs.replace(
        small.summary,
        hosts=hosts,
        hosts_not_reached=total.not_reached,
        counts=total.counts,
    )
    return Run.counted(total, every_host, summary)


@dataclass
class Fleet:
    """Hosts, made anew at each pass; `passes` counts them."""

    runs: ModuleType
    header: RunHeader
    hosts: int
    every: int
    passes: int = 0

    def __iter__(self) -> Iterator[HostResult]:
        """The hosts; every hundredth is away, and every tenth has a rule that is not known."""
        self.passes += 1
        for number in range(self.hosts):
            yield self._host(number)

    def _host(self, number: int) -> HostResult:
        name = f"server-{number:05}.corp.example"
        if number % 100 == 99:
            failure = Failure(Reason.TIMED_OUT, "connecting", f"no answer from {name}")
            return self.runs.host(name, failure=failure)
        return self.runs.host(
            name,
            tuple(
                self._verdict(policy.id, rule.id, number, place)
                for policy in self.header.policies
                for place, rule in enumerate(policy.rules)
            ),
        )

    def _verdict(self, policy: str, rule: str, number: int, place: int) -> Verdict:
        runs = self.runs
        model = runs.ALL_PASS[0]
        if (number + place) % self.every == 0:
            model = runs.CLIENT_OFF
        elif number % 10 == 9 and place == 0:
            model = runs.DENIED
        return msgspec.structs.replace(model, policy=policy, rule=rule)


def with_header(run: Run, **changes: object) -> RunHeader:
    """The header of a run, with other fields."""
    return msgspec.structs.replace(run.header, **changes)


def in_state(verdict: Verdict, state: BaselineState) -> Verdict:
    """A verdict that stands so against an earlier run."""
    return msgspec.structs.replace(verdict, baseline_state=state)


def _gone(verdict: Verdict) -> Gone:
    assert verdict.outcome is Outcome.FAIL
    return Gone(verdict.policy, verdict.rule, verdict.instance, verdict.title, verdict.severity)
