"""What reports say of waivers: who accepted what until when, and which of them need attention."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hklint.run import Run
from hklint.verdict import Verdict
from hklint.waiver import (
    Waiver,
    WaiverMark,
    WaiverState,
    WaiverStatus,
    moment_text,
    read_moment,
)
from hklint_reports.text import counted

MARKS_SHOWN = 3
HOSTS_SHOWN = 3
Word = Literal["expired", "not yet valid", "expires soon", "unused", "every host"]
WORDS: tuple[Word, ...] = ("expired", "not yet valid", "expires soon", "unused", "every host")
"""What can be the matter with a waiver, in the order of reports."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is the matter with a waiver, in a word or two and as a sentence without its subject.

    It is `urgent` when it has expired and something needs it.
    """

    word: Word
    text: str
    waiver: Waiver
    urgent: bool


def waiver_parts(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Who accepted a verdict, or did so until lately, as labelled lines."""
    if (mark := verdict.waiver) is not None:
        yield "waived", f"until {moment_text(mark.until)} by {mark.approver}: {mark.reason}"
        yield "waived", f"{mark.id}, {whose(mark)}"
    elif (mark := verdict.expired_waiver) is not None:
        ended = moment_text(mark.until)
        yield "expired", f"the waiver ended {ended} and waives nothing any more: {mark.reason}"
        yield "expired", f"{mark.id}, {whose(mark)}"


def whose(waiver: Waiver | WaiverMark) -> str:
    """Who is to be asked about a waiver, and where it stands."""
    place = f"{waiver.span.path}:{waiver.span.line}"
    return f"owner {waiver.owner}, ticket {waiver.ticket}, {place}"


def waived_by(mark: WaiverMark) -> str:
    """A waiver in one sentence, for formats that have one line for it."""
    return (
        f"waived until {moment_text(mark.until)} by {mark.approver} "
        f"({mark.id}, ticket {mark.ticket}, owner {mark.owner}): {mark.reason}"
    )


def waivers_text(marks: Iterable[WaiverMark]) -> str:
    """Some waivers with their ends, the next to end first; the rest is counted."""
    ordered = sorted(marks, key=lambda mark: (mark.until, mark.id))
    shown = [f"{mark.id} until {moment_text(mark.until)}" for mark in ordered[:MARKS_SHOWN]]
    more = len(ordered) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def waiver_notes(run: Run) -> list[Note]:
    """What is to be known of a run's waivers: expired ones first, those for every host last."""
    moment = read_moment(run.header.started)
    notes = (
        note
        for waiver, status in zip(run.header.waivers, run.summary.waivers, strict=True)
        for note in _notes(waiver, status, moment)
    )
    return sorted(notes, key=lambda note: WORDS.index(note.word))


def _notes(waiver: Waiver, status: WaiverStatus, moment: datetime) -> Iterator[Note]:
    time = time_of(waiver, status.state, moment)
    if status.state is WaiverState.EXPIRED:
        yield Note("expired", f"{time}; {_need(status)}", waiver, status.unwaived > 0)
        return
    if status.state is WaiverState.NOT_YET_VALID:
        yield Note("not yet valid", f"{time}; {_need(status)}", waiver, urgent=False)
        return
    if status.state is WaiverState.EXPIRING:
        yield Note("expires soon", f"{time}; {_need(status)}", waiver, urgent=False)
    elif status.unused:
        yield Note("unused", f"is {_not_needed(status)}", waiver, urgent=False)
    if waiver.everywhere:
        yield Note("every host", "is for all hosts there are", waiver, urgent=False)


def time_of(waiver: Waiver, state: WaiverState, moment: datetime) -> str:
    """When a waiver begins, ends or ended, and how far off that is."""
    if state is WaiverState.EXPIRED:
        return f"ended {moment_text(waiver.until)}, {_days(moment - waiver.until)} ago"
    if state is WaiverState.NOT_YET_VALID:
        return f"begins {moment_text(waiver.valid_from)}, in {_days(waiver.valid_from - moment)}"
    return f"ends {moment_text(waiver.until)}, in {_days(waiver.until - moment)}"


def _need(status: WaiverStatus) -> str:
    """What the run has shown of the need for a waiver."""
    if status.unwaived:
        them = "is" if status.unwaived == 1 else "are"
        return f"{counted(status.unwaived, 'verdict')} of its rule and hosts {them} not waived"
    if status.needed and status.state in (WaiverState.EXPIRED, WaiverState.NOT_YET_VALID):
        return "another waiver is in force for all that it is for"
    if status.needed:
        return f"it waives {counted(status.needed, 'verdict')}"
    if status.not_judged:
        return f"nobody knows if it is needed: {counted(status.not_judged, 'host')} gave no answer"
    return f"it is {_not_needed(status)}"


def _not_needed(status: WaiverStatus) -> str:
    if status.matched:
        return "not needed: no verdict of its rule and hosts failed"
    return "not needed: no verdict is of its rule and hosts"


def _days(time: timedelta) -> str:
    return counted(time.days, "day") if time.days else "less than a day"


def about(waiver: Waiver) -> str:
    """Which waiver it is: its id, its rule, its hosts."""
    more = len(waiver.hosts) - HOSTS_SHOWN
    hosts = ", ".join(waiver.hosts[:HOSTS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{waiver.id} ({waiver.rule} on {hosts})"
