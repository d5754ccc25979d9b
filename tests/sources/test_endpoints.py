"""Other endpoints than the usual one: the function first, the script where there is none."""

import json
import threading
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.lab.wire import Endpoint, TerminatingError
from hklint.sources import Answered, collect


def broken(_request: str, _user: str, _stopped: threading.Event) -> str:
    raise TerminatingError("no", error_id="RuntimeException")


def constrained(_request: str, _user: str, _stopped: threading.Event) -> str:
    return json.dumps({"version": 1, "error": {"code": "language-mode", "message": "no"}})


@pytest.fixture
def ask(kit: SimpleNamespace) -> Callable[..., tuple[Answered | Failure, int]]:
    """Asks a host through its endpoint `hklint`: what came of it, and how many commands it took."""

    def run(endpoint: Endpoint, name: str = "hklint") -> tuple[Answered | Failure, int]:
        with kit.lab_host(endpoints={"hklint": endpoint}) as host:
            options = kit.options(configuration=name)
            outcome = collect(kit.target_of(host), kit.REQUEST, options)
            assert host.open_shells() == ()
            return outcome, [exchange.action for exchange in host.log].count("command")

    return run


Ask = Callable[..., tuple[Answered | Failure, int]]


def answering(kit: SimpleNamespace) -> Callable[..., str]:
    return lambda request, _user, _stopped: json.dumps(kit.answer_to(request))


def test_the_function_answers(kit: SimpleNamespace, ask: Ask) -> None:
    outcome, commands = ask(Endpoint(functions={collector.FUNCTION: answering(kit)}))
    assert isinstance(outcome, Answered)
    assert commands == 1
    assert outcome.source.collector_sha256 == ""
    assert outcome.source.transport.endswith(", function Get-HklintFact of endpoint hklint")


def test_the_script_answers_where_there_is_no_function(kit: SimpleNamespace, ask: Ask) -> None:
    outcome, commands = ask(Endpoint(script=answering(kit)))
    assert isinstance(outcome, Answered)
    assert commands == 2
    assert outcome.source.collector_sha256 == collector.sha256()
    assert "function" not in outcome.source.transport


@pytest.mark.parametrize("name", ["Microsoft.PowerShell", "microsoft.powershell"])
def test_the_usual_endpoint_is_sent_the_script_at_once(
    kit: SimpleNamespace, ask: Ask, name: str
) -> None:
    outcome, commands = ask(Endpoint(), name)
    assert isinstance(outcome, Answered)
    assert commands == 1
    del kit


@pytest.mark.parametrize(
    ("endpoint", "reason", "phase", "commands"),
    [
        (Endpoint(), Reason.COLLECTOR_MISSING, "running the collector", 2),
        (Endpoint(script=constrained), Reason.LANGUAGE_MODE, "reading the answer", 2),
        (
            Endpoint(functions={collector.FUNCTION: constrained}),
            Reason.LANGUAGE_MODE,
            "reading the answer",
            1,
        ),
        (
            Endpoint(functions={collector.FUNCTION: broken}, script=constrained),
            Reason.COLLECTOR_FAILED,
            "running the collector",
            1,
        ),
        (
            Endpoint(functions={collector.FUNCTION: broken}, users=frozenset()),
            Reason.NOT_AUTHORISED,
            "opening a session",
            0,
        ),
    ],
    ids=["no language", "constrained", "constrained by Windows", "broken function", "no member"],
)
def test_endpoint_that_gives_no_answer(
    ask: Ask, endpoint: Endpoint, reason: Reason, phase: str, commands: int
) -> None:
    outcome, sent = ask(endpoint)
    assert isinstance(outcome, Failure)
    assert (outcome.reason, outcome.phase, sent) == (reason, phase, commands)
