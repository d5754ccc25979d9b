"""Waivers: failed verdicts that somebody has accepted, for a time, and what a run says of them."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from hklint.span import Span

Moment = Annotated[datetime, Meta(tz=True)]
"""A point in time with its zone, so that any two can be compared."""
ExpiredWaivers = Literal["warn", "fail"]
"""What becomes of a verdict whose waiver has expired: nothing more than a line, or exit code 1."""
EXPIRED_WAIVERS: tuple[ExpiredWaivers, ...] = ("warn", "fail")
WARN_DAYS = 30
"""Days before its end in which a waiver is said to expire soon, unless the user chooses others."""


class WaiverMark(msgspec.Struct, frozen=True):
    """A waiver as it stands on a verdict: who accepted what for how long. `span` is its id."""

    id: str
    reason: str
    owner: str
    approver: str
    ticket: str
    until: Moment
    span: Span


class Waiver(msgspec.Struct, frozen=True):
    """A waiver as its document has it, with times in UTC.

    `policy` is "" where any policy's rule is meant; `rule` is a rule's id or, with the instance in
    brackets, one of its verdicts. `hosts` are names and patterns as written. It is in force from
    `valid_from` on and not any more at `until`. `span` is its id in the document.
    """

    id: str
    policy: str
    rule: str
    hosts: tuple[str, ...]
    reason: str
    owner: str
    approver: str
    ticket: str
    valid_from: Moment
    until: Moment
    unknown: bool
    span: Span

    @property
    def everywhere(self) -> bool:
        """Whether it is for every host there is."""
        return any(not host.strip("*") for host in self.hosts)

    @property
    def mark(self) -> WaiverMark:
        """What a verdict carries of it."""
        return WaiverMark(
            self.id, self.reason, self.owner, self.approver, self.ticket, self.until, self.span
        )


class WaiverUse(msgspec.Struct, frozen=True):
    """A waiver that names a host, and what there was for it to do.

    `matched` verdicts of the host are of its rule. `needed` of these failed, or are unknown and it
    is for those too, whether or not it was in force. `unwaived` of these are waived by none.
    """

    id: str
    matched: int
    needed: int
    unwaived: int


class WaiverState(StrEnum):
    """Where a moment stands in the time of a waiver."""

    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"


class WaiverStatus(msgspec.Struct, frozen=True):
    """What a run says of one of its waivers.

    `matched`, `needed` and `unwaived` count verdicts as in WaiverUse. `not_judged` hosts are named
    by it and gave no verdicts, so nobody knows whether they need it.
    """

    id: str
    state: WaiverState
    matched: int
    needed: int
    unwaived: int
    not_judged: int

    @property
    def unused(self) -> bool:
        """Whether the run has shown that nothing needs it."""
        return not self.needed and not self.not_judged


def read_moment(text: str) -> datetime:
    """The moment that a text in ISO 8601 names; without a zone it is UTC.

    Raises:
        ValueError: It is no such text, or lies outside of the years 1 to 9999.
    """
    found = datetime.fromisoformat(text.upper())
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError(f"{text!r} is out of range") from None


def moment_text(moment: datetime) -> str:
    """A moment as reports show it: in UTC, such as 2027-03-31T00:00:00Z."""
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return moment.isoformat()
