"""HK512 and HK513: waivers that have ended, and two waivers for the same verdict."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import datetime

from hklint.codes import Code
from hklint.fold import fold
from hklint.judging.named_hosts import host_pattern
from hklint.messages import quoted
from hklint.span import Diagnostic
from hklint.waiver import Waiver, moment_text


def waiver_warnings(waivers: Sequence[Waiver], now: datetime) -> Iterator[Diagnostic]:
    """What looks wrong in waivers that are linted together."""
    for waiver in waivers:
        if waiver.valid_from < waiver.until <= now:
            message = f"waiver {waiver.id} ended {moment_text(waiver.until)}"
            hint = "remove it, or have it approved again and change until"
            yield Diagnostic(waiver.span, message, hint, Code.WAIVER_EXPIRED)
    for first, second in _pairs(waivers):
        host = _common_host(first, second)
        if host:
            place = f"{first.span.path}:{first.span.line}"
            message = f"waiver {first.id} ({place}) is for this rule on {quoted(host)} as well"
            hint = "remove one, or let one end before the other begins"
            yield Diagnostic(second.span, message, hint, Code.WAIVER_OVERLAP)


def _pairs(waivers: Sequence[Waiver]) -> Iterator[tuple[Waiver, Waiver]]:
    """Any two waivers of one rule that are in force together."""
    by_rule: dict[str, list[Waiver]] = {}
    for waiver in waivers:
        by_rule.setdefault(waiver.rule.partition("[")[0], []).append(waiver)
    for alike in by_rule.values():
        for first, second in itertools.combinations(alike, 2):
            if _same_rule(first, second) and _same_time(first, second):
                yield first, second


def _same_rule(first: Waiver, second: Waiver) -> bool:
    if first.policy and second.policy and first.policy != second.policy:
        return False
    one, other = first.rule, second.rule
    return one == other or one == other.partition("[")[0] or other == one.partition("[")[0]


def _same_time(first: Waiver, second: Waiver) -> bool:
    return first.valid_from < second.until and second.valid_from < first.until


def _common_host(first: Waiver, second: Waiver) -> str:
    """A host or pattern of the second waiver that the first is for as well; "" if none is found."""
    patterns = [host_pattern(fold(host)) for host in first.hosts]
    for host in second.hosts:
        if any(pattern.fullmatch(fold(host)) for pattern in patterns):
            return host
    return ""
