"""Where reports go: to the screen, or to files that are written whole or not at all."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click
import msgspec

from hklint.errors import UsageError
from hklint.run import Run

if TYPE_CHECKING:
    from hklint_reports import Options

SCREEN = "-"
NARROWEST = 60
WIDEST = 120


class Destination(msgspec.Struct, frozen=True):
    """A report that is wanted: its format's name, and a path or `-` for standard output."""

    form: str
    path: str


def parse_reports(texts: Sequence[str], record: Path | None = None) -> list[Destination]:
    """What `FORMAT[=PATH]` texts ask for, and the record, which is a report like any other.

    Raises UsageError, before any host is asked.
    """
    from hklint_reports import FORMATS  # noqa: PLC0415 - only commands that report

    wanted: list[Destination] = []
    for text in texts:
        form, equals, path = text.partition("=")
        if form not in FORMATS:
            raise UsageError(f"there is no report format {form!r}; {_known(FORMATS)}")
        if equals and not path:
            hint = f"write {form}=FILE, or {form}"
            raise UsageError(f"{text}: the path of the report is missing; {hint}")
        wanted.append(Destination(form, path or SCREEN))
    if record is not None:
        wanted.insert(0, Destination("jsonl", str(record)))  # what all others can be made from
    on_screen = [item.form for item in wanted if item.path == SCREEN]
    if len(on_screen) > 1:
        raise UsageError(f"only one report can go to standard output, not {', '.join(on_screen)}")
    files = [Path(item.path) for item in wanted if item.path != SCREEN]
    places = [file.resolve() for file in files]
    for file, place in zip(files, places, strict=True):
        if places.count(place) > 1:
            raise UsageError(f"{file}: two reports, or a report and --record, can't go to one file")
        check_writable(file)
    return wanted


def check_writable(path: Path) -> None:
    """Raises UsageError if a file can't be written there."""
    if path.is_dir():
        raise UsageError(f"{path}: this is a folder, a file is wanted")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: this is a device or pipe, which would be replaced by a file")
    try:
        with tempfile.TemporaryFile(dir=path.resolve().parent):
            pass
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}") from None


def write_reports(run: Run, wanted: Sequence[Destination], *, verbose: bool, quiet: bool) -> bool:
    """Writes all reports, each for itself; False if one could not be written.

    The screen has the explanations unless another report goes there: then it has nothing else, and
    the last lines go to standard error.
    """
    written: list[str] = []
    complete = True
    for item in wanted:
        if item.path != SCREEN:
            try:
                with atomic(Path(item.path)) as stream:
                    _writer(item.form)(run, stream, report_options(verbose=verbose))
                written.append(item.path)
            except OSError as error:
                click.echo(f"Error: {item.path} was not written: {error.strerror}", err=True)
                complete = False
    screen = next((item.form for item in wanted if item.path == SCREEN), "terminal")
    try:
        shown = report_options(sys.stdout, written, verbose=verbose, quiet=quiet)
        _writer(screen)(run, sys.stdout, shown)
        sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
    if screen != "terminal":
        _writer("terminal")(run, sys.stderr, report_options(sys.stderr, written, quiet=True))
    return complete


def discard_output() -> None:
    """Sends standard output nowhere, after its reader has gone away as `head` does."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


@contextmanager
def atomic(path: Path, encoding: str = "utf-8") -> Generator[TextIO]:
    """A file that appears, whole, when the block ends, and readable by its owner alone.

    Evidence describes a host's defences. A link at the path is replaced, never followed.
    """
    folder = path.resolve().parent if not path.is_symlink() else path.absolute().parent
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=folder)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as stream:
            yield stream
        Path(name).replace(folder / path.name)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _writer(form: str) -> "Callable[[Run, TextIO, Options], None]":
    from hklint_reports import FORMATS  # noqa: PLC0415 - only commands that report

    return FORMATS[form].write


def report_options(
    stream: TextIO | None = None,
    written: Sequence[str] = (),
    *,
    verbose: bool = False,
    quiet: bool = False,
) -> "Options":
    """How a report is to look on this stream; without one, in a file."""
    from hklint_reports import Options  # noqa: PLC0415 - only commands that report

    width = shutil.get_terminal_size().columns
    return Options(
        width=max(NARROWEST, min(WIDEST, width)),
        color=stream is not None and wants_color(stream),
        verbose=verbose,
        quiet=quiet,
        written=tuple(written),
        folder=str(Path.cwd()),
    )


def wants_color(stream: TextIO) -> bool:
    """Colours only on a terminal, and never against NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _known(formats: Mapping[str, object]) -> str:
    return "known are: " + ", ".join(formats)
