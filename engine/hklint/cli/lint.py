"""hklint lint: find what is wrong with documents, and mend what can be mended."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hklint.cli.output import atomic, check_writable
from hklint.errors import UsageError
from hklint.exit_code import Exit

if TYPE_CHECKING:
    from hklint.linting.choice import Choice
    from hklint.linting.lint import Findings

FORMATS = ("text", "json", "sarif", "github")
MOST_ROUNDS = 5
"""A change can uncover the next mistake, so mending goes on until there is nothing to mend."""

EXAMPLES = """\b
Examples:
  hklint lint                                   what comes with hklint
  hklint lint my-policies/                      a folder, with everything below it
  hklint lint my-policies/ --diff               show what --fix would change
  hklint lint my-policies/ --fix
  hklint lint my-policies/ --ignore HK611 --fail-on error
  hklint lint my-policies/ --format sarif -o lint.sarif
  hklint explain HK112                          what a code means

\b
Exit codes:
  0  nothing was found (with --fail-on error: no errors)
  1  there are warnings
  2  the command line is wrong, or there is nothing to look at
  3  there are errors: such a document can't be used
"""


@click.command("lint", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option(
    "--format", "-f", "form", default="text", show_default=True, type=click.Choice(FORMATS),
    help="github: annotations in a workflow; sarif: for code scanning.",
)  # fmt: skip
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), metavar="FILE",
    help="Write to a file, in UTF-8. Default: standard output.",
)  # fmt: skip
@click.option(
    "--select", multiple=True, metavar="CODES",
    help="Show only these warnings: codes or prefixes, such as HK608,HK5. Errors always show.",
)  # fmt: skip
@click.option(
    "--ignore", multiple=True, metavar="CODES",
    help="Leave out these warnings. Errors can't be ignored.",
)  # fmt: skip
@click.option(
    "--fail-on", default="warning", show_default=True, type=click.Choice(["warning", "error"]),
    help="With error, warnings alone end with 0.",
)  # fmt: skip
@click.option("--fix", is_flag=True, help="Mend in the files what can be mended without a doubt.")
@click.option(
    "--diff", "--dry-run", "only_diff", is_flag=True, help="Show what --fix would change."
)
def lint_command(  # noqa: PLR0913 - one parameter an option
    paths: tuple[Path, ...],
    *,
    form: str,
    output: Path | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    fix: bool,
    only_diff: bool,
) -> int:
    """Find what is wrong with policies, models, profiles, waivers and tests: all of it.

    Tables are proved: every combination has to meet exactly one row. What can't be used is an
    error; what is allowed but looks wrong is a warning. In folders, YAML of other tools is skipped.
    Without PATH the policies that come with hklint are looked at.
    """
    from hklint.documents.files import shipped_folder  # noqa: PLC0415 - only here
    from hklint.linting.choice import choose  # noqa: PLC0415 - the same

    choice = choose(select, ignore)
    if output is not None:
        check_writable(output)
    if (fix or only_diff) and not paths:
        raise UsageError("--fix and --diff need a PATH: what comes with hklint is not changed")
    looked_at = list(paths) or [shipped_folder()]
    findings = _lint(looked_at, choice)
    if only_diff:
        _show_changes(findings)
    elif fix:
        findings = _fix(looked_at, choice, findings)
    if not only_diff:
        _show(findings, form, output)
    return _exit_code(findings, fail_on)


def _show(findings: "Findings", form: str, output: Path | None) -> None:
    from hklint.cli.lint_formats import RENDERERS  # noqa: PLC0415 - only here

    said = RENDERERS[form](findings)
    if output is not None:
        with atomic(output) as stream:
            stream.write(f"{said}\n")
    elif said:
        click.echo(said)


def _lint(paths: list[Path], choice: "Choice") -> "Findings":
    from msgspec.structs import replace  # noqa: PLC0415 - only here

    from hklint.linting.lint import lint  # noqa: PLC0415 - the same

    found = lint(paths)
    return replace(found, diagnostics=tuple(filter(choice.has, found.diagnostics)))


def _show_changes(findings: "Findings") -> None:
    from hklint.linting.mend import diff, mended  # noqa: PLC0415 - only here
    from hklint_reports.text import visible  # noqa: PLC0415 - the same

    files = mended(findings, findings.diagnostics)
    for file in files:
        for line in diff(file).split("\n"):
            click.echo(visible(line, len(line)))
    more = "; --fix then looks again, and may find more" if files else ""
    click.echo(f"Would change {_counted(file.changes for file in files)}{more}.", err=True)


def _fix(paths: list[Path], choice: "Choice", findings: "Findings") -> "Findings":
    """Mends until nothing more can be; the findings that are left."""
    from hklint.linting.mend import mended, write  # noqa: PLC0415 - only here

    changes: list[int] = []
    for _ in range(MOST_ROUNDS):
        files = mended(findings, findings.diagnostics)
        if not files:
            break
        for file in files:
            write(file)
            changes.append(file.changes)
        findings = _lint(paths, choice)
    click.echo(f"Changed {_counted(changes)}.", err=True)
    return findings


def _counted(changes: Iterable[int]) -> str:
    number = sum(changes)
    return f"{number} place{'' if number == 1 else 's'}" if number else "nothing"


def _exit_code(findings: "Findings", fail_on: str) -> Exit:
    if findings.errors:
        return Exit.INVALID
    return Exit.FAILED if findings.warnings and fail_on == "warning" else Exit.PASSED
