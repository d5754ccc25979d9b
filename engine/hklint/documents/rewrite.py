"""Changes of a document's text that leave all else as its author wrote it.

A change is made at a span, so comments, quotes and the order of keys stay. Whoever makes one says
which place of the tree gets which value, and `possible` holds the new text against that.
"""

import itertools
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, cast

from hklint.documents.document import Document, DocumentPath, parse_document
from hklint.errors import InvalidDocumentsError
from hklint.span import Edit, Span

Edits = tuple[Edit, ...]
"""Changes that mend one mistake together."""


def replace_text(document: Document, path: DocumentPath, new: str) -> Edits:
    """The change that puts another text at this path; none where it runs over several lines."""
    span = document.value_span(path)
    raw = line_of(document, span.line)[span.column - 1 : span.end_column - 1]
    old = at(document.root, path)
    written = _written_like(raw, str(old), new)
    return () if written is None else (Edit(span, written, path, new),)


def add_beside(document: Document, path: DocumentPath, key: str, new: str) -> Edits:
    """The change that adds a key with a plain word behind the text at this path."""
    *parents, last = path
    mapping = at(document.root, tuple(parents))
    at_value = document.value_span(path)
    line = line_of(document, at_value.line)
    if at_value.end_column - at_value.column < 2 or key in mapping:  # noqa: PLR2004 - several lines
        return ()
    inline = line_of(document, mapping.at.line)[mapping.at.column - 1 :].startswith("{")
    indent = " " * (mapping.keys_at[last].column - 1)
    column = at_value.end_column if inline else len(line) + 1
    text = f", {key}: {new}" if inline else f"\n{indent}{key}: {new}"
    span = Span(document.path, at_value.line, column, column)
    return (Edit(span, text, (*parents, key), new),)


def possible(document: Document, wanted: Iterable[Edits]) -> tuple[Edits, ...]:
    """The changes that can be made to a document.

    Edits that belong together are made together or not at all. They are left out when they touch
    others, or when the document would then say anything other than what they promise.
    """
    groups = tuple(dict.fromkeys(edits for edits in wanted if edits))
    if _keeps_its_word(document, groups):
        return groups
    made: tuple[Edits, ...] = ()
    for edits in groups:
        if _keeps_its_word(document, (*made, edits)):
            made = (*made, edits)
    return made


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """A text with changes that do not touch each other; a line added ends like the one before."""
    lines = text.split("\n")
    for edit in sorted(edits, key=_start, reverse=True):
        row = edit.span.line - 1
        line = lines[row]
        new = edit.text.replace("\n", "\r\n") if line.endswith("\r") else edit.text
        lines[row] = line[: edit.span.column - 1] + new + line[edit.span.end_column - 1 :]
    return "\n".join(lines)


def line_of(document: Document, number: int) -> str:
    """A line of a document, counted from 1, without its end."""
    return _lines(document)[number - 1]


@lru_cache(maxsize=8)
def _lines(document: Document) -> list[str]:
    return document.text.split("\n")


def at(root: object, path: DocumentPath) -> Any:  # noqa: ANN401 - a part of a YAML tree
    """What stands at a path that is there."""
    node: Any = root
    for step in path:
        node = node[step]
    return node


def _keeps_its_word(document: Document, groups: Iterable[Edits]) -> bool:
    """Whether these changes do not clash, and change nothing else."""
    edits = sorted((edit for edits in groups for edit in edits), key=_start)
    if any(_end(first) > _start(second) for first, second in itertools.pairwise(edits)):
        return False
    wanted: Any = _copied(document.root)
    for edit in edits:
        *parents, last = edit.path
        at(wanted, tuple(parents))[last] = edit.value
    try:
        found = parse_document(with_edits(document.text, edits), document.path)
    except InvalidDocumentsError:
        return False
    return bool(found.root == wanted)


def _written_like(raw: str, old: str, new: str) -> str | None:
    """The new text in the quotes of the old one; None if the source is not simply the old one."""
    if raw == old:
        return new
    if raw == "'" + old.replace("'", "''") + "'":
        return "'" + new.replace("'", "''") + "'"
    if raw == _in_double_quotes(old):
        return _in_double_quotes(new)
    return None


def _in_double_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _copied(node: object) -> object:
    """A tree of its own, without places."""
    if isinstance(node, dict):
        return {key: _copied(value) for key, value in cast("dict[str, object]", node).items()}
    if isinstance(node, list):
        return [_copied(item) for item in cast("list[object]", node)]
    return node


def _start(edit: Edit) -> tuple[int, int]:
    return edit.span.line, edit.span.column


def _end(edit: Edit) -> tuple[int, int]:
    return edit.span.line, edit.span.end_column
