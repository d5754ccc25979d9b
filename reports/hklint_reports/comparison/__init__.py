"""Reports of a comparison of two runs: for people, for scripts, and for pull requests."""

from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from hklint_reports import DEFAULTS, Options

if TYPE_CHECKING:
    from hklint.comparison import Comparison

FORMATS: dict[str, str] = {
    "text": "hklint_reports.comparison.terminal",
    "json": "hklint_reports.comparison.json_document",
    "markdown": "hklint_reports.comparison.markdown",
}
"""The module of each format; it is imported when it first writes."""


def write(found: "Comparison", form: str, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write a comparison in one of the formats; nothing but the stream is touched."""
    import_module(FORMATS[form]).write(found, stream, options)
