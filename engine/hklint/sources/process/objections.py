"""What speaks against asking hosts through a process, known before one is started."""

import os
import re

NO_WINDOWS = "local: is the Windows that hklint runs on, and this is none; name a host"
_SUBSYSTEM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]*")


def ssh(subsystem: str) -> str | None:
    """Why no host can be asked over SSH, or None; a name that begins with - would be an option."""
    if _SUBSYSTEM.fullmatch(subsystem):
        return None
    return f"--ssh-subsystem {subsystem}: write a name, such as powershell"


def local() -> str | None:
    """Why this computer can't be asked, or None."""
    return None if os.name == "nt" else NO_WINDOWS
