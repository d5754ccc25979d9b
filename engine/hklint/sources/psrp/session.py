"""One remote session: opened, used for one pipeline, and closed whatever happens."""

import logging
from typing import Protocol, cast

from pypsrp.complex_objects import PSInvocationState, RunspacePoolState
from pypsrp.exceptions import AuthenticationError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from hklint import collector
from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.psrp.connection import Connection
from hklint.sources.psrp.line import Phase

IDLE_SECONDS = 60
"""The host ends a session by itself after so long without a request: the last safety net, and the
shortest time that Windows accepts (New-PSSessionOption, -IdleTimeout)."""

_log = logging.getLogger(__name__)


class _Record(Protocol):
    """What is used of an error record; its text is in the host's language."""

    fq_error: str | None
    category: int | None


class _Streams(Protocol):
    error: list[_Record]


class _Pipeline(Protocol):
    """What is used of pypsrp's PowerShell, with the types that it leaves open."""

    state: int
    output: list[object]
    streams: _Streams

    def begin_invoke(self, *, remote_stream_options: int) -> None: ...
    def poll_invoke(self) -> None: ...


class _Shell(Protocol):
    resource_uri: str
    opened: bool


class _Pool(Protocol):
    """The same of its RunspacePool."""

    id: str
    state: int
    shell: _Shell

    def open(self) -> None: ...


class Session:
    """A session on a host; `close` must be called after `ask`, also when that raised."""

    def __init__(self, connection: Connection, configuration: str) -> None:
        self._connection = connection
        self._runspaces = RunspacePool(
            connection, configuration_name=configuration, idle_timeout=IDLE_SECONDS
        )
        self._pool = cast("_Pool", self._runspaces)
        self._broken = False
        self._refused = False

    def ask(self, request: str) -> str | Failure:
        """Run the collector and give back its one string.

        Raises:
            Exception: Whatever requests and pypsrp raise; `classify` knows them.
        """
        try:
            self._pool.open()
            if self._pool.state != RunspacePoolState.OPENED:
                return Failure(
                    Reason.PROTOCOL_ERROR, Phase.OPENING, "the host did not open the session"
                )
            return self._run(request)
        except (AuthenticationError, WSManFaultError):
            self._refused = not self._pool.shell.opened
            raise
        except Exception:
            self._broken = True
            raise

    def close(self, seconds: float, last_seconds: float) -> bool:
        """End the session on the host; False means that it may be there until it is idle.

        The connection in use gets `seconds`; if it is broken or that fails, a new one gets
        `last_seconds`. Never raises.
        """
        try:
            if self._refused or not self._connection.line.sent:
                return True
            if not self._broken and self._delete(seconds, afresh=False):
                return True
            return self._delete(last_seconds, afresh=True)
        finally:
            self._connection.line.hang_up()
            self._connection.close()

    def _run(self, request: str) -> str | Failure:
        script = PowerShell(self._runspaces).add_script(collector.script())
        pipeline = cast("_Pipeline", script.add_parameter("Request", request))
        pipeline.begin_invoke(remote_stream_options=0)
        while pipeline.state == PSInvocationState.RUNNING:
            pipeline.poll_invoke()
            if pipeline.state == PSInvocationState.RUNNING and self._connection.command_done:
                detail = "the host ended the command without saying how it ended"
                return Failure(Reason.PROTOCOL_ERROR, Phase.READING, detail)
            if len(pipeline.output) > 1:
                break
        if pipeline.streams.error:
            return _collector_error(pipeline.streams.error[0])
        if len(pipeline.output) != 1 or not isinstance(pipeline.output[0], str):
            detail = f"it wrote {_described(pipeline.output)} instead of one string"
            return Failure(Reason.COLLECTOR_FAILED, Phase.READING, detail)
        if pipeline.state != PSInvocationState.COMPLETED:
            detail = "the host stopped the script before its end"
            return Failure(Reason.COLLECTOR_FAILED, Phase.READING, detail)
        return pipeline.output[0]

    def _delete(self, seconds: float, *, afresh: bool) -> bool:
        self._connection.line.begin_closing(seconds, afresh=afresh)
        shell = self._pool.shell
        try:
            self._connection.delete_shell(shell.resource_uri, self._pool.id, afresh=afresh)
        except WSManFaultError:
            return True  # the host has no such shell any more
        except Exception as error:  # noqa: BLE001 - what went wrong before matters more
            _log.debug("the session could not be closed: %s", type(error).__name__)
            return False
        return True


def _collector_error(record: _Record) -> Failure:
    """The failure that an error record of the script means."""
    error_id = record.fq_error or "an error without an id"
    if error_id.startswith("ScriptsNotAllowed") or "ConstrainedLanguage" in error_id:
        reason = Reason.LANGUAGE_MODE
    else:
        reason = Reason.COLLECTOR_FAILED
    detail = f"{error_id}, category {record.category}: {record}"
    return Failure(reason, Phase.RUNNING, quote(detail))


def _described(output: list[object]) -> str:
    if len(output) == 1:
        return "something else"
    return "more than one object" if output else "nothing"
