"""The option --allow-url, and what it allows beside what the shipped policies ask for."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hklint.allowed_urls import Allowed, AllowedUrls, parse_allowed
from hklint.documents.files import shipped_folder
from hklint.errors import UsageError

SHIPPED = "allowed-urls.txt"
"""Beside the shipped policies: the origins that these ask for, with their default parameters."""


def allowed_urls(given: Iterable[str] = ()) -> AllowedUrls:
    """What hosts may be told to request: what is shipped, and what each --allow-url adds.

    Raises:
        UsageError: One of these is no URL, or names a file that can't be read.
    """
    listed = set(_in_file(shipped_folder() / SHIPPED))
    for text in given:
        if text.startswith("@"):
            listed.update(_in_file(Path(text[1:])))
        else:
            listed.add(_allowed(text, f"--allow-url {text}"))
    return AllowedUrls(frozenset(listed))


def _in_file(file: Path) -> Iterator[Allowed]:
    """One URL a line; what follows a # is a comment."""
    try:
        text = file.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"--allow-url @{file}: it can't be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"--allow-url @{file}: it is not UTF-8 text") from None
    for number, line in enumerate(text.splitlines(), start=1):
        url = line.partition("#")[0].strip()
        if url:
            yield _allowed(url, f"{file}:{number}: {url}")


def _allowed(text: str, place: str) -> Allowed:
    try:
        return parse_allowed(text)
    except ValueError as error:
        raise UsageError(f"{place}: {error}") from None
