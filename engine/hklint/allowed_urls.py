"""Which URLs hosts may be told to request. That is for who runs hklint to say, never for a policy.

A policy may come from anybody, and a request tells whoever answers it that the host is there. So
what nobody has allowed is not requested, and what would come of it is not known.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple, get_args

import msgspec

from hklint.fact import Fact, Observation, Unreadable, Way, WebRequest
from hklint.url import Origin, origin_of

_BELOW = re.compile(r"^(https://)\*\.", re.IGNORECASE)


class Allowed(NamedTuple):
    """One origin, or with `below` every host below its name, on its port."""

    origin: Origin
    below: bool

    def covers(self, origin: Origin) -> bool:
        """Whether this allows requests to an origin."""
        if not self.below:
            return origin == self.origin
        return origin.port == self.origin.port and origin.host.endswith(f".{self.origin.host}")


class AllowedUrls(msgspec.Struct, frozen=True):
    """The URLs that hosts may be told to request: none, unless something is listed."""

    listed: frozenset[Allowed] = frozenset()

    def refused(self, facts: Iterable[Fact]) -> tuple[str, ...]:
        """The URLs among the facts that are not allowed, sorted."""
        urls = {fact.uri for fact in facts if isinstance(fact, WebRequest)}
        return tuple(sorted(url for url in urls if not self._allows(url)))

    def _allows(self, url: str) -> bool:
        origin = origin_of(url)
        return any(item.covers(origin) for item in self.listed)


def parse_allowed(text: str) -> Allowed:
    """What a user allows: the origin of a URL, or all of https://*.DOMAIN or https://*.DOMAIN:PORT.

    Raises:
        ValueError: It is neither; the message says why.
    """
    url = _BELOW.sub(r"\1", text)
    origin = origin_of(url)
    if url == text:
        return Allowed(origin, below=False)
    first, _, last = origin.host.rpartition(".")
    if not first or last.isdigit():
        raise ValueError("*. is for a domain of two words or more, as in https://*.contoso.example")
    return Allowed(origin, below=True)


def refusals(urls: Iterable[str]) -> Mapping[Fact, Observation]:
    """What is known of URLs that were not allowed, in whichever way they would be requested.

    Raises:
        ValueError: One of them is none that a host could be told to request.
    """
    return {
        WebRequest(url, way): Unreadable("not-allowed", f"--allow-url {origin_of(url)} allows it")
        for url in urls
        for way in get_args(Way)
    }
