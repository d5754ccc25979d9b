"""Snapshot files: a host's recorded answer as a source, to be judged again without the host.

A file holds the answer as it came; the observations are read from it anew, so that the evidence
stands in one place only. It is JSON with sorted keys, and the same snapshot gives the same bytes.
"""

import codecs
import json
from pathlib import Path
from typing import Any, cast

import msgspec

from hklint.allowed_urls import refusals
from hklint.errors import UsageError
from hklint.facts import read_answer
from hklint.snapshot import SNAPSHOT_VERSION, Snapshot, Source
from hklint.sources.answer import contract_problem, load_json


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A snapshot in its file form; `hklint_snapshot` is the version of that form."""

    hklint_snapshot: int
    host: str
    taken_at: str
    source: Source
    answer: dict[str, Any]
    not_requested: tuple[str, ...] = ()


def snapshot_document(snapshot: Snapshot) -> dict[str, object]:
    """The file form as plain data; a run keeps its snapshots so."""
    document: dict[str, object] = {
        "hklint_snapshot": SNAPSHOT_VERSION,
        "host": snapshot.host,
        "taken_at": snapshot.taken_at,
        "source": msgspec.to_builtins(snapshot.source),
        "answer": dict(snapshot.answer),
    }
    if snapshot.not_requested:
        document["not_requested"] = list(snapshot.not_requested)
    return document


def snapshot_from_document(document: object, path: str) -> Snapshot:
    """The snapshot in a document, which is found at `path`.

    Raises:
        UsageError: It is no snapshot, or one of another version.
    """
    if not isinstance(document, dict):
        raise UsageError(f"{path}: this is no snapshot: it holds no JSON object")
    fields = cast("dict[str, object]", document)
    version = fields.get("hklint_snapshot")
    if not isinstance(version, int) or isinstance(version, bool):
        raise UsageError(f"{path}: this is no snapshot: hklint_snapshot, its version, is missing")
    if version != SNAPSHOT_VERSION:
        raise UsageError(
            f"{path}: the snapshot has version {version}, and this hklint reads version "
            f"{SNAPSHOT_VERSION}: take it again with `hklint snapshot`"
        )
    try:
        file = msgspec.convert(fields, _File)
    except msgspec.ValidationError as error:
        raise UsageError(f"{path}: the snapshot is damaged: {error}") from None
    problem = contract_problem(file.answer)
    if problem is None and "error" in file.answer:
        problem = "it is a refusal"
    if problem is not None:
        raise UsageError(f"{path}: the snapshot's answer is damaged: {problem}")
    try:
        refused = refusals(file.not_requested)
    except ValueError as error:
        raise UsageError(f"{path}: the snapshot is damaged: $.not_requested: {error}") from None
    return Snapshot(
        file.host,
        file.taken_at,
        file.source,
        file.answer,
        {**read_answer(file.answer), **refused},
        file.not_requested,
    )


def write_snapshot(snapshot: Snapshot) -> str:
    """The text of a snapshot file."""
    text = json.dumps(snapshot_document(snapshot), ensure_ascii=False, indent=2, sort_keys=True)
    return f"{text}\n"


def read_snapshot(text: str, path: str) -> Snapshot:
    """The snapshot in the text of a file; `path` is for messages.

    Raises:
        UsageError: It is no snapshot; the message names the file, and the line where it can.
    """
    try:
        document = load_json(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise UsageError(f"{place}: this is no snapshot: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        kind = "too deeply nested" if isinstance(error, RecursionError) else str(error)
        raise UsageError(f"{path}: this is no snapshot: {kind}") from None
    return snapshot_from_document(document, path)


def load_snapshot(path: str) -> Snapshot:
    """The snapshot in a file: UTF-8, or UTF-16 as Windows PowerShell's `>` writes it.

    Raises:
        UsageError: The file can't be read, or is no snapshot.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: the snapshot cannot be read: {error.strerror}") from None
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UsageError(f"{path}:{line}: this is no snapshot: it is not UTF-8 text") from None
    return read_snapshot(text, path)
