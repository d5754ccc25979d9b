"""hklint lint: find what is wrong with policies and models."""

from pathlib import Path

import click

from hklint.exit_code import Exit

EXAMPLES = """\b
Examples:
  hklint lint
  hklint lint my-policies/
"""


@click.command("lint", epilog=EXAMPLES)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
def lint_command(paths: tuple[Path, ...]) -> int:
    """Find what is wrong with policies and models: all of it, each with its line.

    Tables are proved: every combination has to meet exactly one row. Without PATH the policies that
    come with hklint are looked at.
    """
    from hklint import library  # noqa: PLC0415 - only here
    from hklint.cli.diagnostics import render  # noqa: PLC0415 - only here

    looked_at = list(paths) or [library.shipped_folder()]
    found = library.lint(looked_at)
    for diagnostic in found:
        click.echo(render(diagnostic))
    files = library.count_files(looked_at)
    if found:
        click.echo(f"{_counted(len(found), 'mistake')} in {_counted(files, 'file')}.")
        return Exit.INVALID
    click.echo(f"{_counted(files, 'file')}: no mistakes, every table is proved.")
    return Exit.PASSED


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
