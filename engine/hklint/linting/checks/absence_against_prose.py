"""HK617: a rule whose text asks for a value, and which passes without it."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, rules, warning
from hklint.span import Diagnostic

_ASKS_FOR_IT = re.compile(
    r"\b(must|has to|have to|needs to) be (set|there|present|written down|configured)\b"
    r"|\bis set explicitly\b",
    re.IGNORECASE,
)


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules with `absent: pass` that say the value has to be there."""
    for document, path, rule in rules(scope):
        if rule.expect.get("absent") != "pass" or "exists" in rule.expect:
            continue
        for key, text in (("title", rule.title), ("why", rule.why)):
            found = _ASKS_FOR_IT.search(text)
            if found is not None:
                message = f"{key} says {found[0]!r}, and a value that is not there passes"
                hint = "write absent: fail, or say in the text that the default will do"
                place = (*path, "expect", "absent")
                yield warning(document, place, Code.ABSENCE_AGAINST_PROSE, message, hint)
                break
