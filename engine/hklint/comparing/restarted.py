"""Whether a host has restarted since an earlier run, by its own clock alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from hklint.clock import utc
from hklint.fact import HostField, Observation, Present
from hklint.facts import host
from hklint.judging import show
from hklint.run import HostResult
from hklint.waiver import moment_text


class Restarted(NamedTuple):
    """Whether a host has restarted since: None where that is not known. `says` why, in words."""

    since: bool | None
    says: str


def clock_of(result: HostResult) -> datetime | None:
    """The host's own time when its facts were read; None where it is not known."""
    return _moment(_observed(result, "clock"))


def restarted(result: HostResult, earlier: datetime | None) -> Restarted:
    """Whether a host has restarted since a moment by its own clock.

    Times of the computer that asked are not looked at, as its clock may be another. Nor is a clock
    believed that has gone back, or that is behind the host's last start.
    """
    if earlier is None:
        return Restarted(None, "the earlier run does not tell the host's own time")
    seen = _observed(result, "last_boot")
    started, clock = _moment(seen), clock_of(result)
    if started is None:
        what = "it was not asked" if seen is None else show.show(seen)
        return Restarted(None, f"when the host last started could not be read ({what})")
    if clock is None or clock < max(earlier, started):
        return Restarted(None, "the host's clock can't be relied on: it is unread, or was set back")
    last = f"it last started at {to_second(started)}"
    if started > earlier:
        return Restarted(since=True, says=f"the host has restarted since: {last}")
    return Restarted(since=False, says=f"the host has not restarted since: {last}")


def to_second(moment: datetime) -> str:
    """A moment in words; that of a start has fractions nobody needs."""
    return moment_text(moment.replace(microsecond=0))


def _observed(result: HostResult, field: str) -> Observation | None:
    answer = (result.snapshot or {}).get("answer")
    if not isinstance(answer, Mapping):
        return None
    fields = dict(host.read(cast("Mapping[str, Any]", answer)))
    return fields.get(HostField(field))


def _moment(seen: Observation | None) -> datetime | None:
    if not isinstance(seen, Present):
        return None
    try:
        return utc(str(seen.value))
    except ValueError:
        return None
