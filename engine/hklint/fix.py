"""A fix: the registry values that would put hosts right, with what stands there now."""

from typing import Literal

import msgspec

from hklint.fact import Absent, Present, RegistryKey, RegistryValue
from hklint.verdict import Outcome, Severity

Restart = Literal["computer", "service", "none"]


class Step(msgspec.Struct, frozen=True):
    """One value that is written, or deleted where `after` is Absent.

    `before` is what stood there when the snapshot was taken; a value that was not read is never
    part of a fix. `rules` are the names of the verdicts that ask for it, each with its policy
    ("exchange-store-addins: dotnet-inherits-schannel[view=32-bit]").
    """

    fact: RegistryValue
    before: Present | Absent
    after: Present | Absent
    rules: tuple[str, ...]
    restart: Restart


class Fix(msgspec.Struct, frozen=True):
    """What one host needs, or several that need the same and have the same now.

    `steps` are in the order of keys and value names. `new_keys` are the keys that are not there
    and are made by writing, the upper ones first; `unasked_keys` lie above them, and nobody asked
    whether they are there. `taken_at` is when the oldest of the snapshots was taken, in ISO 8601
    and UTC, and `policies` has the ids with versions.
    """

    hosts: tuple[str, ...]
    taken_at: str
    policies: tuple[str, ...]
    steps: tuple[Step, ...]
    new_keys: tuple[RegistryKey, ...]
    unasked_keys: tuple[RegistryKey, ...]

    @property
    def restart(self) -> Restart:
        """The most that any of the steps needs before it is in effect."""
        needs = {step.restart for step in self.steps}
        if "computer" in needs:
            return "computer"
        return "service" if "service" in needs else "none"


LeftWhy = Literal[
    "waived",
    "conflict",
    "unread",
    "no-value",
    "live-request",
    "group",
    "not-judged",
    "not-found",
]
"""Why a fix leaves a verdict as it is.

It is accepted by a waiver; changing it would cost another rule; what it rests on was not read; the
policy names no value that helps; it is about a live request, which no file can answer; it
compares hosts; whether it is for this host is not known; or no set of values was found that helps.
"""


class Left(msgspec.Struct, frozen=True):
    """A verdict that fails, or is unknown, with the fix as it does without.

    `rule` is its name with its policy, and `says` a sentence on why and what to do.
    """

    rule: str
    title: str
    severity: Severity
    outcome: Outcome
    why: LeftWhy
    says: str


class Conflict(msgspec.Struct, frozen=True):
    """Rules that can't pass together, by their names; `facts` are the values they differ on."""

    rules: tuple[str, ...]
    facts: tuple[RegistryValue, ...]


class HostFix(msgspec.Struct, frozen=True):
    """What was derived for one host.

    `mends` are the names of the verdicts that pass with the fix, judged on the changed snapshot.
    `affects` is what the changes may break, in sentences. `smallest` is False where the search for
    a smaller set was cut short. `waiting` is why Windows waits for a restart already, or "".
    """

    host: str
    fix: Fix
    mends: tuple[str, ...]
    left: tuple[Left, ...]
    conflicts: tuple[Conflict, ...]
    affects: tuple[str, ...]
    smallest: bool
    waiting: str = ""
