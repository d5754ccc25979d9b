"""Rules over all hosts: on how many they failed, could not be judged or are waived."""

from dataclasses import dataclass, field

from hklint.span import Span
from hklint.verdict import SEVERITIES, Outcome, Severity, Verdict
from hklint_reports.digest.groups import Hosts


def in_baseline(verdict: Verdict) -> bool:
    """Whether the baseline has this failed or unknown verdict already, even in other words."""
    return verdict.baseline_state in ("unchanged", "updated")


@dataclass(slots=True)
class Rule:
    """A rule that did not pass everywhere, and the hosts where it did not.

    `failed` and `unknown` are not waived; `new` of these are not in the baseline, where there is
    one. `span` is the rule's id in the policy.
    """

    policy: str
    id: str
    title: str
    severity: Severity
    span: Span
    failed: Hosts = field(default_factory=Hosts)
    unknown: Hosts = field(default_factory=Hosts)
    waived: Hosts = field(default_factory=Hosts)
    new: Hosts = field(default_factory=Hosts)

    def add(self, verdict: Verdict, position: int, host: str) -> None:
        """One more verdict of the rule that is no pass."""
        if SEVERITIES.index(verdict.severity) < SEVERITIES.index(self.severity):
            self.severity = verdict.severity
        if verdict.waiver is not None:
            self.waived.add(position, host)
            return
        hosts = self.failed if verdict.outcome is Outcome.FAIL else self.unknown
        hosts.add(position, host)
        if not in_baseline(verdict):
            self.new.add(position, host)

    def weight(self) -> tuple[bool, bool, int, int, int]:
        """What orders rules, the worst first: what counts, failed or unknown, severity, hosts."""
        return (
            not self.new.number,
            not self.failed.number,
            SEVERITIES.index(self.severity),
            -self.failed.number,
            -self.unknown.number,
        )
