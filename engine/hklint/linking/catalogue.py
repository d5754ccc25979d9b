"""The catalogue: documents that were found and read, and what is wrong with any of them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from hklint.codes import Code
from hklint.documents.document import Document, read_document
from hklint.documents.files import shown_path
from hklint.errors import InvalidDocumentsError
from hklint.language import DOCUMENTS
from hklint.language.schema import check
from hklint.linking.model_checks import FollowUp
from hklint.messages import quoted, suggestion
from hklint.span import Diagnostic


class Catalogue(msgspec.Struct, frozen=True):
    """The documents that were found, by kind and id, and what is wrong with any of them.

    `broken` has by kind the ids of documents that are there, but have not the right shape, and
    `taken` the kind and id of each document, by its path, whose id another one has.
    """

    documents: Mapping[str, Mapping[str, Document]]
    diagnostics: tuple[Diagnostic, ...]
    broken: Mapping[str, frozenset[str]]
    taken: Mapping[str, tuple[str, str]]

    @property
    def policies(self) -> Mapping[str, Document]:
        """The policies by id."""
        return self.documents["policy"]

    @property
    def models(self) -> Mapping[str, Document]:
        """The models by id."""
        return self.documents["model"]

    @property
    def profiles(self) -> Mapping[str, Document]:
        """The profiles by id."""
        return self.documents["profile"]


def read_catalogue(files: Iterable[Path]) -> Catalogue:
    """Reads and checks the shape of documents; those with mistakes are left out."""
    found: dict[str, dict[str, Document]] = {kind: {} for kind in DOCUMENTS}
    broken: dict[str, set[str]] = {kind: set() for kind in DOCUMENTS}
    taken: dict[str, tuple[str, str]] = {}
    diagnostics: list[Diagnostic] = []
    for file in dict.fromkeys(file.resolve() for file in files):
        try:
            document = read_document(file, shown_path(file))
        except InvalidDocumentsError as error:
            diagnostics += error.diagnostics
            continue
        kind = document.root.get("kind")
        if not isinstance(kind, str) or kind not in DOCUMENTS:
            span = document.value_span(("kind",))
            message = "'kind' must say what this document is"
            hint = suggestion(str(kind), DOCUMENTS)
            diagnostics.append(Diagnostic(span, message, hint, Code.UNKNOWN_KIND))
            continue
        mistakes = check(document, kind)
        diagnostics += mistakes
        name = str(document.root.get("id"))
        if mistakes:
            broken[kind].add(name)
        elif name in found[kind]:
            other = found[kind][name].path
            span = document.value_span(("id",))
            message = f"the {kind} {quoted(name)} is already in {other}"
            hint = "choose another id"
            diagnostics.append(Diagnostic(span, message, hint, Code.DUPLICATE_ID))
            taken[document.path] = kind, name
        else:
            found[kind][name] = document
    frozen = {kind: frozenset(ids) for kind, ids in broken.items()}
    return Catalogue(found, tuple(diagnostics), frozen, taken)


def errors_in(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that make a document unusable."""
    return [item for item in diagnostics if item.code.severity == "error"]


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Mistakes by place; what only follows from others is left out where those are shown."""

    def place(item: Diagnostic) -> tuple[str, int, int]:
        return item.span.path, item.span.line, item.span.column

    found = dict.fromkeys(diagnostics)
    causes = [item for item in found if not isinstance(item, FollowUp)]
    return sorted(causes or found, key=place)
