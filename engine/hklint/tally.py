"""A tally: what the hosts of a run add up to, one host at a time."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import cast

from hklint.clock import utc, utc_or
from hklint.counting import expecting, expired, fails, holds, is_known, judged, leaves_open
from hklint.failure import Reason
from hklint.run import HostResult, HostSince, RunHeader
from hklint.verdict import Effect, Outcome, Severity, SinceState, Verdict
from hklint.waiver import WaiverMark, WaiverUse

NOT_KNOWN = datetime.min.replace(tzinfo=UTC)
"""Stands for the time of a snapshot that does not tell it."""


class Tally:
    """Sums over the hosts that were added. Its size depends on the policies, not on the hosts.

    `hosts` are all, `not_reached` those with a failure, `cancelled` and `bugs` of these those that
    were not asked any more and those that met a bug. `not_judged` hosts answered, and nothing that
    counts was judged on them; on others some policies judged nothing: how many, by policy, is
    `not_judged_by`. `verdicts` is by policy and outcome.

    Of the verdicts, `failing` make the run fail, by severity, and `open` make it undetermined;
    `known` did so in the baseline already, `expired` lost their waiver. `waived` is by outcome, as
    `waivers`, which has the marks of the waivers by their ids. `uses` has what the waivers had to
    do, by id, and `not_judged_by_waiver` how many hosts they name that were not reached. `recorded`
    is the earliest time at which facts were read that this run did not read.

    `effects` are the passes that are not in effect as far as known, and `held` those of them that
    make the run undetermined. `since` is by what became of verdicts since an earlier run, together
    with their effect, and `since_hosts` by whether that run has the host.
    """

    def __init__(self, header: RunHeader) -> None:
        self.header = header
        self._expecting = expecting(header)
        self.hosts = 0
        self.not_reached = 0
        self.cancelled = 0
        self.bugs = 0
        self.not_judged = 0
        self.not_judged_by = Counter[str]()
        self.verdicts = Counter[tuple[str, Outcome]]()
        self.failing = Counter[Severity]()
        self.open = 0
        self.known = Counter[Outcome]()
        self.expired = 0
        self.waived = Counter[Outcome]()
        self.waivers: dict[Outcome, dict[str, WaiverMark]] = {outcome: {} for outcome in Outcome}
        self.uses: dict[str, WaiverUse] = {}
        self.not_judged_by_waiver = Counter[str]()
        self.recorded = ""
        self.effects = Counter[Effect]()
        self.held = Counter[Effect]()
        self.since = Counter[tuple[SinceState, Effect]]()
        self.since_hosts = Counter[HostSince]()

    def add(self, host: HostResult) -> None:
        """One more host of the run."""
        self.hosts += 1
        for use in host.waivers:
            self._add_use(use, answered=host.failure is None)
        if host.failure is not None:
            self.not_reached += 1
            self.cancelled += host.failure.reason is Reason.CANCELLED
            self.bugs += host.failure.reason is Reason.INTERNAL_ERROR
        else:
            by = judged(self.header, host)
            self.not_judged += not by
            if by:
                self.not_judged_by.update(name for name in self._expecting if name not in by)
        recorded = recorded_at(self.header, host)
        self.recorded = min(filter(None, (self.recorded, recorded)), default="")
        self.since_hosts[host.since] += 1
        for verdict in host.verdicts:
            self._add_verdict(verdict)
            self._add_since(verdict)

    def _add_verdict(self, verdict: Verdict) -> None:
        outcome = verdict.outcome
        self.verdicts[verdict.policy, outcome] += 1
        if outcome is Outcome.PASS and verdict.waiver is verdict.expired_waiver is None:
            return
        if fails(self.header, verdict):
            self.failing[verdict.severity] += 1
        self.open += leaves_open(self.header, verdict)
        self.expired += expired(self.header, verdict)
        if verdict.waiver is not None:
            self.waived[outcome] += 1
            self.waivers[outcome][verdict.waiver.id] = verdict.waiver
        elif is_known(self.header, verdict):
            self.known[outcome] += 1

    def _add_since(self, verdict: Verdict) -> None:
        if verdict.since:
            self.since[verdict.since, verdict.effect] += 1
        if verdict.effect:
            self.effects[verdict.effect] += 1
            self.held[verdict.effect] += holds(self.header, verdict)

    def _add_use(self, use: WaiverUse, *, answered: bool) -> None:
        before = self.uses.get(use.id, WaiverUse(use.id, 0, 0, 0))
        self.uses[use.id] = WaiverUse(
            use.id,
            before.matched + use.matched,
            before.needed + use.needed,
            before.unwaived + use.unwaived,
        )
        self.not_judged_by_waiver[use.id] += not answered

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many verdicts there are of each outcome, all outcomes present."""
        counts = dict.fromkeys(Outcome, 0)
        for (_, outcome), number in self.verdicts.items():
            counts[outcome] += number
        return counts


def tally(header: RunHeader, hosts: Iterable[HostResult]) -> Tally:
    """The tally of hosts that are all there."""
    total = Tally(header)
    for host in hosts:
        total.add(host)
    return total


def recorded_at(header: RunHeader, host: HostResult) -> str:
    """When a host's facts were read, if not by this run; "" for fresh ones.

    A snapshot names the target it was taken from, and a run that reads it has the file's path as
    the target. Times alone do not tell: the clock of the computer that took it may be ahead. What
    the file says of its time is shown as a time only, never as it stands there.
    """
    if host.snapshot is None:
        return ""
    taken_at = utc_or(str(host.snapshot.get("taken_at", "")), NOT_KNOWN)
    source = host.snapshot.get("source")
    from_file = isinstance(source, Mapping) and (
        cast("Mapping[str, object]", source).get("target") != host.target
    )
    if not from_file and (taken_at is NOT_KNOWN or taken_at >= utc(header.started)):
        return ""
    known = taken_at is not NOT_KNOWN
    return taken_at.strftime("%Y-%m-%dT%H:%M:%SZ") if known else "at a time not known"
