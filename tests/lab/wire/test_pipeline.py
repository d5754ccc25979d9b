"""What comes of a pipeline: the collector's string, or an error record of the right shape."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.shell import SignalCode

from hklint.lab.wire import ErrorCategory, Machine, TerminatingError, WsmanServer

Host = Callable[..., WsmanServer]
Pool = Callable[..., AbstractContextManager[RunspacePool]]
Run = Callable[..., PowerShell]


def raising(error: Exception) -> Callable[..., str]:
    def work(*_: object) -> str:
        raise error

    return work


OTHERS = {
    "another script": lambda shell, _: shell.add_script("Get-Date").add_parameter("Request", "{}"),
    "no parameter": lambda shell, text: shell.add_script(text),
    "another parameter": lambda shell, text: shell.add_script(text).add_parameter("Input", "{}"),
    "no string": lambda shell, text: shell.add_script(text).add_parameter("Request", 1),
    "an argument": lambda shell, text: shell.add_script(text).add_argument("{}"),
    "two parameters": lambda shell, text: (
        shell.add_script(text).add_parameter("Request", "{}").add_parameter("More", "")
    ),
    "two commands": lambda shell, text: (
        shell.add_script(text).add_parameter("Request", "{}").add_script(text)
    ),
    "two statements": lambda shell, text: (
        shell.add_script(text)
        .add_parameter("Request", "{}")
        .add_statement()
        .add_script(text)
        .add_parameter("Request", "{}")
    ),
}


@pytest.mark.parametrize("other", OTHERS)
def test_nothing_but_the_collector_runs(
    host: Host, pool: Pool, machine: Callable[..., Machine], collector: str, other: str
) -> None:
    server = host(machine(run=raising(AssertionError("it ran"))))
    with pool(server.port) as opened:
        shell = OTHERS[other](PowerShell(opened), collector)
        assert shell.invoke() == []
        assert shell.state == PSInvocationState.FAILED
        (error,) = shell.streams.error
        assert error.fq_error == "LabRunsOnlyTheCollector"
        assert "runs only the collector" in str(error)


def test_a_pipeline_with_input_does_not_run(host: Host, pool: Pool, collector: str) -> None:
    server = host()
    with pool(server.port) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        assert shell.invoke("input") == []
        assert shell.streams.error[0].fq_error == "LabRunsOnlyTheCollector"


def test_an_error_that_ends_the_collector_arrives_whole(
    host: Host, pool: Pool, run: Run, machine: Callable[..., Machine]
) -> None:
    error = TerminatingError(
        "Scripts are not allowed: _x0041_ ä\r\n<here>",
        error_id="ScriptsNotAllowed",
        category=ErrorCategory.PARSER_ERROR,
        exceptions=(
            "System.Management.Automation.ParseException",
            "System.Management.Automation.RuntimeException",
        ),
        target="param(...)",
    )
    server = host(machine(run=raising(error)))
    with pool(server.port) as opened:
        shell = run(opened)
    assert (shell.state, shell.had_errors, shell.output) == (PSInvocationState.FAILED, True, [])
    (record,) = shell.streams.error
    assert str(record) == error.message
    assert record.fq_error == "ScriptsNotAllowed"
    assert record.category == 17
    assert record.reason == "ParseException"
    assert record.target_object == record.target_name == "param(...)"
    assert record.message == "ParserError: (param(...):String) [], ParseException"
    assert record.exception.types[0] == "System.Management.Automation.ParseException"
    assert record.exception.types[-2:] == ["System.Exception", "System.Object"]
    assert record.exception.adapted_properties["Message"] == error.message
    assert record.exception.adapted_properties["HResult"] == -2146233087


def test_a_bug_of_the_lab_is_told_from_an_error_of_the_collector(
    host: Host, pool: Pool, run: Run, machine: Callable[..., Machine]
) -> None:
    server = host(machine(run=raising(KeyError("hive"))))
    with pool(server.port) as opened:
        (error,) = run(opened).streams.error
    assert error.fq_error == "LabFailed"
    assert "KeyError: 'hive'" in str(error)


def test_a_pool_goes_on_after_a_failed_pipeline(
    host: Host, pool: Pool, run: Run, machine: Callable[..., Machine]
) -> None:
    outcomes = iter([KeyError("hive"), None])

    def work(*_: object) -> str:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome
        return "well"

    server = host(machine(run=work))
    with pool(server.port) as opened:
        assert run(opened).output == []
        assert run(opened).output == ["well"]


def test_a_pipeline_that_is_stopped_gives_no_output(
    host: Host, pool: Pool, waiting: tuple[Machine, threading.Event], collector: str
) -> None:
    machine, begun = waiting
    server = host(machine)
    with pool(server.port) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        shell.begin_invoke()
        assert begun.wait(5)
        opened.shell.signal(SignalCode.PS_CTRL_C, shell.id)
        shell.end_invoke()
        assert (shell.state, shell.output) == (PSInvocationState.STOPPED, [])
        assert [error.fq_error for error in shell.streams.error] == ["PipelineStopped"]


def test_a_pipeline_can_be_stopped_and_closed(
    host: Host, pool: Pool, waiting: tuple[Machine, threading.Event], collector: str
) -> None:
    machine, begun = waiting
    server = host(machine)
    with pool(server.port) as opened:
        shell = PowerShell(opened).add_script(collector).add_parameter("Request", "{}")
        shell.begin_invoke()
        assert begun.wait(5)
        shell.stop()
        shell.close()
        with pytest.raises(WSManFaultError) as caught:
            opened.shell.receive("stdout", shell.id)
        assert caught.value.code == 2150858843
