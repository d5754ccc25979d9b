"""Exceptions that the lab cannot provoke."""

from types import SimpleNamespace

import pytest
from pypsrp.exceptions import (
    FragmentError,
    InvalidPSRPOperation,
    WinRMTransportError,
    WSManFaultError,
)
from spnego.exceptions import SpnegoError

from hklint.failure import Reason
from hklint.lab.wire.psrp import MessageType
from hklint.lab.wire.shell import Shell
from hklint.sources.line import Line, Phase
from hklint.sources.wsman.classify import classify

KRB5 = type("Krb5Error", (Exception,), {"__module__": "krb5._exceptions"})


def fault(code: int | str) -> WSManFaultError:
    return WSManFaultError(code, "EXCH01", "Zugriff verweigert", None, None, None)


@pytest.mark.parametrize(
    ("error", "phase", "reason"),
    [
        (fault(5), Phase.OPENING, Reason.NOT_AUTHORISED),
        (fault("w:AccessDenied"), Phase.OPENING, Reason.NOT_AUTHORISED),
        (fault(1326), Phase.OPENING, Reason.AUTHENTICATION_FAILED),
        (fault(995), Phase.RUNNING, Reason.CONNECTION_LOST),
        (fault(1223), Phase.RUNNING, Reason.CONNECTION_LOST),
        (fault(2150858843), Phase.RUNNING, Reason.CONNECTION_LOST),
        (fault(2150859230), Phase.RUNNING, Reason.CONNECTION_LOST),
        (fault(1726), Phase.RUNNING, Reason.COLLECTOR_FAILED),
        (fault(2150858811), Phase.OPENING, Reason.ENDPOINT_MISSING),
        (fault(2150859174), Phase.OPENING, Reason.SHELL_QUOTA),
        (fault(2150859179), Phase.OPENING, Reason.SHELL_QUOTA),
        (fault(2150859240), Phase.OPENING, Reason.SHELL_QUOTA),
        (fault(2150859180), Phase.OPENING, Reason.NOT_AUTHORISED),
        (fault(2150859235), Phase.OPENING, Reason.NOT_AUTHORISED),
        (fault("w:InternalError"), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (fault(2150858767), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (WinRMTransportError("http", 502, ""), Phase.OPENING, Reason.PROTOCOL_ERROR),
        (InvalidPSRPOperation("a broken pool"), Phase.OPENING, Reason.COLLECTOR_FAILED),
        (SpnegoError(error_code=9), Phase.LOGGING_ON, Reason.AUTHENTICATION_FAILED),
        (KRB5("bad password"), Phase.LOGGING_ON, Reason.AUTHENTICATION_FAILED),
        (SpnegoError(error_code=9), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (FragmentError("order"), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (AttributeError("broken CLIXML"), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (RecursionError(), Phase.RUNNING, Reason.PROTOCOL_ERROR),
        (AssertionError("?"), Phase.RUNNING, Reason.INTERNAL_ERROR),
    ],
)
def test_exception_has_a_reason(
    kit: SimpleNamespace, error: Exception, phase: Phase, reason: Reason
) -> None:
    line = Line(10, 10, 10)
    line.reached = phase
    failure = classify(error, line, kit.target_of(5985), kit.USER)
    assert (failure.reason, failure.phase) == (reason, phase)


def test_command_that_is_done_without_a_state(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then pypsrp would ask for ever."""
    send = Shell._send

    def without_state(self: Shell, kind: MessageType, *others: object) -> None:
        if kind is not MessageType.PIPELINE_STATE:
            send(self, kind, *others)

    monkeypatch.setattr(Shell, "_send", without_state)
    outcome = kit.failure_at_lab()
    assert outcome.reason is Reason.PROTOCOL_ERROR
    assert "without saying how it ended" in outcome.detail
