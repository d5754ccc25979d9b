"""A password that a command prints, such as that of a password manager: run without a shell."""

import os
import shlex
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

from hklint.errors import UsageError
from hklint.secret import Secret

USER_VARIABLE = "HKLINT_USER"
HOST_VARIABLE = "HKLINT_HOST"
SECONDS = 60.0
"""How long a command may take; somebody may have to unlock a key first."""
LARGEST_OUTPUT = 65_536
"""Bytes. The password is the first line; password managers keep notes below it."""

_SLICE = 0.2
"""Longest wait in one piece: on Windows, Ctrl-C is only seen between waits."""


class NoPasswordError(Exception):
    """The command gave no password; the message says why, and never what it printed."""


def split_command(text: str, *, backslash_escapes: bool = os.name != "nt") -> tuple[str, ...]:
    r"""The words of a command: blanks part them, and quotes of both kinds hold them together.

    A backslash takes the meaning from what follows it, as in a POSIX shell; on Windows, where it
    parts folders, it is a letter like any other.

    Raises:
        UsageError: There is no word, or a quote is not closed. The text itself is not shown.
    """
    words = shlex.shlex(text, posix=True)
    words.whitespace_split = True
    words.commenters = ""
    words.escape = "\\" if backslash_escapes else ""
    try:
        found = tuple(words)
    except ValueError:
        raise UsageError("the password command has a quote that is not closed") from None
    if not found:
        raise UsageError("the password command is empty")
    return found


def run_command(
    words: Sequence[str], environment: Mapping[str, str], *, seconds: float = SECONDS
) -> Secret:
    """What a command prints on the first line of its standard output.

    It has this process's terminal: it may ask its user something, and what it writes to standard
    error is seen there.

    Raises:
        NoPasswordError: It could not be started, failed, took too long or printed no password.
    """
    password = _first_line(_output(words, environment, seconds))
    if password is None:
        raise NoPasswordError("what it printed is not UTF-8 text")
    if not password:
        raise NoPasswordError("the first line that it printed is empty")
    return Secret(password)


def _first_line(output: bytes) -> str | None:
    """None if it is no text: an error of the decoder would hold the output."""
    try:
        text = output.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.partition("\n")[0].removesuffix("\r")


def _output(words: Sequence[str], environment: Mapping[str, str], seconds: float) -> bytes:
    try:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, env=environment)  # noqa: S603 - the user's own
    except OSError as error:
        raise NoPasswordError(f"it could not be started: {error.strerror}") from None
    except ValueError:
        raise NoPasswordError("it could not be started for this user and host") from None
    end = time.monotonic() + seconds
    try:
        output = _read(process, end)
        if len(output or b"") > LARGEST_OUTPUT:
            raise NoPasswordError(f"it printed more than {LARGEST_OUTPUT} bytes")
        status = None if output is None else _status(process, end)
    finally:
        process.kill()
        process.wait()
    if output is None or status is None:
        raise NoPasswordError(f"it did not end within {seconds:g} s")
    if status != 0:
        raise NoPasswordError(f"it ended with status {status}")
    return output


def _read(process: subprocess.Popen[bytes], end: float) -> bytes | None:
    """What it prints until it closes its output, or a byte too much; None if that takes long."""
    found: list[bytes] = []
    stream = process.stdout
    assert stream is not None

    def read() -> None:
        with stream:
            found.append(stream.read(LARGEST_OUTPUT + 1))

    reader = threading.Thread(target=read, name="password command", daemon=True)
    reader.start()
    while reader.is_alive() and time.monotonic() < end:
        reader.join(_SLICE)
    return found[0] if found else None


def _status(process: subprocess.Popen[bytes], end: float) -> int | None:
    """How it ended; None if it did not."""
    try:
        return process.wait(max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        return None
