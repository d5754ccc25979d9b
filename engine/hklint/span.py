"""Places in documents and the mistakes found there."""

import msgspec

from hklint.codes import Code


class Span(msgspec.Struct, frozen=True, gc=False):
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


class Edit(msgspec.Struct, frozen=True):
    """A change that mends a mistake: this text instead of what stands at the span.

    `path` leads to the place in the tree that gets the value `value`; nothing else may change.
    """

    span: Span
    text: str
    path: tuple[str | int, ...]
    value: str


class Diagnostic(msgspec.Struct, frozen=True):
    """A mistake in a document: what is wrong, where, what to do about it, and of what kind.

    `edits` mend it where that can be done without a decision; either all are made or none.
    """

    span: Span
    message: str
    help: str = ""
    code: Code = Code.WRONG_FORM
    edits: tuple[Edit, ...] = ()

    def __str__(self) -> str:
        return f"{self.span}: {self.message}" + (f" ({self.help})" if self.help else "")
