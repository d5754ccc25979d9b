"""Hosts as documents and options name them: plain names, and patterns."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast

import msgspec

from hklint.errors import UsageError
from hklint.fold import fold
from hklint.run import HostResult
from hklint.target import SshTarget, WsmanTarget, parse_target

WILDCARDS = "*?"


class NamedHosts(msgspec.Struct, frozen=True):
    """Names and patterns ready to be compared; all are folded."""

    names: frozenset[str]
    patterns: tuple[re.Pattern[str], ...]

    def have(self, shown: str, addresses: Iterable[str]) -> bool:
        """Whether a host is among them; all names are folded.

        `shown` is the name in reports. It may hold what the host calls itself, so it has to be
        written in full: a pattern would let a host choose its waivers, or its group.
        """
        return shown in self.names or any(
            name in self.names or any(pattern.fullmatch(name) for pattern in self.patterns)
            for name in addresses
        )

    def has_name(self, name: str) -> bool:
        """Whether a name or an address that is asked for is among them."""
        return self.have("", [fold(name)])


def named_hosts(hosts: Iterable[str]) -> NamedHosts:
    """Names and patterns made ready."""
    folded = {fold(host) for host in hosts}
    patterns = sorted(host for host in folded if is_pattern(host))
    names = frozenset(host for host in folded if not is_pattern(host))
    return NamedHosts(names, tuple(map(host_pattern, patterns)))


def is_pattern(host: str) -> bool:
    """Whether it may stand for several hosts."""
    return any(sign in host for sign in WILDCARDS)


def host_pattern(text: str) -> re.Pattern[str]:
    """A folded pattern: `*` is any text, also none, `?` one character, and all else is itself.

    What stands between two stars is taken at the first place that fits and never moved again. That
    finds every match, and takes no longer than the lengths of pattern and name multiplied.
    """
    pieces = [
        "".join("." if sign == "?" else re.escape(sign) for sign in piece)
        for piece in text.split("*")
    ]
    first, *between = pieces
    last = f".*{between.pop()}" if between else ""
    skips = "".join(f"(?>.*?{piece})" for piece in between if piece)
    return re.compile(f"{first}{skips}{last}", re.DOTALL)


def asked_names(result: HostResult) -> Iterator[str]:
    """The names and addresses by which a host was asked for."""
    for text in (result.target, _asked_for(result)):
        try:
            target = parse_target(text, is_file=lambda _: False)
        except UsageError:
            continue
        if isinstance(target, (WsmanTarget, SshTarget)):
            yield target.host


def _asked_for(result: HostResult) -> str:
    """The target that the snapshot was taken from; "" if there is none."""
    source = (result.snapshot or {}).get("source")
    if not isinstance(source, Mapping):
        return ""
    return str(cast("Mapping[str, object]", source).get("target", ""))
