"""Findings as SARIF 2.1.0, for code scanning: the codes are its rules, their pages its help."""

import json
from collections.abc import Iterable
from pathlib import Path

from hklint import __version__
from hklint.codes import Code, page
from hklint.linting.lint import Findings
from hklint.span import Diagnostic, Edit
from hklint_reports.identity import Json, fingerprint
from hklint_reports.sarif import SCHEMA
from hklint_reports.sarif.places import FOLDER, Places
from hklint_reports.text import sarif_message, visible

CODES = list(Code)


def render(findings: Findings) -> str:
    """A log with one run."""
    places = Places(_texts(findings), str(Path.cwd()))
    results = [_result(item, places) for item in findings.diagnostics]
    run: Json = {
        "tool": {
            "driver": {
                "name": "hklint lint",
                "fullName": f"hklint lint {__version__} (linter of policies for Windows hosts)",
                "version": __version__,
                "language": "en-US",
                "rules": [_rule(code) for code in CODES],
            }
        },
        "automationDetails": {"id": "hklint-lint/"},
        "originalUriBaseIds": {
            FOLDER: {"description": {"text": "The folder in which hklint was run."}}
        },
        "columnKind": "unicodeCodePoints",
        "defaultSourceLanguage": "yaml",
        "artifacts": places.artifacts({}, waivers=()),
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1)


def _texts(findings: Findings) -> dict[str, str]:
    """The text of each file in which something was found and that can be read."""
    texts: dict[str, str] = {}
    for path in dict.fromkeys(item.span.path for item in findings.diagnostics):
        if not findings.files[path].is_file():  # a pipe would keep us waiting
            continue
        try:
            data = findings.files[path].read_bytes()
            texts[path] = data.decode("utf-8-sig").replace("\r\n", "\n")
        except (OSError, UnicodeDecodeError):
            continue
    return texts


def _rule(code: Code) -> Json:
    text = page(code)
    return {
        "id": code.value,
        "name": "".join(word.capitalize() for word in code.slug.split("-")),
        "shortDescription": {"text": f"{code.headline}."},
        "fullDescription": {"text": _first_paragraph(text)},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": code.severity},
        "properties": {
            "tags": ["maintainability"],
            "precision": "very-high" if code.severity == "error" else "high",
            "problem.severity": code.severity,
        },
    }


def _first_paragraph(text: str) -> str:
    return " ".join(text.split("\n\n")[1].split())


def _result(item: Diagnostic, places: Places) -> Json:
    said = f"{item.message} ({item.help})" if item.help else item.message
    mark = fingerprint(item.code, item.span.path, item.message)
    result: Json = {
        "ruleId": item.code.value,
        "ruleIndex": CODES.index(item.code),
        "kind": "fail",
        "level": item.code.severity,
        "message": {"text": sarif_message(f"{said}.")},
        "locations": [{"physicalLocation": places.physical(item.span)}],
        "partialFingerprints": {"primaryLocationLineHash": f"{mark}:1"},
    }
    return result | ({"fixes": [_fix(item.code, item.edits, places)]} if item.edits else {})


def _fix(code: Code, edits: Iterable[Edit], places: Places) -> Json:
    replacements = [
        {
            "deletedRegion": {
                "startLine": edit.span.line,
                "startColumn": edit.span.column,
                "endLine": edit.span.line,
                "endColumn": edit.span.end_column,
            },
            "insertedContent": {"text": edit.text},
        }
        for edit in edits
    ]
    path = next(edit.span.path for edit in edits)
    change = {"artifactLocation": places.artifact(path), "replacements": replacements}
    return {
        "description": {"text": f"Mend {visible(code.slug)}."},
        "artifactChanges": [change],
    }
