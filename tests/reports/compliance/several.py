"""A run with what the other cases lack: two policies, controls, a profile, snapshots, addresses."""

from dataclasses import dataclass
from types import ModuleType

from msgspec.structs import replace

from hklint.failure import Failure, Reason
from hklint.run import Baseline, Control, HostResult, PolicyInfo, Reference, RuleInfo, Run
from hklint.span import Span
from hklint.verdict import Outcome, Verdict

POLICY = """\
kind: policy
id: windows-tls
rules:
  # What follows is the first rule.
  - title: TLS 1.0 is off

    id: tls-1.0-off
    why: |
      Whoever reads the traffic
      breaks it.

  - id: ciphers
    for_each: {name: [RC4 128/128, NULL]}
# The end.
"""
PATH = "policies/windows tls.yaml"
CONTROLS = (
    Control("nist-800-53", "SC-8(1)"),
    Control("cci", "CCI-002418"),
    Control("cwe", "CWE-326"),
    Control("house-rules", "4.2"),
)
REFERENCES = (
    Reference("A page", "https://learn.microsoft.com/windows-server/security?view=x#top"),
    Reference("No address", "https://learn.microsoft.com/a b"),
)
RULES = (
    RuleInfo(
        id="tls-1.0-off",
        title="TLS 1.0 is off",
        severity="critical",
        why="Whoever reads the traffic\nbreaks it.",
        remedy="",
        references=REFERENCES,
        tags=(),
        span=Span(PATH, 7, 9, 20),
        controls=CONTROLS,
    ),
    RuleInfo(
        id="ciphers",
        title="Weak ciphers are off",
        severity="info",
        why="",
        remedy="Switch them off.",
        references=(),
        tags=(),
        span=Span(PATH, 12, 9, 16),
    ),
    RuleInfo(
        id="never-judged",
        title="Nothing came of this",
        severity="medium",
        why="Nobody knows.",
        remedy="",
        references=(),
        tags=(),
        span=Span("policies/gone.yaml", 3, 1, 2),
    ),
)
WINDOWS_TLS = PolicyInfo("windows-tls", "TLS of Windows", "2.0.1", PATH, "ab" * 32, RULES)
SOURCE = {
    "kind": "psrp",
    "account": "LAB\\audit",
    "transport": "http, NTLM, sealed messages",
    "collector_sha256": "cd" * 32,
}


@dataclass(frozen=True)
class Several:
    """Makes the run of the nouns that the other cases are made of."""

    runs: ModuleType

    def __call__(self) -> Run:
        """The run: a host by its address, one from a file, one by an IPv6 address, one silent."""
        by_address = self._host(
            "psrp://audit@10.0.0.7:5985", "EX01 (10.0.0.7)", "EX01", "corp.example"
        )
        from_file = self._host("./ex02.json", "EX02", "EX02", None)
        by_ipv6 = self._host("psrps://[fd00::7]", "fd00::7", "EX03", "corp.example")
        failure = Failure(Reason.NAME_NOT_RESOLVED, "resolving", "no such name")
        silent = self.runs.host("ex04.corp.example", failure=failure)
        run: Run = self.runs.run([by_address, from_file, by_ipv6, silent], 1)
        header = replace(
            run.header,
            policies=(*run.header.policies, WINDOWS_TLS),
            documents={**run.header.documents, PATH: POLICY},
            profiles=("windows-tls.strict",),
            baseline=Baseline("before.jsonl", "2026-11-01T10:00:00Z", 3),
        )
        return replace(run, header=header)

    def _host(self, target: str, name: str, computer: str, domain: str | None) -> HostResult:
        passed = self._judged("tls-1.0-off", "", Outcome.PASS)
        failed = replace(
            self._judged("ciphers", "name=RC4 128/128", Outcome.FAIL), baseline_state="new"
        )
        off = self._judged("ciphers", "name=NULL", Outcome.PASS)
        host: HostResult = self.runs.host(name, (*self.runs.SICK, passed, failed, off))
        fields = [{"name": "name", "state": "present", "data": computer}]
        if domain is not None:
            fields.append({"name": "domain", "state": "present", "data": domain})
        snapshot = {
            "hklint_snapshot": 1,
            "host": name,
            "taken_at": "2026-11-20T08:00:00Z" if domain is None else "2026-11-23T10:00:01Z",
            "source": {**SOURCE, "target": "psrp://ex02" if domain is None else target},
            "answer": {"collector": {"administrator": True}, "host": fields},
        }
        return replace(host, target=target, snapshot=snapshot)

    def _judged(self, rule: str, instance: str, outcome: Outcome) -> Verdict:
        info = next(info for info in RULES if info.id == rule)
        found = "off" if outcome is Outcome.PASS else "on"
        verdict: Verdict = self.runs.judged(
            "values-set-alike", outcome, wanted="off", found=found, instance=instance
        )
        return replace(
            verdict,
            policy=WINDOWS_TLS.id,
            rule=rule,
            title=info.title,
            severity=info.severity,
            span=info.span,
        )
