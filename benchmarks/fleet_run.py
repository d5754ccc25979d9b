"""A run of any size that is nowhere kept: each pass over its hosts makes them anew."""

from collections.abc import Iterator

from hklint.fact import Absent, Observation, Present, RegistryValue, Unreadable
from hklint.failure import Failure, Reason
from hklint.run import (
    RUN_VERSION,
    HostResult,
    PolicyInfo,
    Reference,
    RuleInfo,
    Run,
    RunHeader,
    Summary,
)
from hklint.span import Span
from hklint.tally import tally
from hklint.verdict import SEVERITIES, Change, Evidence, Explanation, Outcome, Verdict

POLICY = "baseline"
PATH = "policies/baseline.yaml"
KINDS = 100
"""Hosts that differ; of their verdicts 5 % failed and 1 % are unknown."""
NOT_REACHED = 500
"""One host of so many gives no answer."""
_STARTED = "2026-11-23T10:00:00Z"


class Hosts:
    """So many hosts by so many rules."""

    def __init__(self, hosts: int, rules: tuple[RuleInfo, ...]) -> None:
        self._hosts = hosts
        self._kinds = [
            tuple(_verdict(rule, number, kind) for number, rule in enumerate(rules))
            for kind in range(KINDS)
        ]

    def __iter__(self) -> Iterator[HostResult]:
        """One pass."""
        for number in range(self._hosts):
            yield self._host(number)

    def _host(self, number: int) -> HostResult:
        name = f"ex{number:05d}.corp.example"
        lost = number % NOT_REACHED == NOT_REACHED - 1
        failure = Failure(Reason.TIMED_OUT, "connecting", "no answer from port 5985")
        return HostResult(
            host=name,
            target=f"psrp://{name}",
            windows="" if lost else "Windows Server 2016, build 14393",
            started=_STARTED,
            seconds=1.25,
            failure=failure if lost else None,
            snapshot=None if lost else {"version": 1, "host": name},
            diagnoses=(),
            verdicts=() if lost else self._kinds[number % KINDS],
        )


def generated_run(hosts: int, rules: int) -> Run:
    """A run of so many hosts by so many rules."""
    infos = tuple(map(_rule, range(rules)))
    header = RunHeader(
        version=RUN_VERSION,
        hklint="0.1.0",
        started=_STARTED,
        command="check",
        arguments=("check", "--targets", "hosts.txt", "--policy", POLICY),
        fail_on="info",
        allow_unknown=False,
        policies=(PolicyInfo(POLICY, "The baseline of the fleet", "1.0.0", PATH, "0" * 64, infos),),
        parameters={},
        documents={PATH: "".join(f"- id: value-{number}\n" for number in range(rules))},
        collector_sha256="0" * 64,
        targets=hosts,
    )
    made = Hosts(hosts, infos)
    total = tally(header, made)
    summary = Summary(
        ended="2026-11-23T10:20:00Z",
        hosts=total.hosts,
        hosts_not_reached=total.not_reached,
        counts=total.counts,
        interrupted=False,
        exit_code=1,
    )
    return Run.counted(total, made, summary)


def _rule(number: int) -> RuleInfo:
    return RuleInfo(
        id=f"value-{number}",
        title=f"Value{number} of the baseline is set as the vendor recommends",
        severity=SEVERITIES[number % len(SEVERITIES)],
        why=f"A program would do without what value {number} switches on, and nobody would notice.",
        remedy="Merge the .reg file, then restart the computer.",
        references=(Reference("Registry settings", f"https://learn.microsoft.com/x/{number}"),),
        tags=("baseline",),
        span=Span(PATH, number + 1, 7, 16),
    )


def _verdict(rule: RuleInfo, number: int, kind: int) -> Verdict:
    chance = (number * 37 + kind * 61) % 100
    fact = RegistryValue("HKLM", rf"SOFTWARE\Contoso\Baseline\Part{number // 10}", f"Value{number}")
    seen: Observation = Present("REG_DWORD", 1)
    outcome, shown, found = Outcome.PASS, "1 (REG_DWORD)", "1"
    if chance < 3:  # noqa: PLR2004 - percent
        seen, outcome, shown, found = Absent("value"), Outcome.FAIL, "not set", "not set"
    elif chance < 5:  # noqa: PLR2004 - percent
        seen, outcome, shown, found = Present("REG_DWORD", 0), Outcome.FAIL, "0 (REG_DWORD)", "0"
    elif chance == 5:  # noqa: PLR2004 - percent
        seen = Unreadable("access-denied", "access denied")
        outcome, shown, found = Outcome.UNKNOWN, "not readable: access denied", ""
    place = rf"HKLM\{fact.key} [64-bit]"
    failed = outcome is Outcome.FAIL
    return Verdict(
        policy=POLICY,
        rule=rule.id,
        instance="",
        title=rule.title,
        severity=rule.severity,
        outcome=outcome,
        wanted="1",
        found=found,
        reason="access denied" if outcome is Outcome.UNKNOWN else "",
        span=rule.span,
        evidence=(Evidence(fact, seen, shown),),
        rows=(),
        changes=(Change(fact, "REG_DWORD", 1, "computer"),) if failed else (),
        explanation=Explanation(
            read=(place, f"    Value{number} = {shown}"),
            means=(f"Value{number} is not as it should be: the program keeps its old default.",)
            if failed
            else (),
            missing=(f"Value{number} would decide.",) if outcome is Outcome.UNKNOWN else (),
            matters=rule.why if failed else "",
            fix=(place, f"    Value{number} = 1 (REG_DWORD)") if failed else (),
            then=("Restart the computer: until then nothing changes.",) if failed else (),
        ),
    )
