"""Consistency: what a host has that is compared with the other hosts of its group."""

import msgspec

MOST_SHARES = 10
MOST_NAMES = 10


class Share(msgspec.Struct, frozen=True):
    """Hosts of a group that have the same: how many, and the names of some.

    `has` is what they have, in words; "" of those of which it is not known. At most MOST_NAMES are
    named, the first in the order of the alphabet.
    """

    has: str
    hosts: int
    names: tuple[str, ...]


class Consistency(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a host has, and who has what in its group.

    `has` is in words, and `digest` is equal where hosts have the same, which long texts that were
    cut do not show; both are "" where it is not known. `hosts` are those of the group of which it
    is known, which have so many `different` things; `shares` has the largest first, at most
    MOST_SHARES. `not_known` are those of which it is not. All but `has` and `digest` is empty
    before all hosts were heard.
    """

    has: str = ""
    digest: str = ""
    group: str = ""
    hosts: int = 0
    different: int = 0
    shares: tuple[Share, ...] = ()
    not_known: Share | None = None


class HostGroup(msgspec.Struct, frozen=True):
    """A group of hosts: their names, and patterns with `*` and `?`."""

    name: str
    hosts: tuple[str, ...]
