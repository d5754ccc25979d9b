"""What speaks against asking hosts through a process, known before one is started."""

import os
import re

NO_WINDOWS = "hklint runs on no Windows here; name a host"
_SUBSYSTEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")
_USER = re.compile(r"(?!-)[^\x00-\x20\x7f'\"`;&<>|(){}]+(?<!\\)")
"""What ssh takes since 9.6 (valid_ruser in ssh.c): older ones gave the rest to the shell that runs
a ProxyCommand with %r (CVE-2023-51385)."""


def ssh(user: str | None, subsystem: str) -> str | None:
    """Why no host can be asked over SSH, or None; a name that begins with - would be an option."""
    if not _SUBSYSTEM.fullmatch(subsystem):
        return f"--ssh-subsystem {subsystem}: write a name, such as powershell"
    if user is not None and not _USER.fullmatch(user):
        return f"{user}: ssh takes no account with a blank, a quote or a sign of the shell in it"
    return None


def local() -> str | None:
    """Why this computer can't be asked, or None."""
    return None if os.name == "nt" else NO_WINDOWS
