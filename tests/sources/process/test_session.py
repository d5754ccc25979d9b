"""Whole conversations over a process, with our lab and with psrpcore's server at the other end."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.sources import Answered, Cancellation, collect
from hklint.sources.process import local
from hklint.target import LocalTarget

Outcome = Answered | Failure
Ask = Callable[..., Outcome]


def asked_for(count: int) -> dict[str, object]:
    keys = [
        {"hive": "HKLM", "view": "64-bit", "key": f"SOFTWARE\\Key{number}", "values": ["Ünter"]}
        for number in range(count)
    ]
    return {"version": 1, "host": False, "registry": keys, "web_requests": []}


@pytest.mark.parametrize("values", [1, 3000])
@pytest.mark.parametrize("host", ["lab_host.py", "psrpcore_host.py"])
def test_a_host_answers(ask: Ask, host: str, values: int) -> None:
    """3000 keys are more than one fragment, on the way there and on the way back."""
    request = asked_for(values)
    answered = ask(host, "answers", request=request)
    assert isinstance(answered, Answered), answered
    answer = answered.answer
    assert [key["key"] for key in answer["registry"]] == [key["key"] for key in request["registry"]]


def test_the_script_arrives_whole(ask: Ask) -> None:
    answered = ask("psrpcore_host.py")
    assert isinstance(answered, Answered), answered
    assert answered.answer["collector"]["milliseconds"] == len(collector.script())


def test_the_source_says_who_asked_and_how(ask: Ask) -> None:
    answered = ask("lab_host.py", "answers")
    assert isinstance(answered, Answered), answered
    source = answered.source
    assert (source.kind, source.target, source.account) == ("local", "local:", "the current user")
    assert source.transport == "local, Windows PowerShell"
    assert source.collector_sha256 == collector.sha256()


def test_the_demo_hosts_can_be_asked(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    argv = (sys.executable, "-m", "hklint.lab.server_mode", "ex2016-healthy")
    monkeypatch.setattr(local, "command", lambda _variables: argv)
    request = {**kit.REQUEST, "host": True}
    answered = collect(LocalTarget(), request, kit.options())
    assert isinstance(answered, Answered), answered
    assert {"name": "name", "state": "present", "data": "EX04"} in answered.answer["host"]


def test_an_error_of_the_script(ask: Ask) -> None:
    outcome = ask("lab_host.py", "fails")
    assert (outcome.reason, outcome.phase) == (Reason.COLLECTOR_FAILED, "running the collector")
    assert "the disk is full" in outcome.detail


def test_no_answer_of_the_contract(ask: Ask) -> None:
    outcome = ask("lab_host.py", "writes nonsense")
    assert (outcome.reason, outcome.phase) == (Reason.COLLECTOR_FAILED, "reading the answer")


def test_a_process_gets_no_secret_and_no_modules_of_another_powershell(
    run_by: Callable[..., None],
    kit: SimpleNamespace,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    script = tmp_path / "environment.py"
    seen = tmp_path / "seen.json"
    script.write_text(
        "import json, os, pathlib\n"
        f"pathlib.Path({str(seen)!r}).write_text(json.dumps(dict(os.environ)))\n"
    )
    monkeypatch.setenv("HKLINT_PASSWORD", kit.CANARY)
    monkeypatch.setenv("HKLINT_PASSWORD_COMMAND", kit.CANARY)
    monkeypatch.setenv("PSModulePath", "C:\\Program Files\\PowerShell\\7\\Modules")
    monkeypatch.setenv("SSH_AUTH_SOCK", "/tmp/agent")  # noqa: S108 - only a word here
    run_by(str(script))
    outcome = collect(LocalTarget(), kit.REQUEST, kit.options())
    assert outcome.reason is Reason.PROTOCOL_ERROR
    names = json.loads(seen.read_text())
    assert {"PATH", "SSH_AUTH_SOCK"} <= names.keys()
    assert not [name for name in names if name.startswith("HKLINT") or name == "PSModulePath"]
    assert os.environ["HKLINT_PASSWORD"] == kit.CANARY


def test_a_program_that_is_not_there(kit: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "command", lambda _variables: ("/no/powershell.exe", "-ServerMode"))
    outcome = collect(LocalTarget(), kit.REQUEST, kit.options())
    assert outcome.reason is Reason.TRANSPORT_MISSING
    assert outcome.detail == "/no/powershell.exe cannot be started: No such file or directory"


def test_cancelled_before_it_began(ask: Ask) -> None:
    cancellation = Cancellation()
    cancellation.cancel()
    outcome = ask("lab_host.py", "answers", cancellation=cancellation)
    assert outcome.reason is Reason.CANCELLED
