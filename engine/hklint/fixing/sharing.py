"""Sharing: hosts that need the same, and have the same now, share one fix."""

from collections.abc import Iterable, Sequence

import msgspec

from hklint.fix import Fix, HostFix


def shared(found: Iterable[HostFix]) -> list[tuple[Fix, tuple[HostFix, ...]]]:
    """The fixes with steps, each once for all its hosts, in the order of the first of them."""
    groups: dict[object, list[HostFix]] = {}
    for item in found:
        fix = item.fix
        if fix.steps:
            key = fix.policies, fix.steps, fix.new_keys, fix.unasked_keys
            groups.setdefault(key, []).append(item)
    return [(_united(group), tuple(group)) for group in groups.values()]


def _united(group: Sequence[HostFix]) -> Fix:
    hosts = tuple(item.host for item in group)
    oldest = min(item.fix.taken_at for item in group)
    return msgspec.structs.replace(group[0].fix, hosts=hosts, taken_at=oldest)
