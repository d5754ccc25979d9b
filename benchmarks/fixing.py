"""Fixes derived in one process, and how many hosts share one."""

import time
from collections.abc import Sequence
from typing import NamedTuple
from zlib import crc32

from benchmarks.table import show
from hklint.fact import Absent, Fact, HostField, Observation, Present, RegistryValue
from hklint.fixing.derive import Deriver
from hklint.fixing.sharing import shared
from hklint.judging.plan import facts_needed
from hklint.linking.library import load
from hklint.policy import Policy
from hklint.snapshot import Snapshot, Source, lookup_key

POLICIES = (
    "exchange-store-addins",
    "exchange-tls",
    "schannel-protocols",
    "member-server-network",
)
HEAD = ("hosts", "rules", "seconds", "values changed", "different fixes", "verdicts left")
SOURCE = Source("psrp", "made up", "", "none", "0" * 64)
IDENTITY: dict[Fact, Observation] = {
    HostField("build"): Present("integer", 14393),
    HostField("exchange_version"): Present("version", "15.1.2507.6"),
    HostField("domain_role"): Present("integer", 3),
    HostField("installation_type"): Present("text", "Server"),
}
SEEN = (Absent("value"), Present("REG_DWORD", 0), Present("REG_DWORD", 1), Present("REG_SZ", "1"))


class Cost(NamedTuple):
    """What deriving the fixes of some hosts took, and what came of it."""

    seconds: float
    values: int
    fixes: int
    left: int


def run(*, quick: bool) -> None:
    """Measures and prints."""
    policies = list(load(POLICIES, {}).policies.values())
    rules = sum(len(policy.rules) for policy in policies)
    rows: list[Sequence[str]] = []
    for hosts in (10, 100) if quick else (10, 100, 1_000):
        cost = _derived(policies, hosts)
        rows.append(
            (
                f"{hosts:,}",
                str(rules),
                f"{cost.seconds:.2f}",
                f"{cost.values:,}",
                f"{cost.fixes:,}",
                f"{cost.left:,}",
            )
        )
    show("Fixes for hosts of which no two have the same values", HEAD, rows)


def _derived(policies: Sequence[Policy], hosts: int) -> Cost:
    snapshots = [_snapshot(policies, number) for number in range(hosts)]
    begun = time.perf_counter()
    deriver = Deriver(policies)
    found = [deriver.derive(snapshot) for snapshot in snapshots]
    fixes = len(shared(found))
    seconds = time.perf_counter() - begun
    values = sum(len(item.fix.steps) for item in found)
    return Cost(seconds, values, fixes, sum(len(item.left) for item in found))


def _snapshot(policies: Sequence[Policy], number: int) -> Snapshot:
    """A host whose values are absent, 0, 1 or of a wrong type, mixed by its number."""
    facts = sorted(map(lookup_key, facts_needed(policies)), key=str)
    seen = {
        fact: SEEN[crc32(f"{number} {fact}".encode()) % len(SEEN)]
        for fact in facts
        if isinstance(fact, RegistryValue)
    }
    return Snapshot(f"EX{number:04}", "2026-01-01T00:00:00Z", SOURCE, {}, {**IDENTITY, **seen})
