"""What the wire needs of the Windows behind it: a name, accounts, and a collector to run."""

import threading
from collections.abc import Mapping
from enum import IntEnum
from typing import Protocol


class Machine(Protocol):
    """The host that a `WsmanServer` speaks for."""

    @property
    def name(self) -> str:
        """The computer name."""
        ...

    @property
    def powershell(self) -> str:
        """The version of Windows PowerShell ("5.1.14393.0")."""
        ...

    @property
    def accounts(self) -> Mapping[str, str]:
        r"""Passwords by account; an account is `DOMAIN\user`, or `user` if it is local."""
        ...

    def collect(self, request: str, user: str, stopped: threading.Event) -> str:
        """Runs the collector for a user and returns the one string that it writes.

        It may block, but must return soon after `stopped` is set. It raises `TerminatingError`
        where the script would end with an error; any other exception is a bug of the lab and
        reaches the client as an error record of its own.
        """
        ...

    def is_collector(self, script: str) -> bool:
        """Whether a script is the collector; the lab runs no other."""
        ...


class ErrorCategory(IntEnum):
    """System.Management.Automation.ErrorCategory, as far as the lab needs it."""

    NOT_SPECIFIED = 0
    OBJECT_NOT_FOUND = 13
    OPERATION_STOPPED = 14
    PARSER_ERROR = 17
    PERMISSION_DENIED = 18
    NOT_IMPLEMENTED = 20


class TerminatingError(Exception):
    """The error record that ends a pipeline, as PowerShell would write it.

    `error_id` is its FullyQualifiedErrorId, `exceptions` the type names of the exception, the most
    derived first and without System.Exception, and `target` the object that was worked on.
    """

    def __init__(
        self,
        message: str,
        *,
        error_id: str,
        category: ErrorCategory = ErrorCategory.NOT_SPECIFIED,
        exceptions: tuple[str, ...] = ("System.Management.Automation.RuntimeException",),
        target: str = "",
    ) -> None:
        self.message = message
        self.error_id = error_id
        self.category = category
        self.exceptions = exceptions
        self.target = target
        super().__init__(message)
