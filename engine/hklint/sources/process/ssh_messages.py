"""What `ssh` means when it ends before PowerShell has spoken.

Its messages are OpenSSH's own (ssh.c, sshconnect.c, sshconnect2.c and clientloop.c), in English
whatever the locale. A host can send lines that look like them, but it is a failure in any case.
"""

import re

from hklint.failure import Failure, Reason
from hklint.sources.answer import quote
from hklint.sources.line import Phase
from hklint.sources.process.program import Seen

_OWN_FAILURE = 255
"""The exit status of `ssh` itself; any other is that of the program on the host (ssh(1))."""

_UNREACHABLE = "No route to host|Network is unreachable|Host is down"
_TO = "ssh: connect to host .+"
_MESSAGES = (
    (r"ssh: Could not resolve hostname .+", Reason.NAME_NOT_RESOLVED, Phase.CONNECTING),
    (rf"{_TO}: Connection refused", Reason.CONNECTION_REFUSED, Phase.CONNECTING),
    (rf"{_TO}: (?:{_UNREACHABLE})", Reason.NO_ROUTE, Phase.CONNECTING),
    (rf"{_TO}: (?:Connection|Operation) timed out", Reason.TIMED_OUT, Phase.CONNECTING),
    (r"Connection (?:to \S+ port \d+ )?timed out.*", Reason.TIMED_OUT, Phase.CONNECTING),
    (r"Host key verification failed\.", Reason.HOST_KEY_REJECTED, Phase.CONNECTING),
    (r"Unable to negotiate with .+", Reason.PROTOCOL_ERROR, Phase.CONNECTING),
    (
        r"(?:\S+: )?Permission denied \([\w,@.-]*\)\.",
        Reason.AUTHENTICATION_FAILED,
        Phase.LOGGING_ON,
    ),
    (r".*: Too many authentication failures", Reason.AUTHENTICATION_FAILED, Phase.LOGGING_ON),
    (r"subsystem request failed on channel \d+", Reason.ENDPOINT_MISSING, Phase.OPENING),
)
_PATTERNS = tuple((re.compile(text), reason, phase) for text, reason, phase in _MESSAGES)
_OFFERED = re.compile(r"Permission denied \(([^)]+)\)")
_CHANGED = "REMOTE HOST IDENTIFICATION HAS CHANGED"


def judge(seen: Seen, host: str, subsystem: str) -> Failure:
    """The failure of an `ssh` that ended without a packet.

    The last message counts that is known: a banner may have said anything before, and where a jump
    host fails, all that `ssh` adds is that the connection is closed.
    """
    if seen.status == _OWN_FAILURE:
        for message in reversed(seen.messages):
            for pattern, reason, phase in _PATTERNS:
                if pattern.fullmatch(message):
                    hint = _hint(reason, seen, message, host, subsystem)
                    return Failure(reason, phase, quote(f"ssh says: {message}") + hint)
        detail = f"the connection to {host} ended before PowerShell spoke{seen.words}"
        return Failure(Reason.CONNECTION_LOST, Phase.CONNECTING, quote(detail))
    if seen.status is None or seen.status < 0:
        detail = f"ssh to {host} was ended from outside{seen.words}"
        return Failure(Reason.CONNECTION_LOST, Phase.CONNECTING, quote(detail))
    said = f", but with these: {' '.join(seen.noise)}" if seen.noise else ""
    detail = f"subsystem {subsystem} of {host} {seen.end} without a word of PowerShell{said}"
    return Failure(Reason.ENDPOINT_MISSING, Phase.OPENING, quote(detail))


def _hint(reason: Reason, seen: Seen, message: str, host: str, subsystem: str) -> str:
    match reason:
        case Reason.HOST_KEY_REJECTED if any(_CHANGED in line for line in seen.messages):
            return f" The key of {host} is not the one in known_hosts"
        case Reason.HOST_KEY_REJECTED:
            return f" The key of {host} is not in known_hosts"
        case Reason.AUTHENTICATION_FAILED if (offered := _OFFERED.search(message)) is not None:
            return f" It takes {offered[1]}; hklint types no password: use a key, or an agent"
        case Reason.ENDPOINT_MISSING:
            return f"; is there a line `Subsystem {subsystem}` in the sshd_config of {host}?"
        case _:
            return ""
