"""Session configurations: each runs what it has and nothing else, and answers as Windows does.

The error records are those of Windows PowerShell 5.1: NewInterpreterException and
CommandNotFoundException in PowerShell's sources, and Microsoft's page "about_Language_Modes".
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from hklint.lab.wire import Endpoint, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]


def answering(request: str, user: str, stopped: threading.Event) -> str:
    assert not stopped.is_set()
    return f"listed: {user} {request}"


JEA = Endpoint(functions={"Get-HklintFact": answering})
ENDPOINTS = {"hklint": JEA, "Empty": Endpoint()}


def error_of(shell: PowerShell) -> Any:  # noqa: ANN401 - pypsrp's record is untyped
    assert shell.invoke() == []
    assert shell.state == PSInvocationState.FAILED
    (error,) = shell.streams.error
    return error


@pytest.mark.parametrize("name", ["Get-HklintFact", "get-hklintfact"])
@pytest.mark.parametrize("endpoint", ["hklint", "HKLINT"])
def test_a_visible_function_runs(host: Host, pool: Pool, name: str, endpoint: str) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, endpoint) as opened:
        shell = PowerShell(opened).add_cmdlet(name).add_parameter("Request", '{"a": 1}')
        assert shell.invoke() == ['listed: LAB\\auditor {"a": 1}']
    assert server.open_shells() == ()


@pytest.mark.parametrize("endpoint", ["hklint", "Empty"])
def test_scripts_are_refused(host: Host, pool: Pool, collector: str, endpoint: str) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, endpoint) as opened:
        error = error_of(PowerShell(opened).add_script(collector).add_parameter("Request", "{}"))
    assert (error.fq_error, error.category, error.reason) == (
        "ScriptsNotAllowed",
        17,
        "ParseException",
    )
    assert error.exception.types == [
        "System.Management.Automation.ParseException",
        "System.Management.Automation.RuntimeException",
        "System.SystemException",
        "System.Exception",
        "System.Object",
    ]
    assert error.target_object == collector
    shown = f"{collector[:15]}...{collector[-15:]}"
    assert error.message == f"ParserError: ({shown}:String) [], ParseException"


def test_a_script_behind_a_function_is_refused_as_well(host: Host, pool: Pool) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, "hklint") as opened:
        shell = PowerShell(opened).add_cmdlet("Get-HklintFact").add_parameter("Request", "{}")
        assert error_of(shell.add_script("$_")).fq_error == "ScriptsNotAllowed"


@pytest.mark.parametrize("endpoint", ["hklint", "Empty", "Microsoft.PowerShell"])
def test_commands_that_are_not_visible_are_not_there(host: Host, pool: Pool, endpoint: str) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, endpoint) as opened:
        error = error_of(PowerShell(opened).add_cmdlet("Get-Item").add_parameter("Request", "{}"))
    assert (error.fq_error, error.category) == ("CommandNotFoundException", 13)
    assert error.target_name == "Get-Item"
    assert error.message == "ObjectNotFound: (Get-Item:String) [], CommandNotFoundException"
    assert error.exception.types[0] == "System.Management.Automation.CommandNotFoundException"


def test_a_function_takes_its_one_parameter(host: Host, pool: Pool) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, "hklint") as opened:
        shell = PowerShell(opened).add_cmdlet("Get-HklintFact").add_parameter("Allowed", "{}")
        assert error_of(shell).fq_error == "LabRunsOnlyTheCollector"


def test_the_usual_endpoint_is_as_ever(host: Host, pool: Pool, run: Run) -> None:
    server = host(endpoints=ENDPOINTS)
    with pool(server.port, "microsoft.powershell") as opened:
        assert run(opened, "{}").output == ["LAB\\auditor {}"]


@pytest.mark.parametrize("known", ["LAB\\somebody", ""])
def test_who_is_not_admitted_gets_no_shell(host: Host, pool: Pool, known: str) -> None:
    server = host(endpoints={"hklint": Endpoint(users=frozenset({known} - {""}))})
    with pytest.raises(WSManFaultError) as caught, pool(server.port, "hklint"):
        pass
    assert caught.value.code == 5
    assert server.open_shells() == ()


def test_who_is_admitted_gets_one(host: Host, pool: Pool) -> None:
    server = host(endpoints={"hklint": Endpoint(users=frozenset({"lab\\Auditor"}))})
    with pool(server.port, "hklint"):
        assert [shell.owner for shell in server.open_shells()] == ["LAB\\auditor"]


def test_an_endpoint_that_is_not_there(host: Host, pool: Pool) -> None:
    server = host(endpoints=ENDPOINTS)
    with pytest.raises(WSManFaultError) as caught, pool(server.port, "other"):
        pass
    assert caught.value.code == 2150858811
