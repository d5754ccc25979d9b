"""The program that carries a conversation, and what it did when it failed."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hklint.failure import Failure
from hklint.sources.line import Phase

_OWN = "HKLINT_"


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of a process: whether it sent a packet, and lines that are no packets.

    `status` is its exit status, None while it runs or when it was not started. `messages` are from
    its standard error, `noise` from its output; both are shortened.
    """

    spoke: bool
    status: int | None
    messages: tuple[str, ...]
    noise: tuple[str, ...]

    @property
    def end(self) -> str:
        """How its output came to an end, if it did."""
        return "closed its output" if self.status is None else f"ended (status {self.status})"

    @property
    def words(self) -> str:
        """The last that it said, for a detail; empty if it said nothing."""
        said = [*self.noise, *self.messages]
        return f": {said[-1]}" if said else ""


@dataclass(frozen=True, slots=True)
class Program:
    """How to start it, and what to say of it.

    `place` names the host in messages and `transport` the way in the evidence; `reached` is how far
    a conversation is as soon as the program runs. `judge` says what it means that it ended before
    the first packet.
    """

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    place: str
    transport: str
    reached: Phase
    judge: Callable[[Seen], Failure]

    @property
    def name(self) -> str:
        """The program's own name."""
        return self.argv[0].replace("\\", "/").rpartition("/")[2]


def environment(without: frozenset[str] = frozenset()) -> dict[str, str]:
    """This process's environment for a child: nothing of hklint's own, which may be secret.

    `without` names further variables in capitals.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(_OWN) and name.upper() not in without
    }
