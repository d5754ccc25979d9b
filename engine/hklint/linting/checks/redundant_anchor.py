"""HK614: a pattern with anchors, although the whole text must match anyway."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.documents.rewrite import replace_text
from hklint.linting.checks.scope import Scope, operands, parts
from hklint.span import Diagnostic

_ENDS = re.compile(r"(?<!\\)(\\\\)*\$$")


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Patterns that begin with ^ or end with $."""
    for part in parts(scope):
        for path, operator, operand in operands(part):
            if operator != "matches" or not isinstance(operand, str):
                continue
            bare = operand.removeprefix("^")
            bare = bare[:-1] if _ENDS.search(bare) else bare
            if bare == operand:
                continue
            edits = replace_text(part.document, (*part.path, *path), bare) if bare else ()
            message = "the whole text has to match anyway: ^ and $ add nothing"
            yield part.warn(Code.REDUNDANT_ANCHOR, message, f"write {bare}", at=path, edits=edits)
