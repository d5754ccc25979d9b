"""What comes back in place of the collector's answer. No shell stays behind."""

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hklint.failure import Reason
from hklint.lab.wire import ErrorCategory, TerminatingError


def raising(
    error_id: str, category: ErrorCategory = ErrorCategory.NOT_SPECIFIED
) -> Callable[..., str]:
    def script(_request: str, _stopped: threading.Event) -> str:
        raise TerminatingError("Tätä ei sallita", error_id=error_id, category=category)

    return script


@pytest.mark.parametrize(
    ("error_id", "reason"),
    [
        ("ScriptsNotAllowed", Reason.LANGUAGE_MODE),
        ("MethodInvocationNotSupportedInConstrainedLanguage", Reason.LANGUAGE_MODE),
        ("CommandNotFoundException", Reason.COLLECTOR_FAILED),
        ("RuntimeException", Reason.COLLECTOR_FAILED),
    ],
)
def test_script_that_ends_with_an_error(
    kit: SimpleNamespace, error_id: str, reason: Reason
) -> None:
    outcome = kit.failure_at_lab(raising(error_id, ErrorCategory.PERMISSION_DENIED))
    assert (outcome.reason, outcome.phase) == (reason, "running the collector")
    assert error_id in outcome.detail
    assert "18" in outcome.detail


def test_endpoint_that_does_not_know_the_collector(kit: SimpleNamespace) -> None:
    assert kit.failure_at_lab(known=False).reason is Reason.COLLECTOR_FAILED


def refusing(code: str) -> Callable[..., str]:
    return lambda _request, _stopped: json.dumps(
        {"version": 1, "error": {"code": code, "message": "so ist es\n\x1b[31m"}}
    )


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (refusing("language-mode"), Reason.LANGUAGE_MODE),
        (refusing("no-json"), Reason.COLLECTOR_FAILED),
        (lambda _request, _stopped: "", Reason.COLLECTOR_FAILED),
        (lambda _request, _stopped: "<Objs/>", Reason.COLLECTOR_FAILED),
        (lambda _request, _stopped: '{"version": 1}', Reason.COLLECTOR_FAILED),
        (lambda _request, _stopped: "[" * 100_000, Reason.COLLECTOR_FAILED),
    ],
)
def test_what_is_no_answer(
    kit: SimpleNamespace, script: Callable[..., str], reason: Reason
) -> None:
    outcome = kit.failure_at_lab(script)
    assert (outcome.reason, outcome.phase) == (reason, "reading the answer")
    assert "\n" not in outcome.detail


def test_more_than_any_answer_has(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hklint.sources.line.LARGEST_CONVERSATION", 1024 * 1024)
    outcome = kit.failure_at_lab(lambda _request, _stopped: "x" * (2 * 1024 * 1024))
    assert outcome.reason is Reason.COLLECTOR_FAILED
    assert "more data" in outcome.detail


def test_a_bug_is_named_by_its_type_only(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise ZeroDivisionError(kit.CANARY)

    monkeypatch.setattr("hklint.sources.conversation.Line", broken)
    outcome = kit.failure(kit.target_of(5985))
    assert (outcome.reason, outcome.detail) == (Reason.INTERNAL_ERROR, "ZeroDivisionError")
