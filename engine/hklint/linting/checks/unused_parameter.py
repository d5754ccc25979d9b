"""HK618: a parameter that nothing uses."""

from collections.abc import Iterator, Mapping
from typing import Any

from hklint.codes import Code
from hklint.documents.document import Document
from hklint.language.placeholders import names_in, texts_in
from hklint.linting.checks.scope import Scope
from hklint.messages import quoted
from hklint.span import Diagnostic


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Parameters of policies and models whose name stands nowhere."""
    for file in scope.policies:
        used = _named(file.document.root, ("rules", "diagnosis", "waits_for_restart"))
        affects = [affect for rule in file.shape.rules for affect in rule.affects]
        used |= {name for affect in affects for name in affect.given}
        yield from _unused(file.document, file.shape.parameters, used)
    for model in scope.models:
        used = _named(model.document.root, ("subject", "inputs", "rows"))
        used |= {name for row in model.shape.rows for name in row.when}
        yield from _unused(model.document, model.shape.parameters, used)


def _named(root: Mapping[str, Any], keys: tuple[str, ...]) -> set[str]:
    return {
        name
        for key in keys
        for _, text in texts_in(root.get(key), (key,))
        for name in names_in(text)
    }


def _unused(
    document: Document, parameters: Mapping[str, object], used: set[str]
) -> Iterator[Diagnostic]:
    for name in parameters:
        if name not in used:
            span = document.key_span(("parameters", name))
            message = f"nothing uses the parameter {quoted(name)}"
            hint = f"write {{{name}}} where its value is due, or remove it"
            yield Diagnostic(span, message, hint, Code.UNUSED_PARAMETER)
