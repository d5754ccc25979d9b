"""The folder of fixes: one folder a fix with its files, and what is said about them."""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
import msgspec

from hklint.cli.fix.text import fix_lines, headline, left_lines, order_lines
from hklint.cli.folder import new_folder
from hklint.cli.output import NARROWEST, WIDEST
from hklint.errors import UsageError
from hklint.fix import Fix, HostFix
from hklint.fixing import forms
from hklint.fixing.sharing import shared
from hklint.reg_file.data import DataError
from hklint_reports.text import counted, visible

README_WIDTH = 88


def write_fixes(found: Sequence[HostFix], path: Path) -> None:
    """Writes the folder, whole or not at all, and says on the screen what is in it."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    fixes = shared(found)
    with new_folder(path) as folder:
        places = [folder.put(_name(fix), dict(_files(fix, hosts))) for fix, hosts in fixes]
        folders = {
            id(item): place
            for place, (_, hosts) in zip(places, fixes, strict=True)
            for item in hosts
        }
        folder.put("", {"fixes.json": _json(found, folders)})
    for place, (fix, hosts) in zip(places, fixes, strict=True):
        _say(headline(fix, hosts), bold=True)
        click.echo(f"Files: {path / place}")
        for line in (*fix_lines(fix, hosts, width), *order_lines(fix, width), ""):
            click.echo(line)
    for item in found:
        lines = list(left_lines(item, width))
        if lines:
            _say(f"{visible(item.host)}: what stays", bold=True)
            click.echo("\n".join((*lines, "")))
    _say(_ending(found, len(folders), path), bold=False)


def _say(text: str, *, bold: bool) -> None:
    click.secho(text, bold=bold)


def _ending(found: Sequence[HostFix], fixed: int, path: Path) -> str:
    of = f"{fixed} of {counted(len(found), 'host')}"
    if not fixed:
        return f"{of} can be fixed by registry values. {path} has fixes.json, which says why."
    return f"The fixes for {of} are in {path}. Nothing was changed on any host."


def _name(fix: Fix) -> str:
    first, more = fix.hosts[0], len(fix.hosts) - 1
    return f"{first} and {more} more" if more else first


def _files(fix: Fix, found: Sequence[HostFix]) -> Iterator[tuple[str, bytes]]:
    try:
        yield from forms.files(fix).items()
    except DataError as error:
        raise UsageError(f"{_name(fix)}: no file can hold this fix: {error}") from None
    lines = (headline(fix, found), "", *fix_lines(fix, found, README_WIDTH), "")
    yield "README.txt", _text((*lines, *order_lines(fix, README_WIDTH)))
    yield "hosts.txt", _text(map(visible, fix.hosts))


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def _json(found: Sequence[HostFix], folders: Mapping[int, str]) -> bytes:
    """All that was derived, by host, with the folder of its fix."""
    hosts = [{"folder": folders.get(id(item)), **msgspec.to_builtins(item)} for item in found]
    document = {"version": 1, "hosts": hosts}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
