"""Runs as the cases record them: `pytest tests/reports --update` writes them to `cases/`.

One long file, because it is data, and the runs are made of the same facts and verdicts.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from hklint.fact import (
    Absent,
    Fact,
    HostField,
    Observation,
    Present,
    RegistryValue,
    Unreadable,
    View,
    WebRequest,
)
from hklint.failure import Failure, Reason
from hklint.judging.waivers import scopes, statuses, waive
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
from hklint.verdict import (
    Change,
    DecidingRow,
    Diagnosis,
    Evidence,
    Explanation,
    Outcome,
    Severity,
    Verdict,
)
from hklint.waiver import ExpiredWaivers, Waiver

POLICY = "exchange-store-addins"
POLICY_PATH = "policies/exchange/store-addins.yaml"
POLICY_TEXT = """\
kind: policy
id: exchange-store-addins
title: Exchange can download add-ins from the Microsoft Store
version: 1.0.0
diagnosis: store-connection
rules:
  - id: tls-1.2-client-usable
    title: Programs use TLS 1.2 for outgoing connections by default
    severity: high
    expect:
      model: schannel-protocol
      with: {protocol: TLS 1.2, role: Client}
      state: usable
    why: The Store accepts TLS 1.2 and later only.
  - id: dotnet-uses-schannel-defaults
    title: .NET Framework 4 inherits Schannel's default protocols
    severity: high
    for_each: {view: [64-bit, 32-bit]}
    expect:
      registry: HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319
      view: "{view}"
      value: SystemDefaultTlsVersions
      type: REG_DWORD
      equals: 1
      absent: {means: 0}
  - id: values-set-alike
    title: Enabled and DisabledByDefault are both set
    severity: low
    expect: {model: schannel-style, with: {protocol: TLS 1.2, role: Client}, state: both-set}
  - id: store-reachable
    title: The host reaches the Microsoft Store over TLS
    severity: high
    expect: {web_request: https://appsource.microsoft.com, outcome: reached}
"""
SCHANNEL_PATH = "policies/models/schannel-protocol.yaml"
SCHANNEL_TEXT = """\
kind: model
id: schannel-protocol
rows:
  - when: {default: [usable, on-request], enabled: off}
    state: blocked
  - when: {default: [usable, on-request], enabled: on, disabled_by_default: yes}
    state: on-request
"""
STORE_PATH = "policies/models/store-connection.yaml"
STORE_TEXT = """\
kind: model
id: store-connection
rows:
  - when: {client: blocked, default: tls-refused}
    state: blocked-by-schannel
  - when: {client: usable, default: reached}
    state: works
"""
WAIVERS_PATH = "waivers/exchange.yaml"
WAIVERS_TEXT = """\
kind: waivers
id: exchange-waivers
waivers:
  - id: waiver-17
  - id: waiver-18
  - id: waiver-3
  - id: waiver-9
  - id: waiver-12
  - id: waiver-20
  - id: waiver-41
"""
SHA = "6a1d2f0b" * 8
STARTED = "2026-11-23T10:00:00Z"
PROTOCOLS = r"SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols"
CLIENT_KEY = rf"{PROTOCOLS}\TLS 1.2\Client"
NET_KEY = r"SOFTWARE\Microsoft\.NETFramework\v4.0.30319"
STORE = WebRequest("https://appsource.microsoft.com")


def span(text: str, path: str = POLICY_PATH, document: str = POLICY_TEXT) -> Span:
    """The last place of a text in a document, on one line."""
    before = document[: document.rindex(text)]
    column = len(before) - before.rfind("\n")
    return Span(path, before.count("\n") + 1, column, column + len(text))


def rule(rule_id: str, title: str, severity: Severity, why: str) -> RuleInfo:
    return RuleInfo(
        id=rule_id,
        title=title,
        severity=severity,
        why=why,
        remedy="Merge the .reg file that `hklint` writes, then restart the computer.",
        references=(
            Reference(
                "Transport Layer Security (TLS) registry settings",
                "https://learn.microsoft.com/windows-server/security/tls/tls-registry-settings",
            ),
        ),
        tags=("tls", "exchange"),
        span=span(rule_id),
    )


RULES = (
    rule(
        "tls-1.2-client-usable",
        "Programs use TLS 1.2 for outgoing connections by default",
        "high",
        "The Store accepts TLS 1.2 and later only.",
    ),
    rule(
        "dotnet-uses-schannel-defaults",
        ".NET Framework 4 inherits Schannel's default protocols",
        "high",
        "Without it .NET offers TLS 1.0 at most,\nand the Store hangs up",
    ),
    rule(
        "values-set-alike",
        "Enabled and DisabledByDefault are both set",
        "low",
        "A value left out means something else on every Windows.",
    ),
    rule(
        "store-reachable",
        "The host reaches the Microsoft Store over TLS",
        "high",
        "An add-in is downloaded by the Exchange server itself.",
    ),
)
POLICY_INFO = PolicyInfo(
    id=POLICY,
    title="Exchange can download add-ins from the Microsoft Store",
    version="1.0.0",
    path=POLICY_PATH,
    sha256=SHA,
    rules=RULES,
)


def registry(key: str, value: str, observation: Observation, view: View = "64-bit") -> Evidence:
    return evidence(RegistryValue("HKLM", key, value, view), observation)


def evidence(fact: Fact, observation: Observation) -> Evidence:
    match observation:
        case Present(type=kind, value=value):
            shown = str(value) if kind == "outcome" else f"{value} ({kind})"
        case Absent(what=what):
            shown = f"not set (no such {what})"
        case Unreadable(reason=reason, detail=detail):
            shown = f"not readable: {reason} ({detail})"
    return Evidence(fact, observation, shown)


def client_row(number: int, state: str, because: str) -> DecidingRow:
    place = span(f"state: {state}", SCHANNEL_PATH, SCHANNEL_TEXT)
    return DecidingRow("schannel-protocol", "TLS 1.2 Client", number, 9, state, because, place)


def passed(rule_id: str, instance: str = "") -> Verdict:
    """A pass with the least to say."""
    return judged(
        rule_id,
        Outcome.PASS,
        wanted="as wanted",
        found="as wanted",
        instance=instance,
        explanation=Explanation(read=("The values are as wanted.",)),
    )


def judged(  # noqa: PLR0913 - the fields of a verdict
    rule_id: str,
    outcome: Outcome,
    *,
    wanted: str,
    found: str,
    at: str = "",
    reason: str = "",
    instance: str = "",
    evidence: tuple[Evidence, ...] = (),
    rows: tuple[DecidingRow, ...] = (),
    changes: tuple[Change, ...] = (),
    explanation: Explanation | None = None,
) -> Verdict:
    info = next(info for info in RULES if info.id == rule_id)
    return Verdict(
        policy=POLICY,
        rule=rule_id,
        instance=instance,
        title=info.title,
        severity=info.severity,
        outcome=outcome,
        wanted=wanted,
        found=found,
        reason=reason,
        span=span(at) if at else info.span,
        evidence=evidence,
        rows=rows,
        changes=changes,
        explanation=explanation or Explanation(),
    )


CLIENT_OFF = judged(
    "tls-1.2-client-usable",
    Outcome.FAIL,
    wanted="usable",
    found="blocked",
    at="usable",
    evidence=(
        registry(CLIENT_KEY, "Enabled", Present("REG_DWORD", 0)),
        registry(CLIENT_KEY, "DisabledByDefault", Present("REG_DWORD", 1)),
        evidence(HostField("build"), Present("integer", 14393)),
    ),
    rows=(client_row(4, "blocked", "Enabled is 0, so TLS 1.2 cannot be used."),),
    changes=(
        Change(RegistryValue("HKLM", CLIENT_KEY, "Enabled"), "REG_DWORD", 1, "computer"),
        Change(RegistryValue("HKLM", CLIENT_KEY, "DisabledByDefault"), "REG_DWORD", 0, "computer"),
    ),
    explanation=Explanation(
        read=(
            rf"HKLM\{CLIENT_KEY} [64-bit]",
            "    Enabled = 0 (REG_DWORD)",
            "    DisabledByDefault = 1 (REG_DWORD)",
            "host: build = 14393",
        ),
        means=("Enabled is 0, so TLS 1.2 cannot be used, even by a program that asks for it.",),
        matters=(
            "The Store accepts TLS 1.2 and later only, so it hangs up on every connection that "
            "this server opens, and no add-in can be downloaded by anyone whose mailbox is here."
        ),
        fix=(
            rf"HKLM\{CLIENT_KEY} [64-bit]",
            "    Enabled = 1 (REG_DWORD)",
            "    DisabledByDefault = 0 (REG_DWORD)",
        ),
        then=("Restart the computer: until then nothing changes. Then check again.",),
    ),
)
NET_UNSET = tuple(
    judged(
        "dotnet-uses-schannel-defaults",
        Outcome.FAIL,
        wanted="1",
        found="not set, which means 0",
        at="equals: 1",
        instance=f"view={view}",
        evidence=(registry(NET_KEY, "SystemDefaultTlsVersions", Absent("value"), view),),
        explanation=Explanation(
            read=(rf"HKLM\{NET_KEY}: SystemDefaultTlsVersions is not set ({view} view)",),
            means=("Not set behaves like 0: .NET does not ask Schannel for its defaults.",),
            matters="Without it .NET offers TLS 1.0 at most, and the Store hangs up.",
            fix=(rf"HKLM\{NET_KEY}: SystemDefaultTlsVersions = 1 (REG_DWORD, {view} view)",),
        ),
    )
    for view in ("64-bit", "32-bit")
)
REFUSED = judged(
    "store-reachable",
    Outcome.FAIL,
    wanted="reached",
    found="tls-refused",
    at="reached",
    evidence=(evidence(STORE, Present("outcome", "tls-refused", {"milliseconds": 412})),),
    explanation=Explanation(
        read=("GET https://appsource.microsoft.com: no HTTP answer after 0.4 s",),
        means=("The connection was made, the TLS handshake was not.",),
    ),
)
DENIED = judged(
    "tls-1.2-client-usable",
    Outcome.UNKNOWN,
    wanted="usable",
    found="",
    at="usable",
    reason="access denied",
    evidence=(registry(CLIENT_KEY, "Enabled", Unreadable("access-denied", "access denied")),),
    explanation=Explanation(
        read=(rf"HKLM\{CLIENT_KEY}: access denied",),
        missing=("Enabled: if it is 0 the protocol is blocked, otherwise it may be usable.",),
        then=("Run as an administrator of the host.",),
    ),
)
BLOCKED = Diagnosis(
    policy=POLICY,
    model="store-connection",
    state="blocked-by-schannel",
    title="TLS 1.2 is switched off for outgoing connections",
    sentence=(
        "The Store refuses the handshake because Schannel's TLS 1.2 client is blocked: Enabled is "
        "0. Add-ins can be installed once it is 1 and the computer has restarted."
    ),
    works=False,
    rows=(
        client_row(4, "blocked", "Enabled is 0, so TLS 1.2 cannot be used."),
        DecidingRow(
            model="store-connection",
            subject="",
            number=1,
            of=12,
            state="blocked-by-schannel",
            because="The client is blocked and the request was refused.",
            span=span("state: blocked-by-schannel", STORE_PATH, STORE_TEXT),
        ),
    ),
    evidence=(evidence(STORE, Present("outcome", "tls-refused")),),
    next_steps=(
        r"Set Enabled to 1 and DisabledByDefault to 0 under TLS 1.2\Client and TLS 1.2\Server.",
        "Restart the computer. Until then nothing changes.",
    ),
)
WORKS = Diagnosis(
    policy=POLICY,
    model="store-connection",
    state="works",
    title="The Store can be reached",
    sentence="TLS 1.2 is usable and the request was answered.",
    works=True,
    rows=(),
    evidence=(),
)
ALL_PASS = (
    passed("tls-1.2-client-usable"),
    passed("dotnet-uses-schannel-defaults", "view=64-bit"),
    passed("dotnet-uses-schannel-defaults", "view=32-bit"),
    passed("values-set-alike"),
    passed("store-reachable"),
)
SICK = (CLIENT_OFF, *NET_UNSET, passed("values-set-alike"), REFUSED)


def host(
    name: str,
    verdicts: tuple[Verdict, ...] = (),
    diagnoses: tuple[Diagnosis, ...] = (),
    failure: Failure | None = None,
    windows: str = "Windows Server 2016, build 14393",
) -> HostResult:
    return HostResult(
        host=name,
        target=f"psrp://{name}",
        windows="" if failure else windows,
        started="2026-11-23T10:00:01Z",
        seconds=1.25,
        failure=failure,
        snapshot=None if failure else {"version": 1, "host": name},
        diagnoses=diagnoses,
        verdicts=verdicts,
    )


def run(
    hosts: Iterable[HostResult], exit_code: int, command: str = "check", targets: int = 0
) -> Run:
    done = tuple(hosts)
    header = RunHeader(
        version=RUN_VERSION,
        hklint="0.1.0",
        started=STARTED,
        command=command,
        fail_on="info",
        allow_unknown=False,
        arguments=(command, *(result.target for result in done), "--policy", POLICY),
        policies=(POLICY_INFO,),
        parameters={"store_url": STORE.uri},
        documents={
            POLICY_PATH: POLICY_TEXT,
            SCHANNEL_PATH: SCHANNEL_TEXT,
            STORE_PATH: STORE_TEXT,
        },
        collector_sha256=SHA,
        targets=targets or len(done),
    )
    summary = Summary(
        ended="2026-11-23T10:00:02.500000Z",
        hosts=len(done),
        hosts_not_reached=sum(result.failure is not None for result in done),
        counts=tally(header, done).counts,
        interrupted=targets > len(done),
        exit_code=exit_code,
    )
    return Run(header, done, summary)


def waiver(
    waiver_id: str,
    rule_id: str,
    hosts: tuple[str, ...],
    *,
    reason: str,
    time: tuple[str, str] = ("2026-10-01", "2027-03-31"),
    unknown: bool = False,
) -> Waiver:
    """A waiver in force for four more months, unless said otherwise."""
    begin, end = (datetime.fromisoformat(f"{day}T00:00:00Z") for day in time)
    return Waiver(
        id=waiver_id,
        policy="",
        rule=rule_id,
        hosts=hosts,
        reason=reason,
        owner="exchange-team",
        approver="security-board",
        ticket="CHG-1234",
        valid_from=begin,
        until=end,
        unknown=unknown,
        span=span(waiver_id, WAIVERS_PATH, WAIVERS_TEXT),
    )


NET_WAIVER = waiver(
    "waiver-17",
    "dotnet-uses-schannel-defaults[view=32-bit]",
    ("ex01", "lab-*"),
    reason="The 32-bit add-in host is retired in March",
)
DENIED_WAIVER = waiver(
    "waiver-18",
    "tls-1.2-client-usable",
    ("EX02",),
    reason="The audit account gets its rights with the move to the new domain",
    unknown=True,
)
OTHER_WAIVERS = (
    waiver(
        "waiver-3",
        "store-reachable",
        ("ex0?",),
        reason="The proxy was to be replaced in October",
        time=("2026-01-01", "2026-11-01"),
    ),
    waiver("waiver-9", "values-set-alike", ("ex02",), reason="Written down with the next build"),
    waiver("waiver-12", "values-set-alike", ("ex09",), reason="The host is not in use any more"),
    waiver(
        "waiver-20",
        "tls-1.2-client-usable",
        ("ex01",),
        reason="An old scanner is connected in January",
        time=("2027-01-01", "2027-02-01"),
    ),
    waiver(
        "waiver-41",
        "values-set-alike",
        ("*",),
        reason="Style is not looked at in the year of the move",
        time=("2026-01-01", "2026-12-01"),
    ),
)


def with_waivers(
    done: Run, waivers: tuple[Waiver, ...], exit_code: int, expired: ExpiredWaivers = "warn"
) -> Run:
    """A run as it is when these waivers are given to it."""
    header = msgspec.structs.replace(
        done.header,
        documents={**done.header.documents, WAIVERS_PATH: WAIVERS_TEXT},
        waivers=waivers,
        expired_waivers=expired,
    )
    moment = datetime.fromisoformat(STARTED)
    hosts = tuple(waive(result, scopes(waivers), moment) for result in done.hosts)
    total = tally(header, hosts)
    summary = msgspec.structs.replace(
        done.summary,
        waived=dict(total.waived),
        waivers=statuses(total),
        exit_code=exit_code,
    )
    return Run(header, hosts, summary)


def single() -> Run:
    """The support case: one Exchange server whose TLS 1.2 client is switched off."""
    return run([host("ex01.corp.example", SICK, (BLOCKED,))], 1)


def fleet() -> Run:
    """Three hosts, two of them ill in the same way, one where little could be read."""
    not_here = judged(
        "store-reachable", Outcome.NOT_APPLICABLE, wanted="reached", found="", reason="no Exchange"
    )
    return run(
        [
            host("ex01", SICK, (BLOCKED,)),
            host("ex02", (DENIED, *ALL_PASS[1:4], not_here)),
            host("ex03", SICK, (BLOCKED,)),
        ],
        1,
    )


def not_reached() -> Run:
    """One host answers, one does not."""
    failure = Failure(Reason.TIMED_OUT, "connecting", "no answer from port 5985 in 30 s")
    hosts = [host("ex01", ALL_PASS, (WORKS,)), host("ex09.corp.example", failure=failure)]
    return run(hosts, 4)


def all_pass() -> Run:
    """Nothing to complain about, before an installation."""
    return run([host("ex04", ALL_PASS, (WORKS,))], 0, "gate")


def gate_empty() -> Run:
    """A gate before a host that no rule applies to: nothing was judged, so it stays shut."""
    verdicts = tuple(
        judged(info.id, Outcome.NOT_APPLICABLE, wanted="", found="", reason="Exchange is not here")
        for info in RULES
    )
    return run([host("mgmt01", verdicts)], 4, "gate")


def interrupted() -> Run:
    """Stopped after one of five hosts."""
    return run([host("ex04", ALL_PASS, (WORKS,))], 4, targets=5)


def waived() -> Run:
    """The fleet with waivers of every state: some of what is wrong is accepted, some no longer."""
    return with_waivers(fleet(), (NET_WAIVER, DENIED_WAIVER, *OTHER_WAIVERS), 1)


def gate_waived() -> Run:
    """A gate before a host of which everything is waived: it is open, and says why."""
    everything = tuple(
        waiver(f"waiver-{number}", info.id, ("ex01",), reason="Accepted until the move")
        for number, info in zip((17, 18, 3, 9), RULES, strict=True)
    )
    verdicts = tuple(verdict for verdict in SICK if verdict.outcome is Outcome.FAIL)
    return with_waivers(run([host("ex01", verdicts, (BLOCKED,))], 0, "gate"), everything, 0)


def waiver_expired() -> Run:
    """Only a mild rule fails, but the user wants to be stopped when a waiver is over."""
    mild = judged("values-set-alike", Outcome.FAIL, wanted="both-set", found="one-set")
    done = run([host("ex01", (*ALL_PASS[:3], mild, ALL_PASS[4]), (WORKS,))], 1)
    header = msgspec.structs.replace(done.header, fail_on="medium")
    over = waiver(
        "waiver-9",
        "values-set-alike",
        ("ex01",),
        reason="Written down with the next build",
        time=("2026-01-01", "2026-11-22"),
    )
    return with_waivers(msgspec.structs.replace(done, header=header), (over,), 1, "fail")


EVIL = (
    "::error::x\x1b]0;own\x07\x1b[2J\x9b31m\x00\r\n::set-output name=a::b\n##vso[task.x]y "
    "##[error]z "
    "<script>&amp;]]> --> [bold red]r[/] [click](javascript:1) {0} {guid} `a` @team |\u202egnp.exe"
    "\u200b\ud800 \uffff\u2028\u0085end"
)


def hostile() -> Run:
    """The worst text in every place that a host, or a file, can fill; one text is 100 kB long."""
    row = DecidingRow(EVIL, EVIL, 1, 2, EVIL, EVIL, Span(EVIL, 3, 1, 2))
    seen = evidence(
        RegistryValue("HKLM", EVIL, EVIL), Present("REG_MULTI_SZ", (EVIL, EVIL), {EVIL: EVIL})
    )
    verdicts = tuple(
        Verdict(
            policy=POLICY,
            rule=info.id,
            instance=EVIL,
            title=EVIL,
            severity="critical",
            outcome=outcome,
            wanted=EVIL,
            found=EVIL + "A" * 100_000 if outcome is Outcome.FAIL else EVIL,
            reason=EVIL,
            span=info.span,
            evidence=(seen,),
            rows=(row,),
            changes=(Change(seen.fact, "REG_SZ", EVIL, "none"),),
            explanation=Explanation((EVIL,), (EVIL,), (EVIL,), EVIL, (EVIL,), (EVIL,)),
        )
        for info, outcome in zip(RULES, Outcome, strict=True)
    )
    diagnosis = Diagnosis(
        policy=POLICY,
        model=EVIL,
        state=EVIL,
        title=EVIL,
        sentence=EVIL,
        works=False,
        rows=(row,),
        evidence=(seen,),
        next_steps=(EVIL,),
    )
    failure = Failure(Reason.PROTOCOL_ERROR, EVIL, EVIL)
    return run(
        [
            host(EVIL, verdicts, (diagnosis,), windows=EVIL),
            host(f"{EVIL}2", failure=failure),
        ],
        1,
    )


def hostile_waiver() -> Run:
    """The worst text in every place of waivers, which a file of a run can fill with anything."""
    evil = Waiver(
        id=EVIL,
        policy="",
        rule="values-set-alike",
        hosts=("*", EVIL, EVIL, EVIL),
        reason=EVIL,
        owner=EVIL,
        approver=EVIL,
        ticket=EVIL,
        valid_from=datetime.fromisoformat("2026-01-01T00:00:00Z"),
        until=datetime.fromisoformat("2026-12-01T00:00:00Z"),
        unknown=True,
        span=span("waiver-17", WAIVERS_PATH, WAIVERS_TEXT),
    )
    over = msgspec.structs.replace(
        evil,
        id=f"{EVIL}2",
        rule="tls-1.2-client-usable",
        until=datetime.fromisoformat("2026-01-02T00:00:00Z"),
    )
    failed = judged("values-set-alike", Outcome.FAIL, wanted="1", found="0")
    unknown = judged("store-reachable", Outcome.UNKNOWN, wanted="1", found="", reason="denied")
    third = msgspec.structs.replace(evil, id=f"{EVIL}3", rule="store-reachable")
    done = run([host("ex01", (failed, unknown, CLIENT_OFF))], 1, "gate")
    return with_waivers(done, (evil, over, third), 1)


RUNS: dict[str, Callable[[], Run]] = {
    "single": single,
    "fleet": fleet,
    "not-reached": not_reached,
    "all-pass": all_pass,
    "gate-empty": gate_empty,
    "interrupted": interrupted,
    "hostile": hostile,
    "waived": waived,
    "gate-waived": gate_waived,
    "waiver-expired": waiver_expired,
    "hostile-waiver": hostile_waiver,
}
