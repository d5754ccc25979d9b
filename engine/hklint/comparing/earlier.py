"""What an earlier run has to tell of each host: little, and what hosts share only once."""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from hklint.comparing.hosts import ByHost
from hklint.comparing.restarted import clock_of
from hklint.comparing.seen import Key
from hklint.fact import Absent, Fact, Observation, Present
from hklint.run import HostResult, Run
from hklint.sources.recorded import snapshot_from_document
from hklint.verdict import Effect, Outcome, Verdict


class Was(msgspec.Struct, frozen=True):
    """A verdict of the earlier run."""

    policy: str
    rule: str
    instance: str
    outcome: Outcome
    effect: Effect

    @property
    def key(self) -> Key:
        """What tells it apart on its host."""
        return self.policy, self.rule, self.instance


class Read(msgspec.Struct, frozen=True):
    """A fact in the spelling of observations, and what the earlier run read."""

    fact: Fact
    observation: Present | Absent


class Earlier(msgspec.Struct, frozen=True):
    """A host of the earlier run, with its own time; `reached` is False if it gave no answer."""

    reached: bool
    clock: datetime | None
    verdicts: tuple[Was, ...]
    reads: tuple[Read, ...]


Known = ByHost[Earlier]
"""The hosts of an earlier run. A verdict, and a value that was read, cost the eight bytes of a
reference where another host has the same, and some 300 where none has."""


def learn(run: Run, policies: Collection[str], facts: Collection[Fact]) -> Known:
    """What a run has to tell of these policies and facts.

    Raises:
        UsageError: A snapshot in it is damaged.
    """
    verdicts: dict[Was, Was] = {}
    reads: dict[Read, Read] = {}
    known: Known = ByHost()
    for host in run.hosts:
        was = (_was(verdict) for verdict in host.verdicts if verdict.policy in policies)
        earlier = Earlier(
            reached=host.failure is None,
            clock=clock_of(host),
            verdicts=tuple(verdicts.setdefault(one, one) for one in was),
            reads=tuple(reads.setdefault(one, one) for one in _reads(host, facts)),
        )
        known.add(host, earlier)
    return known


def _was(verdict: Verdict) -> Was:
    return Was(verdict.policy, verdict.rule, verdict.instance, verdict.outcome, verdict.effect)


def _reads(host: HostResult, facts: Collection[Fact]) -> Iterator[Read]:
    """What was read of these facts; of one that could not be read nothing is known."""
    if host.snapshot is None or not facts:
        return
    snapshot = snapshot_from_document(host.snapshot, f"the snapshot of {host.host}")
    for fact in facts:
        seen: Observation = snapshot.observe(fact)
        if isinstance(seen, Present | Absent):
            yield Read(fact, seen)
