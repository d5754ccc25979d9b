"""Runs that reports for people tell in short: many hosts, many rules, and an earlier run."""

from collections.abc import Iterator
from types import ModuleType

import msgspec

from hklint.run import Baseline, Gone, HostResult, Run
from hklint.verdict import BaselineState, Verdict

LONG_NAME = "mailbox-server-with-a-long-name-{}.europe.corp.example"


def mixed(runs: ModuleType, hosts: int) -> Run:
    """Of ten hosts three are ill alike, one by a value of its own, one unread, one not reached."""
    found: Run = runs.run([_host(runs, number) for number in range(hosts)], 1)
    return found


def _host(runs: ModuleType, number: int) -> HostResult:
    name = f"ex{number:02}.corp.example" if number % 7 else LONG_NAME.format(number)
    own = msgspec.structs.replace(runs.NET_UNSET[0], found=str(number))
    failure = runs.Failure(runs.Reason.TIMED_OUT, "connecting", f"no answer from {name}:5985")
    kinds: dict[int, HostResult] = {
        3: runs.host(name, (runs.DENIED, *runs.ALL_PASS[1:])),
        4: runs.host(name, failure=failure),
        5: runs.host(name, (own, *runs.ALL_PASS[1:])),
    }
    ill = runs.host(name, runs.SICK, (runs.BLOCKED,))
    well = runs.host(name, runs.ALL_PASS, (runs.WORKS,))
    return kinds.get(number % 10, ill if number % 10 < 3 else well)


def many_rules(runs: ModuleType, rules: int, hosts: int = 4, text: str = "") -> Run:
    """So many rules that fail on every host, the mildest first; each host has words of its own."""
    severities = ("info", "low", "medium", "high", "critical")
    infos = tuple(
        msgspec.structs.replace(
            runs.RULES[0],
            id=f"rule-{number}",
            title=f"Rule {number} holds {text}",
            severity=severities[number * len(severities) // rules],
        )
        for number in range(rules)
    )

    def verdicts(host: int) -> Iterator[Verdict]:
        for info in infos:
            yield msgspec.structs.replace(
                runs.CLIENT_OFF,
                rule=info.id,
                title=info.title,
                severity=info.severity,
                found=f"{host} {text}",
            )

    done = runs.run([runs.host(f"ex{n:03}{text}", tuple(verdicts(n))) for n in range(hosts)], 1)
    policy = msgspec.structs.replace(runs.POLICY_INFO, rules=infos)
    header = msgspec.structs.replace(done.header, policies=(policy,))
    return Run(header, done.hosts, done.summary)


def compared(runs: ModuleType, *, decides: bool = True) -> Run:
    """The fleet three weeks later: one rule fails newly, two are known, one is mended."""
    states: dict[str, BaselineState] = {
        "tls-1.2-client-usable": "unchanged",
        "dotnet-uses-schannel-defaults": "updated",
        "store-reachable": "new",
    }
    fixed = Gone(runs.POLICY, "values-set-alike", "", runs.RULES[2].title, "low")
    done = runs.fleet()
    hosts = tuple(
        msgspec.structs.replace(
            host,
            verdicts=tuple(
                msgspec.structs.replace(item, baseline_state=states[item.rule])
                if item.outcome in ("fail", "unknown")
                else item
                for item in host.verdicts
            ),
            gone=(fixed,) if host.host != "ex02" else (),
        )
        for host in done.hosts
    )
    baseline = Baseline("before.jsonl", "2026-11-01T08:00:00Z", 3, decides=decides)
    header = msgspec.structs.replace(done.header, baseline=baseline)
    return Run(header, hosts, done.summary)
