"""Where output goes: to the screen, or to files that are written whole or not at all."""

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from hklint.errors import UsageError

if TYPE_CHECKING:
    from hklint_reports import Options

SCREEN = "-"
NARROWEST = 40
WIDEST = 120


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


def report_options(stream: TextIO, options: "Options | None" = None) -> "Options":
    """How a report is to look on this stream."""
    from hklint_reports import DEFAULTS  # noqa: PLC0415 - only commands that report

    width = shutil.get_terminal_size().columns
    return (options or DEFAULTS)._replace(
        width=max(NARROWEST, min(WIDEST, width)), color=wants_color(stream)
    )


def wants_color(stream: TextIO) -> bool:
    """Colours on a terminal, unless the user wants none; elsewhere only if the user insists.

    An option decides before NO_COLOR (https://no-color.org), and that before FORCE_COLOR
    (https://force-color.org), which pipelines set whose logs show colours.
    """
    context = click.get_current_context(silent=True)
    if context is not None and context.color is not None:
        return context.color
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def without_color(context: click.Context, option: click.Parameter, chosen: bool) -> None:  # noqa: FBT001 - click's callback
    """What `--no-color` does: the context of the command remembers it."""
    del option
    if chosen:
        context.color = False
