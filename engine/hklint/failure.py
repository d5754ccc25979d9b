"""Why a host gave no answer: a closed list of reasons, each with what it means and what to do.

Each has a page as well, in `failure_pages`, which says what to check here and on the host.
"""

import textwrap
from enum import StrEnum
from pathlib import Path

import msgspec

_WIDTH = 96
"""Characters in a line of a page."""


class Reason(StrEnum):
    """Why a host could not be asked. The texts are in `MEANING` and `ADVICE`."""

    NAME_NOT_RESOLVED = "name-not-resolved"
    CONNECTION_REFUSED = "connection-refused"
    NO_ROUTE = "no-route"
    TIMED_OUT = "timed-out"
    CONNECTION_LOST = "connection-lost"
    HOST_RESTARTED = "host-restarted"
    TLS_REJECTED = "tls-rejected"
    HOST_KEY_REJECTED = "host-key-rejected"
    NO_CREDENTIALS = "no-credentials"
    AUTHENTICATION_FAILED = "authentication-failed"
    NOT_AUTHORISED = "not-authorised"
    SHELL_QUOTA = "shell-quota"
    ENDPOINT_MISSING = "endpoint-missing"
    LANGUAGE_MODE = "language-mode"
    COLLECTOR_MISSING = "collector-missing"
    TRANSPORT_MISSING = "transport-missing"
    PROTOCOL_ERROR = "protocol-error"
    COLLECTOR_FAILED = "collector-failed"
    CANCELLED = "cancelled"
    INTERNAL_ERROR = "internal-error"


class Failure(msgspec.Struct, frozen=True):
    """A host that gave no answer. `phase` is how far it went, `detail` what was seen."""

    reason: Reason
    phase: str
    detail: str


MEANING: dict[Reason, str] = {
    Reason.NAME_NOT_RESOLVED: "the host's name has no address here",
    Reason.CONNECTION_REFUSED: "the host is up, but nothing listens on that port",
    Reason.NO_ROUTE: "there is no way to the host's network",
    Reason.TIMED_OUT: "the host did not answer in time",
    Reason.CONNECTION_LOST: "the connection broke before the answer was complete",
    Reason.HOST_RESTARTED: "the host, or its WinRM service, restarted in mid-session",
    Reason.TLS_REJECTED: "the host's certificate or TLS protocol is not acceptable",
    Reason.HOST_KEY_REJECTED: "the host's SSH key is not the one that is known for it",
    Reason.NO_CREDENTIALS: "there is no account or password to log on with",
    Reason.AUTHENTICATION_FAILED: "the host did not accept the account",
    Reason.NOT_AUTHORISED: "the account is known but may not open a remote session",
    Reason.SHELL_QUOTA: "the account has too many remote sessions open on the host",
    Reason.ENDPOINT_MISSING: "the host has no such session configuration",
    Reason.LANGUAGE_MODE: "the endpoint does not let scripts run",
    Reason.COLLECTOR_MISSING: "the endpoint runs no scripts and has no function of hklint",
    Reason.TRANSPORT_MISSING: "a program that the connection needs is not there",
    Reason.PROTOCOL_ERROR: "the answer is not that of a WinRM service",
    Reason.COLLECTOR_FAILED: "the collector script did not give a usable answer",
    Reason.CANCELLED: "the run was stopped before the host had answered",
    Reason.INTERNAL_ERROR: "hklint has a bug",
}

ADVICE: dict[Reason, str] = {
    Reason.NAME_NOT_RESOLVED: "Check the spelling and this machine's DNS, or use the address.",
    Reason.CONNECTION_REFUSED: (
        "Run `winrm enumerate winrm/config/listener` on the host; psrp:// means port 5985, "
        "psrps:// port 5986. Over SSH run `Get-Service sshd` there."
    ),
    Reason.NO_ROUTE: "Check the network, VPN and firewall between this machine and the host.",
    Reason.TIMED_OUT: (
        "Run `Test-NetConnection HOST -Port PORT`; if it connects, the host is slow or hung: "
        "try a longer --deadline."
    ),
    Reason.CONNECTION_LOST: (
        "Try again; if it repeats, look at whether the host is up, and for a device in between."
    ),
    Reason.HOST_RESTARTED: (
        "Run again when the host is up; its event log System says when and why it restarted."
    ),
    Reason.TLS_REJECTED: (
        "Give the issuing CA with --ca FILE and use the name that stands in the certificate."
    ),
    Reason.HOST_KEY_REJECTED: (
        "Compare the key with the host's own (`ssh-keygen -lf`), and connect once with `ssh HOST`."
    ),
    Reason.NO_CREDENTIALS: (
        "Name the account with --user, and give its password in HKLINT_PASSWORD, by "
        "--password-command, in the keyring, or at the prompt."
    ),
    Reason.AUTHENTICATION_FAILED: (
        "Check the account (DOMAIN\\user), its password, and that the host offers this kind of "
        "authentication: `winrm get winrm/config/service/auth`. Over SSH, `ssh HOST` must log on "
        "without asking."
    ),
    Reason.NOT_AUTHORISED: (
        "Put the account into the host's group Remote Management Users, or into Administrators."
    ),
    Reason.SHELL_QUOTA: "Wait for idle sessions to end, or close them; then run again.",
    Reason.ENDPOINT_MISSING: (
        "Run `Get-PSSessionConfiguration` on the host; over SSH, look for Subsystem in sshd_config."
    ),
    Reason.LANGUAGE_MODE: (
        "Use an endpoint in full language mode; Microsoft.PowerShell is the usual one."
    ),
    Reason.COLLECTOR_MISSING: (
        "Install what `hklint jea` writes, or use an endpoint in full language mode."
    ),
    Reason.TRANSPORT_MISSING: "Install it, or ask the host over WinRM (psrp://).",
    Reason.PROTOCOL_ERROR: "Check that the port is WinRM's and that no proxy answers for it.",
    Reason.COLLECTOR_FAILED: "Run again with -v, and look at the host's PowerShell event log.",
    Reason.CANCELLED: "Run again for the hosts that are missing.",
    Reason.INTERNAL_ERROR: "Please report it with the run's record.",
}


def page(reason: Reason) -> str:
    """What `hklint explain REASON` says: what it means, what to do, and what to check where."""
    text = (Path(__file__).parent / "failure_pages" / f"{reason}.md").read_text(encoding="utf-8")
    meaning = f"{MEANING[reason][:1].upper()}{MEANING[reason][1:]}."
    advice = textwrap.fill(ADVICE[reason], _WIDTH, break_on_hyphens=False)
    title = f"# why a host gave no answer: {reason}"
    return f"{title}\n\n{meaning}\n\n## What to do first\n\n{advice}\n\n## What it means\n\n{text}"
