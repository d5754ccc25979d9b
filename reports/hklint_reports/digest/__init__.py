"""What a run says in short, gathered in one pass over its hosts, for reports that people read.

Its size depends on the policies and on how much hosts differ, not on how many there are.
"""

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property

from hklint.failure import Failure, Reason
from hklint.run import Gone, HostResult, PolicyInfo, RuleInfo, Run, RunHeader
from hklint.tally import recorded_at
from hklint.verdict import Diagnosis, Outcome, Verdict
from hklint_reports.digest.groups import Group, Groups, Hosts
from hklint_reports.digest.rules import Rule, in_baseline
from hklint_reports.digest.stories import Story, stories
from hklint_reports.digest.worst_hosts import WorstHosts
from hklint_reports.since import host_line

DETAILS_KEPT = 3
"""Different details of hosts that were not reached for one reason."""
RECORDED_KEPT = 8
"""Hosts judged by facts read earlier that are named."""
SINCE_KEPT = 40
"""Hosts of which it is told what became of them since an earlier run."""

Skipped = tuple[str, tuple[str, ...], bool]
"""Why rules do not apply, which rules, and whether these are all rules of the host."""


@dataclass(slots=True)
class Missed:
    """Hosts that were not reached for one reason in one phase; `details` by the first such host."""

    reason: Reason
    phase: str
    hosts: Hosts = field(default_factory=Hosts)
    details: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, failure: Failure, position: int, host: str) -> None:
        """One more host with this failure."""
        self.hosts.add(position, host)
        if failure.detail and len(self.details) < DETAILS_KEPT:
            self.details.setdefault(failure.detail, host)


@dataclass(frozen=True, slots=True)
class HostFacts:
    """A host by name, and when its facts were read if not by this run."""

    host: str
    windows: str
    target: str
    recorded: str


