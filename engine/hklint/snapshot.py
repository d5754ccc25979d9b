"""A snapshot: what one host answered, as evidence that can be judged again later, elsewhere."""

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from hklint.fact import (
    Fact,
    Observation,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
)
from hklint.fold import fold

SNAPSHOT_VERSION = 1
MAX_SPELLINGS = 50_000
"""Spellings of facts that are remembered: every rule asks for its facts on every host."""


class Source(msgspec.Struct, frozen=True):
    """Where a snapshot comes from.

    `kind` is the source's name (psrp), `target` as the user wrote it but never with a password,
    `account` who asked, `transport` how ("http, NTLM, sealed messages"), `collector_sha256` which
    script answered; it is empty where a function did that the host's endpoint has.
    """

    kind: str
    target: str
    account: str
    transport: str
    collector_sha256: str


class Snapshot(msgspec.Struct, frozen=True):
    """Facts of one host, without opinions.

    `host` is the name the user knows it by, `taken_at` is UTC in ISO 8601. `answer` is the
    collector's answer as it came, and `observations` is the same by fact. `not_requested` are URLs
    that the host was not told to request, because nobody had allowed them.
    """

    host: str
    taken_at: str
    source: Source
    answer: Mapping[str, object]
    observations: Mapping[Fact, Observation]
    not_requested: tuple[str, ...] = ()

    def observe(self, fact: Fact) -> Observation:
        """What is known of a fact; one that was never asked for is unreadable, not absent."""
        return self.observations.get(lookup_key(fact), _NOT_ASKED)


_NOT_ASKED = Unreadable("not-asked", "the snapshot has nothing on it")


@lru_cache(maxsize=MAX_SPELLINGS)
def lookup_key(fact: Fact) -> Fact:
    """The fact in the one spelling under which observations are kept."""
    if isinstance(fact, RegistryValue):
        return RegistryValue(fact.hive, fold(fact.key), fold(fact.value), fact.view)
    if isinstance(fact, RegistryName):
        return RegistryName(fact.hive, fold(fact.key), fold(fact.value), fact.view)
    if isinstance(fact, RegistryKey):
        return RegistryKey(fact.hive, fold(fact.key), fact.view)
    return fact
