"""Findings for people: each with its line and what to do, and a tally at the end."""

from hklint.cli.diagnostics import render as render_one
from hklint.linting.lint import Findings
from hklint_reports.text import counted, visible

MAX_SKIPPED = 5
"""Skipped files that are named; of more only the number is said."""


def render(findings: Findings) -> str:
    """All findings and the tally."""
    blocks = [render_one(item) for item in findings.diagnostics]
    return "\n".join([*blocks, *_tally(findings)])


def _tally(findings: Findings) -> list[str]:
    errors, warnings = len(findings.errors), len(findings.warnings)
    files = counted(len(findings.files), "file")
    lines: list[str] = []
    if errors or warnings:
        parts = [counted(errors, "error")] if errors else []
        parts += [counted(warnings, "warning")] if warnings else []
        lines.append(f"{' and '.join(parts)} in {files}.")
        code = (*findings.errors, *findings.warnings)[0].code
        lines.append(f"What a code means: hklint explain {code}.")
        fixable = sum(bool(item.edits) for item in findings.diagnostics)
        if fixable:
            which = "it" if errors + warnings == 1 else f"{fixable} of them"
            lines.append(f"hklint lint --fix can mend {which}, --diff shows how.")
    else:
        lines.append(f"{files}: no mistakes, every table is proved.")
    if findings.skipped:
        named = ", ".join(map(visible, findings.skipped[:MAX_SKIPPED]))
        rest = len(findings.skipped) - MAX_SKIPPED
        more = f" and {rest} more" if rest > 0 else ""
        skipped = counted(len(findings.skipped), "YAML file")
        lines.append(f"Skipped {skipped} without a kind that hklint knows: {named}{more}.")
    return lines
