"""Options about .reg files that stand for hosts, and what is said of such a file at once."""

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import click

from hklint.cli.sections import SectionOption
from hklint.errors import UsageError
from hklint.messages import quoted, suggestion

if TYPE_CHECKING:
    from hklint.sources import Options
    from hklint.target import RegFileTarget

_reg = partial(click.option, cls=SectionOption, section="Registry files (.reg)")

REG_FILE_OPTIONS = (
    _reg(
        "--whole-export",
        is_flag=True,
        help="The .reg files are exports: what they lack in and below their keys is absent.",
    ),
    _reg(
        "--host-field",
        "host_fields",
        multiple=True,
        metavar="NAME=VALUE",
        help="What the .reg files do not say of their hosts, such as build=17763. Repeatable.",
    ),
)

MOST_WARNINGS = 20
_VERSION = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9}){1,3}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def parse_host_fields(texts: Sequence[str]) -> dict[str, int | str]:
    """What the user says of the hosts, by field. Raises UsageError."""
    from hklint.facts.host import FIELDS  # noqa: PLC0415 - only where it is asked for

    fields: dict[str, int | str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise UsageError(f"--host-field {quoted(text)}: write NAME=VALUE")
        if name not in FIELDS:
            raise UsageError(f"--host-field {quoted(name)}: {suggestion(name, FIELDS)}")
        if name in fields:
            raise UsageError(f"--host-field {name}: it is given twice")
        fields[name] = _typed(name, FIELDS[name], value)
    return fields


def _typed(name: str, kind: str, value: str) -> int | str:
    shapes = {"integer": (_NUMBER, "a number"), "version": (_VERSION, "a version, 15.2.1118.7")}
    if kind in shapes:
        shape, words = shapes[kind]
        if shape.fullmatch(value) is None:
            raise UsageError(f"--host-field {name}={quoted(value)}: {name} is {words}")
    return int(value) if kind == "integer" else value


def check_reg_options(targets: Sequence[object], options: "Options") -> None:
    """Raises UsageError for options about .reg files where there is none."""
    from hklint.target import RegFileTarget  # noqa: PLC0415 - only where hosts are asked

    if any(isinstance(target, RegFileTarget) for target in targets):
        return
    for name, given in (
        ("whole-export", options.whole_export),
        ("host-field", options.host_fields),
    ):
        if given:
            raise UsageError(f"--{name} is about .reg files, and no target is one")


def check_reg_file(target: "RegFileTarget", options: "Options") -> None:
    """Reads the file once ahead: says on stderr what it is taken for, and what is not understood.

    Raises UsageError for a file that no importer takes, and for one that --whole-export does not
    fit.
    """
    from hklint.reg_file.entries import DeleteKey, DeleteValue  # noqa: PLC0415 - only here
    from hklint.reg_file.read import load  # noqa: PLC0415 - the same
    from hklint_reports.text import visible  # noqa: PLC0415 - the same

    file = load(target.path)
    for line in file.lines:
        if options.whole_export and isinstance(line.says, DeleteKey | DeleteValue):
            raise UsageError(
                f"{target.path}:{line.number}: this line deletes, so the file is no export; "
                "check it without --whole-export"
            )
    if not options.whole_export:
        text = f"Note: {target.path}: what it does not list is not known; see --whole-export"
        click.echo(visible(text, len(text)), err=True)
    bad = file.not_understood
    for number, found in bad[:MOST_WARNINGS]:
        text = f"Warning: {target.path}:{number}: not understood: {found.message}"
        click.echo(visible(text, len(text)), err=True)
    if len(bad) > MOST_WARNINGS:
        text = f"Warning: {target.path}: {len(bad) - MOST_WARNINGS} more lines not understood"
        click.echo(visible(text, len(text)), err=True)