class Digest:
    """What there is to say of a run: verdicts that are no passes, causes, hosts without an answer.

    Passes are among the verdicts if `passes` is set, or if they did not pass in the earlier run
    that the changes are told since. Verdicts and diagnoses are alike if they read
    the same; with `evidence` they also have to show the same evidence. `worst_hosts` has so many
    hosts. `first` is the first host of the run, and `recorded` are the first of the
    `recorded_hosts` hosts whose facts were read earlier. `since` has the names of the first of
    the `since_hosts` hosts where anything turned since an earlier run, and what did.
    """

    def __init__(
        self, run: Run, *, worst_hosts: int, passes: bool = False, evidence: bool = False
    ) -> None:
        self._passes = passes
        self._evidence = evidence
        self._infos = _rule_infos(run.header.policies)
        self._rules: dict[tuple[str, str], Rule] = {}
        self._missed: dict[tuple[Reason, str], Missed] = {}
        self.worst_hosts = WorstHosts(worst_hosts)
        self.verdicts = Groups[Verdict]()
        self.diagnoses = Groups[Diagnosis]()
        self.skipped = Groups[Skipped]()
        self.gone = Groups[Gone]()
        self.first: HostFacts | None = None
        self.recorded: list[HostFacts] = []
        self.recorded_hosts = 0
        self.since: list[tuple[str, str]] = []
        self.since_hosts = 0
        for position, host in enumerate(run.hosts):
            self._add(run.header, host, position)

    def _add(self, header: RunHeader, host: HostResult, position: int) -> None:
        self.worst_hosts.add(host, position)
        self._add_facts(header, host)
        self._add_since(header, host)
        name = host.host
        if (failure := host.failure) is not None:
            key = (failure.reason, failure.phase)
            self._missed.setdefault(key, Missed(*key)).add(failure, position, name)
        for found in host.diagnoses:
            kind = (found.policy, found.model)
            self.diagnoses.add(found, position, name, kind=kind, key=self._diagnosis_key(found))
        for verdict in host.verdicts:
            self._add_verdict(verdict, position, name)
        for skipped in _skipped(host):
            self.skipped.add(skipped, position, name, kind="", key=skipped)
        for gone in host.gone:
            self.gone.add(gone, position, name, kind=(gone.policy, gone.rule), key=gone)

    def _add_facts(self, header: RunHeader, host: HostResult) -> None:
        moment = recorded_at(header, host)
        if self.first is None or moment:
            facts = HostFacts(host.host, host.windows, host.target, moment)
            self.first = self.first or facts
            self.recorded_hosts += bool(moment)
            if moment and len(self.recorded) < RECORDED_KEPT:
                self.recorded.append(facts)

    def _add_since(self, header: RunHeader, host: HostResult) -> None:
        if any(verdict.since not in ("", "unchanged") for verdict in host.verdicts):
            self.since_hosts += 1
            if len(self.since) < SINCE_KEPT:
                self.since.append((host.host, host_line(header, host)))

    def _add_verdict(self, verdict: Verdict, position: int, host: str) -> None:
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            return
        passed = verdict.outcome is Outcome.PASS
        if not passed or self._passes or verdict.since or verdict.effect:
            key = self._verdict_key(verdict)
            self.verdicts.add(verdict, position, host, kind=_kind(verdict), key=key)
        if not passed:
            name = (verdict.policy, verdict.rule)
            rule = self._rules.get(name)
            if rule is None:
                info = self._infos.get(name, verdict)
                rule = Rule(*name, info.title, verdict.severity, info.span)
                self._rules[name] = rule
            rule.add(verdict, position, host)

    def _verdict_key(self, item: Verdict) -> Hashable:
        """What is told of a verdict."""
        told = (item.title, item.severity, item.wanted, item.found, item.reason, item.explanation)
        waivers = (item.waiver, item.expired_waiver)
        marks = (item.rows, waivers, item.baseline_state, item.effect, item.since)
        return told, marks, self._shown(item)

    def _diagnosis_key(self, item: Diagnosis) -> Hashable:
        told = (item.state, item.title, item.sentence, item.works, item.rows, item.next_steps)
        return told, self._shown(item)

    def _shown(self, item: Verdict | Diagnosis) -> Hashable:
        return tuple((str(e.fact), e.shown) for e in item.evidence) if self._evidence else ()

    @property
    def rules(self) -> list[Rule]:
        """The rules that did not pass everywhere, the worst first."""
        return sorted(self._rules.values(), key=Rule.weight)

    def rule(self, name: tuple[str, str]) -> Rule | None:
        """A rule by the ids of its policy and its own, if it did not pass everywhere."""
        return self._rules.get(name)

    def story(self, rule: Rule, outcome: Outcome) -> Story | None:
        """What most hosts have in common of a rule; what counts before what is known already."""
        return min(
            stories(self._by_rule.get((rule.policy, rule.id, outcome), ())),
            key=lambda story: (in_baseline(story.verdicts[0]), -story.hosts.number),
            default=None,
        )

    @cached_property
    def _by_rule(self) -> dict[tuple[str, str, Outcome], list[Group[Verdict]]]:
        """What is not waived."""
        found: dict[tuple[str, str, Outcome], list[Group[Verdict]]] = {}
        for group in self.verdicts:
            item = group.item
            if item.waiver is None:
                found.setdefault((item.policy, item.rule, item.outcome), []).append(group)
        return found

    @property
    def missed(self) -> list[Missed]:
        """Why hosts were not reached, the reason of most of them first."""
        return sorted(self._missed.values(), key=lambda missed: -missed.hosts.number)

    @property
    def causes(self) -> list[Group[Diagnosis]]:
        """The diagnoses: what is wrong before what works, that of most hosts first."""
        return sorted(self.diagnoses, key=lambda found: (found.item.works, -found.hosts.number))


def _rule_infos(policies: tuple[PolicyInfo, ...]) -> dict[tuple[str, str], RuleInfo]:
    return {(policy.id, rule.id): rule for policy in policies for rule in policy.rules}


def _kind(verdict: Verdict) -> Hashable:
    """What verdicts share of which only so many different ones are kept."""
    counts = verdict.waiver is None, in_baseline(verdict), verdict.effect
    return verdict.policy, verdict.rule, verdict.instance, verdict.outcome, counts


def _skipped(host: HostResult) -> list[Skipped]:
    names: dict[str, list[str]] = {}
    for verdict in host.verdicts:
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            names.setdefault(verdict.reason, []).append(verdict.name)
    return [
        (reason, tuple(rules), len(rules) == len(host.verdicts)) for reason, rules in names.items()
    ]
