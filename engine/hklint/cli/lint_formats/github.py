"""Findings as commands of GitHub's workflow runner, which shows them beside the changed lines.

Syntax: "Workflow commands for GitHub Actions", docs.github.com; the escapes are those of
`@actions/core`, command.ts.
"""

from hklint.linting.lint import Findings
from hklint.span import Diagnostic
from hklint_reports.text import visible


def render(findings: Findings) -> str:
    """One command a finding; nothing if there are none."""
    return "\n".join(_command(item) for item in findings.diagnostics)


def _command(item: Diagnostic) -> str:
    span = item.span
    properties = {
        "file": span.path,
        "line": str(span.line),
        "col": str(span.column),
        "endColumn": str(max(span.end_column, span.column)),
        "title": f"{item.code} {item.code.slug}",
    }
    said = ",".join(f"{name}={_property(visible(text))}" for name, text in properties.items())
    message = f"{item.message}\n{item.help}" if item.help else item.message
    shown = "\n".join(map(visible, message.split("\n")))
    return f"::{item.code.severity} {said}::{_data(shown)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
