"""Asking a host again: only while it has answered nothing, and never beyond its deadline.

A connection that breaks after the account was shown may hide a refusal, which Windows counts
towards the account's lockout: nothing is tried again then.
"""

import itertools
import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace

from hklint.failure import Failure, Reason
from hklint.sources.answered import Held
from hklint.sources.line import Phase
from hklint.sources.options import Options

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds; each pause is twice as long as the one before it, by up to a quarter more or less, so
that many hosts behind one device don't come back to it at the same moment."""
_SPREAD = 0.25
_SHORTEST_ATTEMPT = 1.0
_PASSING = frozenset(
    {Reason.CONNECTION_REFUSED, Reason.NO_ROUTE, Reason.CONNECTION_LOST, Reason.TIMED_OUT}
)

Ask = Callable[[float], Held]
"""One attempt, within so many seconds."""

_random = random.SystemRandom()
_log = logging.getLogger(__name__)


def in_attempts(ask: Ask, options: Options, chance: Callable[[], float] = _random.random) -> Held:
    """What comes of asking, and of asking again where that is safe; `chance` is from 0 to 1.

    Each attempt gets what the deadline leaves it. Waiting ends at once on cancellation.
    """
    started = time.monotonic()
    for number in itertools.count(1):
        held = ask(options.deadline - (time.monotonic() - started))
        taken = time.monotonic() - started
        pause = _pause(number, chance())
        too_late = taken + pause + _SHORTEST_ATTEMPT > options.deadline
        failure = held.result
        if not isinstance(failure, Failure) or not is_safe(held, failure):
            return _counted(held, number, taken)
        if number > options.retries or too_late:
            return _counted(held, number, taken)
        _log.debug("%s; trying again in %.1f s", failure.reason, pause)
        if options.cancellation.wait(pause):
            return _cancelled(held, failure)
    raise AssertionError("attempts are counted without an end")


def is_safe(held: Held, failure: Failure) -> bool:
    """Whether asking again can do nothing twice, and can't count against the account.

    No message has come to the service that opens sessions. Then a busy name server, or HTTP.sys
    without its service, says itself that it is only for now. Anything else is safe as long as the
    host has not seen the account; and a host that took the connection and says nothing is not
    pressed.
    """
    if held.sent:
        return False
    if held.try_later:
        return True
    silent = failure.reason is Reason.TIMED_OUT and failure.phase != Phase.CONNECTING
    return failure.reason in _PASSING and not held.tried and not silent


def _pause(number: int, chance: float) -> float:
    usual = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (number - 1))
    return usual * (1 - _SPREAD + 2 * _SPREAD * chance)


def _counted(held: Held, number: int, seconds: float) -> Held:
    failure = held.result
    if number == 1 or not isinstance(failure, Failure):
        return held
    detail = f"{failure.detail}; {number} attempts in {seconds:.0f} s"
    return replace(held, result=Failure(failure.reason, failure.phase, detail))


def _cancelled(held: Held, failure: Failure) -> Held:
    detail = f"{failure.detail}; it was not tried again"
    return replace(held, result=Failure(Reason.CANCELLED, failure.phase, detail))
