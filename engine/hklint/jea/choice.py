"""What the user of `hklint jea` chooses, checked before anything is written."""

import re

import msgspec

from hklint.errors import UsageError

ENDPOINT = "hklint"
"""The name of the session configuration: one for a host, with one allow-list."""
TRANSCRIPTS = r"C:\Program Files\hklint\Transcripts"
"""Users cannot write below Program Files, so nobody can have prepared this folder."""

_GROUP = re.compile(r"[^\\/\[\]:;|=,+*?<>\"]{1,255}\\[^\\/\[\]:;|=,+*?<>\"]{1,255}")
"""Without what no account name may have (Active Directory, sAMAccountName)."""
_FOLDER = re.compile(r"[A-Za-z]:(\\[^\\/:*?\"<>|\[\]]+)+")
"""Without wildcards either, since some cmdlets take paths as patterns."""


class Choice(msgspec.Struct, frozen=True):
    r"""Who may use the endpoint, and for what.

    `group` is a Windows group as `DOMAIN\name`, `transcripts` a folder on the host; `policies` are
    ids, and `asked_by` the options of the command line that name them.
    """

    group: str
    transcripts: str
    policies: tuple[str, ...]
    asked_by: tuple[str, ...]

    def check(self) -> None:
        """Raises UsageError for what Windows would not take, or would take for something else."""
        if not (self.group.isprintable() and _GROUP.fullmatch(self.group)):
            raise UsageError(f"--group {self.group}: write it as DOMAIN\\name, or COMPUTER\\name")
        if not (self.transcripts.isprintable() and _FOLDER.fullmatch(self.transcripts)):
            raise UsageError(
                f"--transcripts {self.transcripts}: write a folder on the host, as {TRANSCRIPTS}"
            )
