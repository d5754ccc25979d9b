"""Statuses: the outcomes as the page counts, colours and filters them, the worst first."""

from enum import IntEnum
from typing import NamedTuple

from hklint.counting import expired, is_known
from hklint.run import RunHeader
from hklint.verdict import Diagnosis, Outcome, Verdict


class Status(IntEnum):
    """What became of a verdict; NOT_REACHED is of hosts, which then have none."""

    FAIL = 0
    UNKNOWN = 1
    KNOWN = 2
    WAIVED = 3
    NOT_APPLICABLE = 4
    PASS = 5
    NOT_REACHED = 6


class Look(NamedTuple):
    """How a status is named in addresses and styles, said, and drawn where there is no room."""

    key: str
    word: str
    sign: str


LOOKS: dict[Status, Look] = {
    Status.FAIL: Look("fail", "failed", "\u2717"),
    Status.UNKNOWN: Look("unknown", "unknown", "?"),
    Status.KNOWN: Look("known", "known", "="),
    Status.WAIVED: Look("waived", "waived", "~"),
    Status.NOT_APPLICABLE: Look("not-applicable", "not applicable", "\u2013"),
    Status.PASS: Look("pass", "passed", "\u2713"),
    Status.NOT_REACHED: Look("not-reached", "not reached", "!"),
}
"""A waived verdict, or one that the baseline has, stays what it is; its block says so. Here it only
no longer counts."""

VERDICTS = tuple(status for status in Status if status is not Status.NOT_REACHED)

_STATUSES: dict[Outcome, Status] = {
    Outcome.FAIL: Status.FAIL,
    Outcome.UNKNOWN: Status.UNKNOWN,
    Outcome.NOT_APPLICABLE: Status.NOT_APPLICABLE,
    Outcome.PASS: Status.PASS,
}


def status_of(header: RunHeader, verdict: Verdict) -> Status:
    """The status of a verdict."""
    if verdict.waiver is not None:
        return Status.WAIVED
    known = is_known(header, verdict) and not expired(header, verdict)
    return Status.KNOWN if known else _STATUSES[verdict.outcome]


def cause_status(diagnosis: Diagnosis) -> Status:
    """The status that a diagnosis looks like."""
    if diagnosis.works:
        return Status.PASS
    return Status.FAIL if diagnosis.state else Status.UNKNOWN
