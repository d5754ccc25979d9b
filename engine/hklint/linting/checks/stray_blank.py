"""HK601: a name or operand that begins or ends with a blank."""

import itertools
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, operands, parts, texts_of
from hklint.messages import quoted
from hklint.span import Diagnostic

_NAMES = ("value", "has_value")
_WHOLE_TEXTS = frozenset({"equals", "not_equals", "one_of", "none_of", "subset_of", "superset_of"})
"""Operators that compare whole texts; in a part of a text a blank can be meant."""


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Names and operands with a blank that nobody sees."""
    for part in parts(scope):
        texts = [texts_of((name,), part.keys.get(name)) for name in _NAMES]
        for path, operator, operand in operands(part):
            if operator in _WHOLE_TEXTS:
                texts.append(texts_of(path, operand))
        for path, text in itertools.chain.from_iterable(texts):
            if text != text.strip():
                message = f"{quoted(text)} begins or ends with a blank"
                yield part.warn(Code.STRAY_BLANK, message, "remove the blank", at=path)
