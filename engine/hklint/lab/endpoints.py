"""Session configurations that a lab host can have beside Microsoft.PowerShell."""

import json
import threading
from collections.abc import Iterable

from hklint.collector import FUNCTION
from hklint.lab import collector
from hklint.lab.machine import Machine
from hklint.lab.wire.endpoint import Endpoint


def jea(machine: Machine, allowed: str, users: Iterable[str] | None = None) -> Endpoint:
    """What `hklint jea` installs: no scripts, and one function behind an allow-list (JSON)."""

    def run(request: str, user: str, stopped: threading.Event) -> str:
        return machine.collect(request, _virtual_account(user), stopped, allowed)

    return Endpoint(functions={FUNCTION: run}, users=None if users is None else frozenset(users))


def no_language() -> Endpoint:
    """An endpoint for something else, where hklint finds nothing that it can use."""
    return Endpoint(functions={})


def constrained() -> Endpoint:
    """An endpoint in ConstrainedLanguage mode: the collector's script says so, and ends."""
    return Endpoint(script=_language_refusal)


def _language_refusal(_request: str, _user: str, _stopped: threading.Event) -> str:
    message = "The endpoint is not in FullLanguage mode."
    return json.dumps(collector.refusal(collector.RefusedRequestError("language-mode", message)))


def _virtual_account(user: str) -> str:
    """As Windows names the account that a session's commands run under."""
    domain, _, name = user.rpartition("\\")
    return rf"WinRM Virtual Users\WinRM_VA_1_{domain}_{name}"
