"""Fleets of any size: hosts share their verdicts as those of a real fleet do, but for some facts.

Of each rule there are a handful of verdicts, and of each request as many as there are times that
it can take. A host in fifty is not reached.
"""

import random
from collections.abc import Iterator
from types import ModuleType

import msgspec

from hklint.fact import Present, RegistryValue
from hklint.failure import Failure, Reason
from hklint.run import Baseline, Gone, HostResult, PolicyInfo, RuleInfo, Run
from hklint.verdict import Change, DecidingRow, Explanation, Outcome, Severity, Verdict

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low", "info")
PROTOCOLS = ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")
TIMES = 200
REQUEST = "store-reachable"


def fleet(runs: ModuleType, hosts: int, rules: int, seed: int = 1) -> Run:
    """A run of so many hosts by so many rules; `runs` is tests/reports/runs.py."""
    chance = random.Random(seed)  # noqa: S311 - made-up hosts
    infos = tuple(
        runs.rule("store-reachable", f"Rule {number} of the fleet holds", "high", "It matters.")
        for number in range(rules)
    )
    infos = tuple(
        msgspec.structs.replace(
            info,
            id=f"{'request' if number % 100 == 7 else 'value'}-{number}-as-wanted",
            severity=SEVERITIES[number % len(SEVERITIES)],
            why=f"What rests on rule {number} fails otherwise, and nobody can tell why.",
        )
        for number, info in enumerate(infos)
    )
    policy: PolicyInfo = msgspec.structs.replace(runs.POLICY_INFO, rules=infos)
    choices = [list(_verdicts(runs, number, info)) for number, info in enumerate(infos)]
    weights = [[80, *[20 / (len(each) - 1)] * (len(each) - 1)] for each in choices]
    causes = (runs.WORKS, runs.BLOCKED)
    results: list[HostResult] = []
    for number in range(hosts):
        name = f"ex{number:05d}.corp.example"
        if number % 50 == 49:
            reason = (Reason.TIMED_OUT, Reason.CONNECTION_REFUSED)[number % 100 // 50]
            failure = Failure(reason, "connecting", "no answer from port 5985")
            results.append(runs.host(name, failure=failure))
            continue
        verdicts = tuple(
            chance.choices(each, share)[0] for each, share in zip(choices, weights, strict=True)
        )
        results.append(runs.host(name, verdicts, (chance.choice(causes),)))
    done = runs.run(results, 1)
    header = msgspec.structs.replace(done.header, policies=(policy,))
    return Run(header, done.hosts, done.summary)


def decided(runs: ModuleType) -> Run:
    """A host whose verdict rests on a row that its document has at that line."""
    text = "when: {default: [usable, on-request], enabled: off}"
    row: DecidingRow = msgspec.structs.replace(
        runs.client_row(1, "blocked", "Enabled is 0."),
        of=2,
        span=runs.span(text, runs.SCHANNEL_PATH, runs.SCHANNEL_TEXT),
    )
    verdict = msgspec.structs.replace(runs.CLIENT_OFF, rows=(row,))
    found: Run = runs.run([runs.host("ex01", (verdict,))], 1)
    return found


def compared(runs: ModuleType, *, decides: bool = True) -> Run:
    """Two hosts, compared with a baseline: what failed then, what fails since, what is mended."""
    known = msgspec.structs.replace(runs.CLIENT_OFF, baseline_state="unchanged")
    other = msgspec.structs.replace(runs.REFUSED, baseline_state="updated")
    new = msgspec.structs.replace(runs.NET_UNSET[0], baseline_state="new")
    mended = runs.passed("values-set-alike")
    gone = Gone(mended.policy, mended.rule, "", mended.title, mended.severity)
    hosts = (
        msgspec.structs.replace(runs.host("ex01", (known, new, mended)), gone=(gone,)),
        msgspec.structs.replace(runs.host("ex02", (known, other, mended)), gone=(gone,)),
    )
    done = runs.run(hosts, 1)
    baseline = Baseline("before.jsonl", "2026-11-01T08:00:00Z", 2, decides=decides)
    return Run(msgspec.structs.replace(done.header, baseline=baseline), hosts, done.summary)


def alone(runs: ModuleType, hosts: int, shared: str = "") -> Run:
    """Hosts of which each has a verdict that no other one has, but for one that all may share."""
    results: list[HostResult] = []
    for number in range(hosts):
        value = shared or rf"D:\Logs\ex{number:05d}.corp.example\trace.etl"
        fact = RegistryValue("HKLM", r"SOFTWARE\Contoso", "File")
        verdict = runs.judged(
            "values-set-alike",
            Outcome.FAIL,
            wanted=r"D:\Logs\trace.etl",
            found=value,
            evidence=(runs.evidence(fact, Present("REG_SZ", value)),),
            explanation=Explanation(
                read=(rf"HKLM\{fact.key} [64-bit]", f"    File = {value} (REG_SZ)"),
                means=("The file is another one.",),
                matters="Nobody looks for it there.",
                fix=(rf"HKLM\{fact.key} [64-bit]", r"    File = D:\Logs\trace.etl (REG_SZ)"),
            ),
        )
        results.append(runs.host(f"ex{number:05d}.corp.example", (verdict,)))
    found: Run = runs.run(results, 1)
    return found


def _verdicts(runs: ModuleType, number: int, info: RuleInfo) -> Iterator[Verdict]:
    """The verdicts that hosts can have by a rule; the first one is the pass."""
    fact = RegistryValue("HKLM", rf"SOFTWARE\Contoso\Fleet\{number}", "Wanted")
    base = msgspec.structs.replace(
        runs.passed(REQUEST), rule=info.id, title=info.title, severity=info.severity
    )
    for value in range(TIMES if info.id.startswith("request") else 5):
        outcome = Outcome.PASS if value == 0 else (Outcome.FAIL, Outcome.UNKNOWN)[value % 4 == 3]
        yield msgspec.structs.replace(
            base,
            outcome=outcome,
            wanted="0",
            found=str(value),
            reason="the fact could not be read" if outcome is Outcome.UNKNOWN else "",
            evidence=(runs.evidence(fact, Present("REG_DWORD", value)),),
            rows=_rows(runs, number, value),
            changes=(Change(fact, "REG_DWORD", 0, "computer"),),
            explanation=Explanation(
                read=(rf"HKLM\{fact.key} [64-bit]", f"    Wanted = {value} (REG_DWORD)"),
                means=(f"{value} is something else than rule {number} wants.",),
                matters=info.why if value else "",
                fix=(rf"HKLM\{fact.key} [64-bit]", "    Wanted = 0 (REG_DWORD)") if value else (),
                then=("Restart the computer: until then nothing changes.",) if value else (),
            ),
        )


def _rows(runs: ModuleType, number: int, value: int) -> tuple[DecidingRow, ...]:
    if number >= len(PROTOCOLS) * 2:
        return ()
    subject = f"{PROTOCOLS[number // 2]} {('Client', 'Server')[number % 2]}"
    state = ("usable", "blocked", "on-request", "uncertain", "unsupported")[value % 5]
    row = runs.client_row(1, "blocked", f"The value is {value}.")
    return (msgspec.structs.replace(row, subject=subject, state=state, of=2),)
