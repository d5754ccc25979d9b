"""What ends a command. Whatever concerns one host or one rule is data, never one of these."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hklint.span import Diagnostic


class HklintError(Exception):
    """The command can't go on; the message says what is wrong, where, and what to do."""


class UsageError(HklintError):
    """The command line, an environment variable or a file it names is wrong."""


class InvalidDocumentsError(HklintError):
    """Policies or models are invalid; `diagnostics` has every mistake found, in order."""

    def __init__(self, diagnostics: "Sequence[Diagnostic]") -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))
