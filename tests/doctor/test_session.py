"""The steps from the logon on: a failure belongs to a step, and is the same for every command."""

import json
import threading
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from hklint.doctor import asking
from hklint.doctor.examination import Examination, Mark, Step
from hklint.failure import Failure, Reason
from hklint.lab.wire import Fault, Faults, Kind, TerminatingError
from hklint.snapshot import Source
from hklint.sources import Answered, collect
from hklint.sources.line import Phase

Walk = Callable[..., Examination]
Script = Callable[[str, threading.Event], str]


def refusing(error_id: str) -> Script:
    def script(_request: str, _stopped: threading.Event) -> str:
        raise TerminatingError("so ist es", error_id=error_id)

    return script


def saying(text: str) -> Script:
    return lambda _request, _stopped: text


def hanging(_request: str, stopped: threading.Event) -> str:
    stopped.wait(30)
    return ""


class Case(msgspec.Struct, frozen=True):
    step: Step
    reason: Reason
    lab: Mapping[str, Any] = {}
    script: Script | None = None
    options: Mapping[str, Any] = {}
    password: str | None = None


CASES = {
    "wrong password": Case(Step.AUTHENTICATION, Reason.AUTHENTICATION_FAILED, password="Another-1"),
    "no account": Case(Step.AUTHENTICATION, Reason.NO_CREDENTIALS, password=""),
    "a kind of logon that is not offered": Case(
        Step.AUTHENTICATION, Reason.AUTHENTICATION_FAILED, lab={"authentication": ("Kerberos",)}
    ),
    "no rights": Case(
        Step.SESSION,
        Reason.NOT_AUTHORISED,
        lab={"faults": Faults(create=Fault(Kind.ACCESS_DENIED))},
    ),
    "no rights, said by HTTP": Case(
        Step.SESSION, Reason.NOT_AUTHORISED, lab={"faults": Faults(create=Fault(Kind.FORBID))}
    ),
    "quota": Case(Step.SESSION, Reason.SHELL_QUOTA, lab={"max_shells": 0}),
    "no such endpoint": Case(
        Step.SESSION, Reason.ENDPOINT_MISSING, options={"configuration": "hklint"}
    ),
    "scripts are not allowed": Case(
        Step.LANGUAGE_MODE, Reason.LANGUAGE_MODE, script=refusing("ScriptsNotAllowed")
    ),
    "the collector meets a constrained language": Case(
        Step.LANGUAGE_MODE,
        Reason.LANGUAGE_MODE,
        script=saying('{"version": 1, "error": {"code": "language-mode", "message": "no"}}'),
    ),
    "the collector ends with an error": Case(
        Step.COLLECTOR, Reason.COLLECTOR_FAILED, script=refusing("RuntimeException")
    ),
    "the collector talks nonsense": Case(
        Step.COLLECTOR, Reason.COLLECTOR_FAILED, script=saying("fine, thank you")
    ),
    "the host hangs while the collector runs": Case(
        Step.COLLECTOR,
        Reason.TIMED_OUT,
        script=hanging,
        options={"deadline": 2.0},
    ),
    "the host hangs while it opens a session": Case(
        Step.SESSION,
        Reason.TIMED_OUT,
        lab={"faults": Faults(receive=Fault(Kind.HANG))},
        options={"deadline": 2.0},
    ),
    "the host sends what is no answer": Case(
        Step.SESSION, Reason.PROTOCOL_ERROR, lab={"faults": Faults(create=Fault(Kind.HTML))}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_way_ends(walk: Walk, kit: SimpleNamespace, name: str) -> None:
    case = CASES[name]
    options = {"retries": 0, **case.options}
    password = kit.CANARY if case.password is None else case.password
    with kit.lab_host(*([case.script] if case.script else []), **case.lab) as host:
        target = kit.target_of(host)
        whole = walk(target, kit.options(password, **options))
        checked = collect(target, kit.REQUEST, kit.options(password, **options))
        assert host.open_shells() == ()
    assert (whole.conclusion.step, whole.conclusion.reason) == (case.step, case.reason)
    assert isinstance(checked, Failure)
    assert checked.reason is case.reason
    passed = whole.findings[: (whole.conclusion.number or 0) - 1]
    assert {finding.mark for finding in passed} <= {Mark.OK, Mark.NOTE, Mark.NOT_USED}


ASKED = [Step.AUTHENTICATION, Step.SESSION, Step.LANGUAGE_MODE, Step.COLLECTOR]


@pytest.mark.parametrize("steps", [ASKED, ASKED[1:]], ids=["a host", "this computer"])
def test_every_failure_has_a_step(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, steps: list[Step]
) -> None:
    """Whatever a source says, and however far it says that it came, some step is to blame."""
    for reason in Reason:
        for phase in (*Phase, "asking the host"):
            failure = Failure(reason, phase, "so it is")
            monkeypatch.setattr(asking, "collect", lambda *_, failure=failure: failure)
            *passed, last = asking.ask(kit.target_of(5985), kit.options(), steps)
            assert last.failure == failure
            assert last.step is steps[len(passed)]
            assert [each.step for each in passed] == steps[: len(passed)]


def test_a_function_of_the_endpoint_is_told_from_the_script(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = kit.answer_to(json.dumps(kit.REQUEST))
    source = Source("psrp", "ex01", kit.USER, "http", collector_sha256="")
    answered = Answered(answer, source, 0.5)
    monkeypatch.setattr(asking, "collect", lambda *_: answered)
    options = kit.options(configuration="hklint")
    session, language = asking.ask(kit.target_of(5985), options, [Step.SESSION, Step.LANGUAGE_MODE])
    assert "the endpoint hklint" in session.summary
    assert "Get-HklintFact" in language.summary


def test_what_the_collector_says_is_cut(
    kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = kit.answer_to(json.dumps(kit.REQUEST))
    answer["collector"]["culture"] = "fi" * 100_000
    answered = Answered(answer, Source("psrp", "ex01", "a", "http", "0" * 64), 0.5)
    monkeypatch.setattr(asking, "collect", lambda *_: answered)
    (collector,) = asking.ask(kit.target_of(5985), kit.options(), [Step.COLLECTOR])
    assert len(str(collector.details["culture"])) < 300
