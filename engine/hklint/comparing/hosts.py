"""Finding a host again in another run."""

import re
from collections.abc import Iterator
from typing import Generic, TypeVar

from hklint.fold import fold
from hklint.run import HostResult

T = TypeVar("T")

_NAMED_ITSELF = re.compile(r".* \(([^()]+)\)", re.DOTALL)
_LOCAL = "local:"


def host_key(name: str) -> str:
    """What of a host's name in reports stays the same from run to run, folded.

    A host that was asked for by its address is `NAME (ADDRESS)` in reports if it answered, and
    `ADDRESS` if not. NAME is what it calls itself, so it proves nothing; the address is what the
    user chose. Only of `NAME (local:)` the name is all there is.
    """
    match = _NAMED_ITSELF.fullmatch(name)
    return fold(match[1] if match and match[1] != _LOCAL else name)


class ByHost(Generic[T]):
    """Something for each host of a run, to be found by the hosts of another one.

    A host is found by its name. Where a run has several of one name, as one asked over HTTP and
    over TLS, the target decides, and one that has none of their targets is none of them.
    """

    def __init__(self) -> None:
        self._items: dict[str, list[tuple[str, T]]] = {}

    def add(self, result: HostResult, item: T) -> None:
        """Keep something for a host."""
        self._items.setdefault(host_key(result.host), []).append((result.target, item))

    def find(self, result: HostResult) -> T | None:
        """What was kept for the host that this result is of, or None."""
        found = self._items.get(host_key(result.host), [])
        if len(found) == 1:
            return found[0][1]
        return next((item for target, item in found if target == result.target), None)

    def __iter__(self) -> Iterator[T]:
        return (item for found in self._items.values() for _, item in found)
