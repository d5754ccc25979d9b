"""HK611: a rule that names no source."""

from collections.abc import Iterator

from hklint.codes import Code
from hklint.linting.checks.scope import Scope, rules, warning
from hklint.span import Diagnostic


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Rules without references."""
    for document, path, rule in rules(scope):
        if not rule.references:
            message = f"rule {rule.id} names no page that it rests on"
            hint = "add references with title and url"
            yield warning(document, (*path, "id"), Code.NO_REFERENCES, message, hint)
