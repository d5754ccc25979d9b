"""Exit codes: one table, whatever the command and the report."""

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """What a command's end means."""

    PASSED = 0
    FAILED = 1
    USAGE = 2
    INVALID = 3
    UNDETERMINED = 4
    BUG = 5


MEANING: dict[Exit, str] = {
    Exit.PASSED: "everything that was judged passed",
    Exit.FAILED: "a rule or test failed; a gate is shut; lint has warnings; a diff is worse",
    Exit.USAGE: "the command line is wrong, or a file it names can't be used",
    Exit.INVALID: "a policy, model or other document is invalid",
    Exit.UNDETERMINED: (
        "a verdict is unknown, or passes only after a restart; a host was not reached; "
        "nothing was judged"
    ),
    Exit.BUG: "hklint has a bug",
}

PRECEDENCE = (Exit.BUG, Exit.INVALID, Exit.USAGE, Exit.FAILED, Exit.UNDETERMINED, Exit.PASSED)
"""When several hold, the first of these is the exit code."""


def worst(codes: Iterable[Exit]) -> Exit:
    """The one that counts of several."""
    return min(codes, key=PRECEDENCE.index, default=Exit.PASSED)
