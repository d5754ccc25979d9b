"""HK613: a title that is no plain statement about a healthy host."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.documents.rewrite import replace_text
from hklint.linting.checks.scope import Scope, rules, warning
from hklint.messages import quoted
from hklint.span import Diagnostic

_DEMAND = re.compile(
    r"^(ensure|make sure|verify|check (that|if|whether)|configure|disable|enable|do not|don't"
    r"|set (the|to|')|turn o(n|ff))\b|\bshould\b",
    re.IGNORECASE,
)

_ENDS_OTHERWISE = re.compile(r"(\.\.|\b(etc|inc|ltd|corp|co|no)|\.\w+)\.$", re.IGNORECASE)
"""Dots that are no full stop: three of them, and those of abbreviations."""


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Titles that end like a sentence, and those of rules that state nothing."""
    for policy in scope.policies:
        yield from _full_stop(policy.document, ("title",), policy.shape.title)
    for model in scope.models:
        yield from _full_stop(model.document, ("title",), model.shape.title)
    for document, path, rule in rules(scope):
        place = (*path, "title")
        yield from _full_stop(document, place, rule.title)
        if rule.title.endswith("?"):
            message = "a title states something, it does not ask"
        elif _DEMAND.search(rule.title):
            message = f"{quoted(rule.title)} demands something, and reports show it where it failed"
        elif len(rule.title.split()) == 1:
            message = f"{quoted(rule.title)} is a name, no statement"
        else:
            continue
        hint = "say what is true of a healthy host, such as 'Windows keeps no LM hash of passwords'"
        yield warning(document, place, Code.TITLE_FORM, message, hint)


def _full_stop(document: Document, path: DocumentPath, title: str) -> Iterator[Diagnostic]:
    if title.endswith(".") and not _ENDS_OTHERWISE.search(title):
        edits = replace_text(document, path, title.removesuffix("."))
        message = "a title ends without a full stop"
        yield warning(document, path, Code.TITLE_FORM, message, "remove it", edits)
