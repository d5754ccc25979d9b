"""Reports: what a run says, in the form its reader needs.

Each format is a pure function of the recorded run. `FORMATS` names them all; a format's module is
imported when it first writes, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TextIO

if TYPE_CHECKING:
    from hklint.run import Run


class Options(NamedTuple):
    """What a reader may choose; formats ignore what does not concern them.

    `width` is that of the terminal in columns. `written` names the files that the command left
    behind. `folder` is the absolute working folder: SARIF writes paths below it relative to it.
    """

    width: int = 100
    color: bool = False
    verbose: bool = False
    quiet: bool = False
    written: tuple[str, ...] = ()
    folder: str = ""


DEFAULTS = Options()


class Format(NamedTuple):
    """A form of report. `module` has its `write`, `suffix` is what its files are usually called."""

    name: str
    description: str
    suffix: str
    module: str

    def write(self, run: "Run", stream: TextIO, options: Options = DEFAULTS) -> None:
        """Write the report of a run; nothing but the stream is touched."""
        import_module(self.module).write(run, stream, options)


FORMATS: dict[str, Format] = {
    form.name: form
    for form in (
        Format(
            "terminal",
            "Explanations for people: cause, evidence, consequence and fix.",
            ".txt",
            "hklint_reports.terminal",
        ),
        Format(
            "jsonl",
            "The run itself, one JSON document a line; every other report can be made from it.",
            ".jsonl",
            "hklint_reports.json_lines",
        ),
        Format(
            "junit",
            "JUnit XML for build servers: a suite a host, a case a rule.",
            ".xml",
            "hklint_reports.junit",
        ),
        Format(
            "sarif",
            "SARIF 2.1.0 for code scanning: findings at the policy's lines.",
            ".sarif",
            "hklint_reports.sarif",
        ),
        Format(
            "html",
            "One page for people: the cause, what to do first, every verdict with its evidence.",
            ".html",
            "hklint_reports.html",
        ),
    )
}
