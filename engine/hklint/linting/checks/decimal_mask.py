"""HK616: a bit mask that looks hexadecimal, but is read as decimal."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.documents.rewrite import line_of
from hklint.linting.checks.scope import Scope, operands, parts
from hklint.span import Diagnostic

_DECIMAL = re.compile(r"[0-9]{3,8}")


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Masks such as 800, which has one bit as 0x800 and several as a decimal number."""
    for part in parts(scope):
        for path, operator, operand in operands(part):
            if operator not in {"bits_set", "bits_clear"} or not isinstance(operand, int):
                continue
            span = part.document.value_span((*part.path, *path))
            line = line_of(part.document, span.line)
            written = line[span.column - 1 : span.end_column - 1]
            if not _DECIMAL.fullmatch(written):
                continue
            if int(written, 16).bit_count() == 1 < operand.bit_count():
                message = f"{written} is {operand:#x} here, which has several bits"
                hint = f"write 0x{written} if that is meant, else {operand:#x}"
                yield part.warn(Code.DECIMAL_MASK, message, hint, at=path)
