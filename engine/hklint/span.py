"""Places in documents and the mistakes found there."""

import msgspec


class Span(msgspec.Struct, frozen=True):
    """A piece of one line of a document.

    `path` is as the user would write it. Lines and columns count from 1, columns in Unicode code
    points; `end_column` is the first column behind the piece.
    """

    path: str
    line: int
    column: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


class Diagnostic(msgspec.Struct, frozen=True):
    """A mistake in a document: what is wrong, where, and what to do about it."""

    span: Span
    message: str
    help: str = ""

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" + (f" ({self.help})" if self.help else "")
