"""Documents: YAML files with their text, their tree, and every mistake in them at once."""

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hklint.codes import Code
from hklint.documents.yaml_tree import FORBIDDEN, Mapping, Sequence, TreeBuilder, named
from hklint.errors import InvalidDocumentsError
from hklint.span import Diagnostic, Span

MAX_BYTES = 10_000_000
MAX_CHARACTER_DIAGNOSTICS = 20

DocumentPath = tuple[str | int, ...]
"""The way from a document's root to a place: keys and indices."""


class Document:
    """One YAML document: its text, its tree, and where each part of the tree stands."""

    __slots__ = ("path", "root", "sha256", "text")

    def __init__(self, path: str, text: str, root: Mapping) -> None:
        self.path = path
        self.text = text
        self.root = root
        self.sha256 = hashlib.sha256(text.encode()).hexdigest()

    def value_span(self, path: DocumentPath) -> Span:
        """Where the value at this path begins; the nearest existing parent if it is not there."""
        node: Any = self.root
        span = self.root.at
        for step in path:
            if isinstance(node, Mapping) and step in node:
                span, node = node.values_at[str(step)], node[str(step)]
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node):
                span, node = node.items_at[step], node[step]
            else:
                break
        return span

    def key_span(self, path: DocumentPath) -> Span:
        """Where the last key of this path stands; for an item of a sequence, the item."""
        *parents, last = path or ("",)
        node: Any = self.root
        for step in parents:
            node = node[step]
        if isinstance(node, Mapping) and last in node.keys_at:
            return node.keys_at[str(last)]
        return self.value_span(path)


def read_document(file: Path, shown_path: str | None = None) -> Document:
    """Reads a file. Raises InvalidDocumentsError with all its mistakes; `shown_path` names it."""
    path = shown_path or str(file)
    try:
        if file.exists() and not file.is_file():
            raise _useless(path, "this is not a regular file")
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _useless(path, f"the file cannot be read: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise _useless(path, f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8"
        raise _useless(path, "the file is not valid UTF-8", hint, line) from None
    return parse_document(text, path)


def _useless(path: str, message: str, hint: str = "", line: int = 1) -> InvalidDocumentsError:
    span = Span(path, line, 1, 1)
    return InvalidDocumentsError([Diagnostic(span, message, hint, Code.UNREADABLE_FILE)])


def parse_document(text: str, path: str) -> Document:
    """Parses a text. Raises InvalidDocumentsError with all its mistakes."""
    text = text.replace("\r\n", "\n")
    diagnostics = list(_forbidden_characters(text, path))
    root: object = None
    if not diagnostics:
        builder = TreeBuilder(path)
        root = builder.build(text)
        diagnostics = builder.diagnostics
    if not diagnostics and not isinstance(root, Mapping):
        message = "the file has no document" if root is None else "the document is no mapping"
        hint = "begin with a line like 'kind: policy'"
        diagnostics = [Diagnostic(Span(path, 1, 1, 1), message, hint, Code.NO_DOCUMENT)]
    if diagnostics or not isinstance(root, Mapping):
        raise InvalidDocumentsError(sorted(diagnostics, key=lambda d: (d.span.line, d.span.column)))
    return Document(path, text, root)


def _forbidden_characters(text: str, path: str) -> Iterator[Diagnostic]:
    for hit in itertools.islice(FORBIDDEN.finditer(text), MAX_CHARACTER_DIAGNOSTICS):
        before = text[: hit.start()].split("\n")
        column = len(before[-1]) + 1
        span = Span(path, len(before), column, column + 1)
        message = f"{named(hit[0][0])} is not allowed"
        yield Diagnostic(span, message, "", Code.HIDDEN_CHARACTER)
