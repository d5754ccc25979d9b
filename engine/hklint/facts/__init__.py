"""The kinds of facts: how each is asked for in the collector's request and read from its answer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from hklint.collector import CONTRACT_VERSION
from hklint.fact import (
    Fact,
    HostField,
    Observation,
    RegistryKey,
    RegistryName,
    RegistryValue,
    Unreadable,
    WebRequest,
)
from hklint.facts import host, registry, web_request
from hklint.snapshot import lookup_key

Reader = Callable[[Mapping[str, Any]], Iterator[tuple[Fact, Observation]]]

READERS: tuple[Reader, ...] = (host.read, registry.read, web_request.read)


def to_request(facts: Iterable[Fact]) -> dict[str, Any]:
    """The collector's request for these facts; each is asked once, in a stable order."""
    asked = set(facts)
    return {
        "version": CONTRACT_VERSION,
        "host": any(isinstance(fact, HostField) for fact in asked),
        "registry": registry.ask(
            fact for fact in asked if isinstance(fact, RegistryValue | RegistryName | RegistryKey)
        ),
        "web_requests": web_request.ask(fact for fact in asked if isinstance(fact, WebRequest)),
    }


_CONTRADICTION = Unreadable("malformed", "the answer says two different things about it")


def read_answer(answer: Mapping[str, Any]) -> dict[Fact, Observation]:
    """The observations in an answer that is valid for the contract's schema.

    Of two different observations of one fact neither is believed, and where they are about a key,
    none of its values either.
    """
    observations: dict[Fact, Observation] = {}
    for read in READERS:
        for fact, seen in read(answer):
            key = lookup_key(fact)
            agrees = observations.get(key, seen) == seen
            observations[key] = seen if agrees else _CONTRADICTION
    for fact in observations:
        if isinstance(fact, RegistryValue | RegistryName):
            key = RegistryKey(fact.hive, fact.key, fact.view)
            if observations[key] == _CONTRADICTION:
                observations[fact] = _CONTRADICTION
    return observations
