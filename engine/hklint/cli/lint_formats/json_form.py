"""Findings for programs: one JSON object."""

import json

from hklint.linting.lint import Findings
from hklint.span import Diagnostic, Edit


def render(findings: Findings) -> str:
    """The object, with keys that stay; `version` changes when one does not."""
    said = {
        "version": 1,
        "errors": len(findings.errors),
        "warnings": len(findings.warnings),
        "files": sorted(findings.files),
        "skipped": list(findings.skipped),
        "diagnostics": [_diagnostic(item) for item in findings.diagnostics],
    }
    return json.dumps(said, indent=2)


def _diagnostic(item: Diagnostic) -> dict[str, object]:
    return {
        "code": item.code.value,
        "name": item.code.slug,
        "severity": item.code.severity,
        "message": item.message,
        "help": item.help,
        "path": item.span.path,
        "line": item.span.line,
        "column": item.span.column,
        "end_column": item.span.end_column,
        "fix": [_edit(edit) for edit in item.edits],
    }


def _edit(edit: Edit) -> dict[str, object]:
    return {
        "line": edit.span.line,
        "column": edit.span.column,
        "end_column": edit.span.end_column,
        "text": edit.text,
    }
