"""Which reports are wanted, and how they get written: each for itself, whole or not at all."""

import os
import secrets
import sys
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from hklint.cli.folder import check_folder, new_folder
from hklint.cli.output import (
    SCREEN,
    atomic,
    check_writable,
    discard_output,
    report_options,
)
from hklint.errors import UsageError, places
from hklint.exit_code import Exit, worst
from hklint.run import Run, RunHeader

if TYPE_CHECKING:
    from hklint_reports import Format, Options

FOLDER_ENDS = ("/", os.sep)


class Destination(msgspec.Struct, frozen=True):
    """A report that is wanted: its format's name, and a path or `-` for standard output.

    A path that ends in `/` is a folder.
    """

    form: str
    path: str

    @property
    def is_folder(self) -> bool:
        """Whether several files are wanted."""
        return self.path.endswith(FOLDER_ENDS)


def parse_reports(texts: Sequence[str], record: Path | None = None) -> list[Destination]:
    """What `FORMAT[=PATH]` texts ask for, and the record, which is a report like any other.

    Raises UsageError, before any host is asked.
    """
    wanted = [_parsed(text) for text in texts]
    if record is not None:
        wanted.insert(0, Destination("jsonl", str(record)))  # what all others can be made from
    on_screen = [item.form for item in wanted if item.path == SCREEN]
    if len(on_screen) > 1:
        raise UsageError(f"only one report can go to standard output, not {', '.join(on_screen)}")
    paths = [Path(item.path) for item in wanted if item.path != SCREEN]
    resolved = [path.resolve() for path in paths]
    for path, place in zip(paths, resolved, strict=True):
        if resolved.count(place) > 1:
            raise UsageError(f"{path}: two reports, or a report and --record, can't go to one file")
    for item in wanted:
        if item.is_folder:
            check_folder(Path(item.path))
        elif item.path != SCREEN:
            check_writable(Path(item.path))
    return wanted


def _parsed(text: str) -> Destination:
    from hklint_reports import FORMATS  # noqa: PLC0415 - only commands that report

    form, equals, path = text.partition("=")
    if form not in FORMATS:
        raise UsageError(f"there is no report format {form!r}; known are: {', '.join(FORMATS)}")
    if equals and not path:
        hint = f"write {form}=FILE, or {form}"
        raise UsageError(f"{text}: the path of the report is missing; {hint}")
    found = Destination(form, path or SCREEN)
    if found.is_folder and not FORMATS[form].several_files:
        raise UsageError(f"{text}: {form} is one file; write {form}=FILE")
    if not found.is_folder and not FORMATS[form].one_file:
        raise UsageError(f"{text}: {form} is several files; name a folder, as in {form}=FOLDER/")
    return found


def write_new_reports(run: Run, wanted: Sequence[Destination], options: "Options") -> Exit:
    """Writes all reports of a run that is not in a file yet, and says whether all were written.

    Where one was not and the run is recorded nowhere, it is kept in a temporary file, so that no
    host has to be asked again.
    """
    written: list[str] = []
    code = write_reports(run, wanted, options, written)
    if code and not any(item.form == "jsonl" and item.path in written for item in wanted):
        _keep(run)
    return code


def write_reports(
    run: Run, wanted: Sequence[Destination], options: "Options", written: list[str]
) -> Exit:
    """Writes all reports, each for itself, and says whether all of them were.

    The screen has the explanations unless another report goes there: then it has nothing else, and
    the last lines go to standard error. `written` gets the paths of the files.
    """
    codes = [Exit.PASSED]
    for item in wanted:
        if item.path != SCREEN:
            with _told(item.path, codes):
                _write(run, item, options._replace(quiet=False))
                written.append(item.path)
    screen = next((item.form for item in wanted if item.path == SCREEN), "terminal")
    with _told("standard output", codes):
        try:
            shown = report_options(sys.stdout, options._replace(written=tuple(written)))
            _format(screen).write(run, sys.stdout, shown)
            sys.stdout.flush()
        except BrokenPipeError:
            discard_output()
    if screen != "terminal":
        ending = options._replace(written=tuple(written), quiet=True)
        _format("terminal").write(run, sys.stderr, report_options(sys.stderr, ending))
    return worst(codes)


def _write(run: Run, item: Destination, options: "Options") -> None:
    form = _format(item.form)
    if item.is_folder:
        with new_folder(Path(item.path)) as folder:
            form.write_files(run, folder, options)
    else:
        with atomic(Path(item.path)) as stream:
            form.write(run, stream, options)


@contextmanager
def _told(name: str, codes: list[Exit]) -> Generator[None]:
    """What keeps a report from being written is told, and stops nothing else."""
    try:
        yield
    except OSError as error:
        click.echo(f"Error: {name} was not written: {error.strerror or error}", err=True)
        codes.append(Exit.USAGE)
    except UsageError as error:
        click.echo(f"Error: {name} was not written: {error}", err=True)
        codes.append(Exit.USAGE)
    except Exception as error:  # noqa: BLE001 - one report's trouble never costs the others
        where = " > ".join(places(error))
        told = f"hklint has a bug: {type(error).__name__} at {where}"
        click.echo(f"Error: {name} was not written: {told}", err=True)
        codes.append(Exit.BUG)


def _keep(run: Run) -> None:
    """Keeps a run that is recorded nowhere; where even that fails, that is all there is to say."""
    with _told("the run", []):
        path = Path(tempfile.gettempdir(), f"hklint-run-{secrets.token_hex(8)}.jsonl")
        with atomic(path) as stream:
            _format("jsonl").write(run, stream)
        click.echo(f"The run is kept: hklint report {path}", err=True)


def _format(name: str) -> "Format":
    from hklint_reports import FORMATS  # noqa: PLC0415 - only commands that report

    return FORMATS[name]


def asked_for(given: Mapping[str, Any]) -> "Options":
    """How reports are to look, by the options of a command.

    Raises UsageError if the checklist can't be read.
    """
    from hklint_reports import Options  # noqa: PLC0415 - only commands that report

    return Options(
        verbose=bool(given["verbose"]),
        quiet=given["quiet"],
        folder=str(Path.cwd()),
        all_kinds=given["all_kinds"],
        checklist=_text(given["checklist"]) if given["checklist"] else "",
    )


def check_checklist(
    header: RunHeader, wanted: Sequence[Destination], given: Mapping[str, Any], options: "Options"
) -> None:
    """Raises UsageError if no run by these policies can fill in the checklist that is wanted."""
    if any(item.form == "cklb" for item in wanted):
        from hklint_reports.cklb import prepare  # noqa: PLC0415 - only for this format

        try:
            prepare(header, options.checklist)
        except UsageError as error:
            where = f"{given['checklist']}: " if given["checklist"] else ""
            raise UsageError(f"{where}{error}") from None


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: can't be read: {error}") from None
