"""Messages to a host, written by pypsrp: those that open a pool, and one that runs a command."""

import uuid
from dataclasses import dataclass

from pypsrp.complex_objects import (
    ApartmentState,
    CommandParameter,
    HostInfo,
    Pipeline,
    PSThreadOptions,
    RemoteStreamOptions,
)
from pypsrp.complex_objects import (
    Command as PsrpCommand,
)
from pypsrp.messages import CreatePipeline, InitRunspacePool, SessionCapability
from pypsrp.powershell import Fragmenter
from pypsrp.serializer import Serializer

PROTOCOL_VERSION = "2.3"
"""Of PSRP, as Windows PowerShell 5.1 speaks it."""
_POWERSHELL_VERSION = "2.0"
_SERIALIZATION_VERSION = "1.1.0.1"


@dataclass(frozen=True, slots=True)
class Command:
    """What one pipeline runs: a script, or a command by its name, with its one parameter."""

    text: str
    request: str
    is_script: bool


class Writer:
    """Writes the messages of one pool, cut into fragments of at most `largest` bytes each."""

    def __init__(self, pool: uuid.UUID, largest: int) -> None:
        self._pool = str(pool).upper()
        self._fragmenter = Fragmenter(largest, Serializer())

    def opening(self) -> bytes:
        """The first two messages of a pool; they fit into one piece."""
        capability = SessionCapability(
            PROTOCOL_VERSION, _POWERSHELL_VERSION, _SERIALIZATION_VERSION
        )
        pool = InitRunspacePool(
            1,
            1,
            PSThreadOptions(value=PSThreadOptions.DEFAULT),
            ApartmentState(value=ApartmentState.UNKNOWN),
            HostInfo(host=None),
            None,
        )
        (fragments,) = self._fragmenter.fragment_multiple([capability, pool], self._pool)
        return fragments

    def pipeline(self, pipeline: uuid.UUID, command: Command, protocol: str) -> list[bytes]:
        """The message that creates a pipeline; `protocol` is the version that the host speaks."""
        parameter = CommandParameter(name="Request", value=command.request)
        message = CreatePipeline(
            True,  # noqa: FBT003 - pypsrp's signature: there is no input
            ApartmentState(value=ApartmentState.UNKNOWN),
            RemoteStreamOptions(value=0),
            False,  # noqa: FBT003 - and nothing is added to the history
            HostInfo(host=None),
            Pipeline(
                is_nested=False,
                cmds=[
                    PsrpCommand(
                        command.text,
                        protocol_version=protocol,
                        is_script=command.is_script,
                        args=[parameter],
                    )
                ],
                history=None,
                redirect_err_to_out=False,
            ),
            False,  # noqa: FBT003 - nor is it nested
        )
        return self._fragmenter.fragment(message, self._pool, str(pipeline).upper())
