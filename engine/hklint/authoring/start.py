"""Starts of documents: templates with the author's own id, title and dates filled in."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hklint.documents.document import Document, DocumentPath, parse_document, read_document
from hklint.documents.files import TESTS_SUFFIX
from hklint.documents.rewrite import with_edits
from hklint.documents.yaml_text import UnwritableError, inline
from hklint.errors import UsageError
from hklint.language.schema import check
from hklint.span import Edit, Span

WAIVED_DAYS = 90

_TEMPLATES = Path(__file__).parent / "templates"
_ID = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_SCHEMA_LINE = "# yaml-language-server: $schema="
_SCHEMA_FOLDERS = (".", "schema", "../schema")
"""Where schemas may lie, seen from a document."""


def start(kind: str, name: str | None, title: str | None, now: datetime) -> str:
    """The template of a kind with this id and title. Raises UsageError for what they can't be.

    Waivers begin on the day of `now`, and end `WAIVED_DAYS` later.
    """
    template = read_document(_TEMPLATES / f"{kind}.yaml", f"{kind}.yaml")
    wanted: dict[DocumentPath, str | None] = {("id",): name, ("title",): title}
    if kind == "waivers":
        first = ("waivers", 0)
        wanted |= {(*first, key): at for key, at in _period(now).items()}
        wanted[*first, "id"] = name and f"{name}-1"
    try:
        edits = [_edit(template, path, text) for path, text in wanted.items() if text is not None]
    except UnwritableError as error:
        raise UsageError(f"this text can't stand in a document: {error}") from None
    text = with_edits(template.text, edits)
    for mistake in check(parse_document(text, template.path), kind):
        raise UsageError(mistake.message + (f": {mistake.help}" if mistake.help else ""))
    return text


def with_schema(text: str, kind: str, place: str | None) -> str:
    """A document's text below the line that names its schema, which a template has already."""
    if text.startswith(_SCHEMA_LINE):
        _, _, text = text.partition("\n")
    return f"{_SCHEMA_LINE}{place or f'{kind}.json'}\n{text}"


def schema_near(kind: str, file: Path) -> str | None:
    """The schema of a kind that lies near a document, as seen from there; None if none does."""
    folder = file.resolve().parent
    for near in _SCHEMA_FOLDERS:
        schema = (folder / near / f"{kind}.json").resolve()
        if schema.is_file():
            return Path(os.path.relpath(schema, folder)).as_posix()
    return None


def id_from(file: Path) -> str | None:
    """The id that a file's name suggests; None if none can be made of it."""
    is_tests = file.name.endswith(TESTS_SUFFIX)
    stem = file.name.removesuffix(TESTS_SUFFIX) if is_tests else file.stem
    name = re.sub(r"[ _]+", "-", stem.lower())
    return f"{name}{'-tests' if is_tests else ''}" if _ID.fullmatch(name) else None


def _period(now: datetime) -> dict[str, str]:
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    ends = {"from": day, "until": day + timedelta(days=WAIVED_DAYS)}
    return {key: f"{at:%Y-%m-%dT%H:%M:%SZ}" for key, at in ends.items()}


def _edit(document: Document, path: DocumentPath, text: str) -> Edit:
    """The change that puts a text at this path; a comment behind it keeps its column."""
    span = document.value_span(path)
    written = inline(text)
    line = document.text.split("\n")[span.line - 1]
    behind = line[span.end_column - 1 :]
    blanks = len(behind) - len(behind.lstrip(" "))
    end = span.end_column + blanks
    if behind.strip():
        written = written.ljust(end - span.column - 1) + " "
    return Edit(Span(span.path, span.line, span.column, end), written, path, text)
