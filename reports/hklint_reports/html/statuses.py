"""Statuses: the outcomes as the page counts, colours and filters them, the worst first."""

from enum import IntEnum
from typing import NamedTuple

from hklint.verdict import Outcome, Verdict


class Status(IntEnum):
    """What became of a verdict; NOT_REACHED is of hosts, which then have none."""

    FAIL = 0
    UNKNOWN = 1
    WAIVED = 2
    NOT_APPLICABLE = 3
    PASS = 4
    NOT_REACHED = 5


class Look(NamedTuple):
    """How a status is named in addresses and styles, said, and drawn where there is no room."""

    key: str
    word: str
    sign: str


LOOKS: dict[Status, Look] = {
    Status.FAIL: Look("fail", "failed", "\u2717"),
    Status.UNKNOWN: Look("unknown", "unknown", "?"),
    Status.WAIVED: Look("waived", "waived", "~"),
    Status.NOT_APPLICABLE: Look("not-applicable", "not applicable", "\u2013"),
    Status.PASS: Look("pass", "passed", "\u2713"),
    Status.NOT_REACHED: Look("not-reached", "not reached", "!"),
}
"""A waived verdict stays what it is; its block says so. Here it only no longer counts."""

VERDICTS = tuple(status for status in Status if status is not Status.NOT_REACHED)

_STATUSES: dict[Outcome, Status] = {
    Outcome.FAIL: Status.FAIL,
    Outcome.UNKNOWN: Status.UNKNOWN,
    Outcome.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Outcome.PASS: Status.PASS,
}


def status_of(verdict: Verdict) -> Status:
    """The status of a verdict."""
    return Status.WAIVED if verdict.waiver is not None else _STATUSES[verdict.outcome]
