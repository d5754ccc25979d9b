"""Asking again: when that is safe, how long is waited, and that the deadline holds."""

import threading
import time
from types import SimpleNamespace

import pytest

from hklint.failure import Failure, Reason
from hklint.sources import Cancellation, Options, attempts
from hklint.sources.answered import Held
from hklint.sources.attempts import in_attempts
from hklint.sources.line import Phase

CONNECTING, LOGGING_ON = Phase.CONNECTING, Phase.LOGGING_ON


def failed(reason: Reason, phase: Phase = CONNECTING, **fields: bool) -> Held:
    return Held(Failure(reason, phase, "seen"), **fields)


ASKED_AGAIN = [
    failed(Reason.CONNECTION_REFUSED),
    failed(Reason.NO_ROUTE),
    failed(Reason.TIMED_OUT),
    failed(Reason.CONNECTION_LOST),
    failed(Reason.CONNECTION_LOST, LOGGING_ON),
    failed(Reason.NAME_NOT_RESOLVED, try_later=True),
    failed(Reason.PROTOCOL_ERROR, LOGGING_ON, try_later=True),
    failed(Reason.PROTOCOL_ERROR, Phase.OPENING, try_later=True, tried=True),
]
NOT_ASKED_AGAIN = [
    Held({"version": 1}),
    failed(Reason.NAME_NOT_RESOLVED),
    failed(Reason.TIMED_OUT, LOGGING_ON),
    failed(Reason.CONNECTION_LOST, LOGGING_ON, tried=True),
    failed(Reason.CONNECTION_LOST, Phase.OPENING, tried=True, sent=True),
    failed(Reason.CONNECTION_LOST, Phase.OPENING, tried=True, sent=True, try_later=True),
    *(
        failed(reason)
        for reason in Reason
        if reason
        not in {
            Reason.CONNECTION_REFUSED,
            Reason.NO_ROUTE,
            Reason.TIMED_OUT,
            Reason.CONNECTION_LOST,
        }
    ),
]


class Waiting(Cancellation):
    """Notes how long is waited, and doesn't."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def wait(self, seconds: float) -> bool:
        self.pauses.append(seconds)
        return False


def repeated(held: Held, options: Options) -> tuple[Held, int]:
    """What comes of a host that always answers like that, and how often it was asked."""
    asked: list[float] = []

    def ask(seconds: float) -> Held:
        asked.append(seconds)
        return held

    return in_attempts(ask, options), len(asked)


@pytest.mark.parametrize("held", ASKED_AGAIN)
def test_what_is_asked_again(kit: SimpleNamespace, held: Held) -> None:
    last, number = repeated(held, kit.options(cancellation=Waiting()))
    assert number == 3
    assert isinstance(last.result, Failure)
    assert last.result.detail == "seen; 3 attempts in 0 s"


@pytest.mark.parametrize("held", NOT_ASKED_AGAIN)
def test_what_is_not_asked_again(kit: SimpleNamespace, held: Held) -> None:
    assert repeated(held, kit.options(cancellation=Waiting())) == (held, 1)


def test_no_retries_were_wanted(kit: SimpleNamespace) -> None:
    assert repeated(ASKED_AGAIN[0], kit.options(retries=0))[1] == 1


@pytest.mark.parametrize(("chance", "part"), [(0.0, 0.75), (0.5, 1.0), (1.0, 1.25)])
def test_pauses_double_are_bounded_and_spread(
    kit: SimpleNamespace, chance: float, part: float
) -> None:
    waiting = Waiting()
    options = kit.options(retries=6, deadline=90.0, cancellation=waiting)
    in_attempts(lambda _seconds: ASKED_AGAIN[0], options, lambda: chance)
    assert waiting.pauses == [part * usual for usual in (0.5, 1, 2, 4, 8, 8)]


def test_pauses_differ(kit: SimpleNamespace) -> None:
    waiting = Waiting()
    for _ in range(4):
        repeated(ASKED_AGAIN[0], kit.options(retries=1, cancellation=waiting))
    assert len(set(waiting.pauses)) > 1


def test_each_attempt_gets_what_the_deadline_leaves(kit: SimpleNamespace) -> None:
    given: list[float] = []

    def ask(seconds: float) -> Held:
        given.append(seconds)
        time.sleep(0.1)
        return ASKED_AGAIN[0]

    options = kit.options(deadline=3.0, retries=9)
    held = in_attempts(ask, options, lambda: 0.5)
    assert given[0] == pytest.approx(3.0, abs=0.05)
    assert given[1] == pytest.approx(2.4, abs=0.1)
    assert given[2] == pytest.approx(1.3, abs=0.2)
    assert len(given) == 3  # after the next pause there would be no time to ask
    assert isinstance(held.result, Failure)
    assert held.result.detail == "seen; 3 attempts in 2 s"


def test_cancelling_ends_a_pause_at_once(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 8.0)
    cancellation = Cancellation()
    asked = threading.Event()

    def ask(_seconds: float) -> Held:
        asked.set()
        return ASKED_AGAIN[0]

    held: list[Held] = []
    options = kit.options(deadline=60.0, cancellation=cancellation)
    thread = threading.Thread(target=lambda: held.append(in_attempts(ask, options)))
    thread.start()
    assert asked.wait(5)
    time.sleep(0.1)
    started = time.monotonic()
    cancellation.cancel()
    thread.join()
    assert time.monotonic() - started < 0.5
    assert held[0].result == Failure(Reason.CANCELLED, CONNECTING, "seen; it was not tried again")
