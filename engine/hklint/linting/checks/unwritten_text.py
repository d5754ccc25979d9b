"""HK620: a text that is still to be written, as in a draft."""

import re
from collections.abc import Iterator

from hklint.codes import Code
from hklint.documents.document import Document, DocumentPath
from hklint.documents.rewrite import at
from hklint.linting.checks.scope import Scope, rules, warning
from hklint.messages import quoted
from hklint.span import Diagnostic

_TO_DO = re.compile(r"\b(TODO|FIXME|TBD|XXX)\b")
_TEXTS = ("title", "description", "why", "remedy")


def check(scope: Scope) -> Iterator[Diagnostic]:
    """Texts of policies, models and rules that say what has to be done to them."""
    documents = [file.document for file in scope.policies]
    for document in [*documents, *(file.document for file in scope.models)]:
        yield from _texts(document, ())
    for document, path, _ in rules(scope):
        yield from _texts(document, path)


def _texts(document: Document, path: DocumentPath) -> Iterator[Diagnostic]:
    for key in _TEXTS:
        found = _TO_DO.search(at(document.root, path).get(key, ""))
        if found is not None:
            message = f"{quoted(found[0])}: this text is still to be written"
            hint = "reports would show it as it stands"
            yield warning(document, (*path, key), Code.UNWRITTEN_TEXT, message, hint)
