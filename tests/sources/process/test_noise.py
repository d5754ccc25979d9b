"""What a banner or a profile writes before PowerShell speaks costs no answer."""

from collections.abc import Callable

import pytest

from hklint.failure import Reason
from hklint.sources import Answered


@pytest.mark.parametrize(
    "noise",
    ["lines", "byte-order-mark", "no-end-of-line", "utf-16", "code-page", "markup", "much"],
)
def test_noise_before_the_first_packet(ask: Callable[..., object], noise: str) -> None:
    answered = ask("lab_host.py", "answers", noise)
    assert isinstance(answered, Answered), answered


def test_noise_without_end(timed: Callable[..., object]) -> None:
    outcome, seconds = timed("hostile_host.py", "writes_lines_without_end")
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "sent no packet, but text without end: All activity is monitored" in outcome.detail
    assert seconds < 3


def test_noise_is_shown_when_no_packet_comes(ask: Callable[..., object]) -> None:
    outcome = ask("hostile_host.py", "bombs_at_once", deadline=2.0)
    assert outcome.reason is Reason.TIMED_OUT
    assert "no answer from this computer in time: <!DOCTYPE Data" in outcome.detail
    assert len(outcome.detail) < 300
