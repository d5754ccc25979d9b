"""What ends a command. Whatever concerns one host or one rule is data, never one of these."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hklint.span import Diagnostic


def places(error: BaseException) -> list[str]:
    """Where an exception went through, up to where it was raised: modules with their lines.

    That is all that may be shown of a bug: what it says could hold a secret, or text of a host.
    """
    found: list[str] = []
    trace = error.__traceback__
    while trace is not None:
        found.append(f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}")
        trace = trace.tb_next
    return found


class HklintError(Exception):
    """The command can't go on; the message says what is wrong, where, and what to do."""


class UsageError(HklintError):
    """The command line, an environment variable or a file it names is wrong."""


class InvalidDocumentsError(HklintError):
    """Policies or models are invalid; `diagnostics` has every mistake found, in order."""

    def __init__(self, diagnostics: "Sequence[Diagnostic]") -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))
