"""HK612: a `why` that says the title again."""

import difflib
import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import MAX_LOOKED_AT, Scope, rules, warning
from hklint.span import Diagnostic

_ALIKE = 0.85
_LONGER = 1.5
"""A text this much longer than the title says more than it, whatever it begins with."""


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules whose reason is their title."""
    for document, path, rule in rules(scope):
        title, why = _words(rule.title), _words(rule.why)
        if len(why) > _LONGER * len(title):
            continue
        if difflib.SequenceMatcher(None, title, why).ratio() >= _ALIKE:
            message = "why says what the title says"
            hint = "say what an attacker gains, or what stops working, while it is not so"
            yield warning(document, (*path, "why"), Code.WHY_IS_TITLE, message, hint)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text[:MAX_LOOKED_AT].lower())
