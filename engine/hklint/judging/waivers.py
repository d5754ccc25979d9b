"""Waivers at work: which verdicts they are for, and where they stand at a moment."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from hklint.fold import fold
from hklint.judging.named_hosts import NamedHosts, asked_names, named_hosts
from hklint.run import HostResult
from hklint.tally import Tally
from hklint.verdict import Outcome, Verdict
from hklint.waiver import Waiver, WaiverState, WaiverStatus, WaiverUse, read_moment


class Scope(msgspec.Struct, frozen=True):
    """A waiver with its hosts ready to be compared."""

    waiver: Waiver
    hosts: NamedHosts


def scopes(waivers: Iterable[Waiver]) -> tuple[Scope, ...]:
    """Waivers made ready for the hosts of a run."""
    return tuple(Scope(waiver, named_hosts(waiver.hosts)) for waiver in waivers)


def waive(result: HostResult, known: Sequence[Scope], moment: datetime) -> HostResult:
    """A host's result with a mark on each verdict that a waiver is for."""
    addresses = {fold(name) for name in asked_names(result)}
    here = [scope.waiver for scope in known if scope.hosts.have(fold(result.host), addresses)]
    if not here:
        return result
    verdicts, uses = apply(result.verdicts, here, moment)
    return msgspec.structs.replace(result, verdicts=verdicts, waivers=uses)


def apply(
    verdicts: Iterable[Verdict], waivers: Sequence[Waiver], moment: datetime
) -> tuple[tuple[Verdict, ...], tuple[WaiverUse, ...]]:
    """Marks the verdicts of a host that has these waivers, and says what each had to do.

    The first waiver in force marks a verdict, in the order of the documents. Where there is none,
    the one that expired last is named on it.
    """
    by_rule: dict[str, list[int]] = {}
    for number, waiver in enumerate(waivers):
        by_rule.setdefault(waiver.rule, []).append(number)
    matched, needed, unwaived = Counter[int](), Counter[int](), Counter[int]()
    marked: list[Verdict] = []
    for verdict in verdicts:
        numbers = {*by_rule.get(verdict.rule, ()), *by_rule.get(verdict.name, ())}
        fitting = [n for n in sorted(numbers) if waivers[n].policy in ("", verdict.policy)]
        wanted = [n for n in fitting if accepts(waivers[n], verdict.outcome)]
        matched.update(fitting)
        needed.update(wanted)
        marked.append(_marked(verdict, [waivers[n] for n in wanted], moment))
        if marked[-1].waiver is None:
            unwaived.update(wanted)
    uses = (
        WaiverUse(waiver.id, matched[n], needed[n], unwaived[n]) for n, waiver in enumerate(waivers)
    )
    return tuple(marked), tuple(uses)


def accepts(waiver: Waiver, outcome: Outcome) -> bool:
    """Whether a waiver is for such verdicts: failed ones, and unknown ones if it says so."""
    return outcome is Outcome.FAIL or (outcome is Outcome.UNKNOWN and waiver.unknown)


def _marked(verdict: Verdict, wanted: Iterable[Waiver], moment: datetime) -> Verdict:
    expired: Waiver | None = None
    for waiver in wanted:
        if waiver.until <= moment:
            expired = waiver if expired is None or waiver.until > expired.until else expired
        elif waiver.valid_from <= moment:
            return msgspec.structs.replace(verdict, waiver=waiver.mark)
    if expired is None:
        return verdict
    return msgspec.structs.replace(verdict, expired_waiver=expired.mark)


def state(waiver: Waiver, moment: datetime, warn_days: int) -> WaiverState:
    """Where a moment stands in a waiver's time."""
    if waiver.until <= moment:
        return WaiverState.EXPIRED
    if moment < waiver.valid_from:
        return WaiverState.NOT_YET_VALID
    if waiver.until - moment <= timedelta(days=warn_days):
        return WaiverState.EXPIRING
    return WaiverState.ACTIVE


def statuses(tally: Tally) -> tuple[WaiverStatus, ...]:
    """What a run says of each waiver that it was given, in their order.

    A host that left no line at all may be one that any of them names.
    """
    header = tally.header
    missing = max(0, header.targets - tally.hosts)
    moment = read_moment(header.started)
    return tuple(
        WaiverStatus(
            waiver.id,
            state(waiver, moment, header.warn_days),
            use.matched,
            use.needed,
            use.unwaived,
            tally.not_judged_by_waiver[waiver.id] + missing,
        )
        for waiver in header.waivers
        for use in [tally.uses.get(waiver.id, WaiverUse(waiver.id, 0, 0, 0))]
    )
