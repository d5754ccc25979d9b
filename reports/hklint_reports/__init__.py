"""Reports: what a run says, in the form its reader needs.

Each format is a pure function of the recorded run. `FORMATS` names them all; a format's module is
imported when it first writes, so that importing this package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from hklint.run import Run


class Options(NamedTuple):
    """What a reader may choose; formats ignore what does not concern them.

    `width` is that of the terminal in columns. `written` names the files that the command left
    behind. `folder` is the absolute working folder: SARIF writes paths below it relative to it.
    With `all_kinds` SARIF has results that are no findings as well. `checklist` is the text of the
    checklist that CKLB fills in, or "".
    """

    width: int = 100
    color: bool = False
    verbose: bool = False
    quiet: bool = False
    written: tuple[str, ...] = ()
    folder: str = ""
    all_kinds: bool = False
    checklist: str = ""


DEFAULTS = Options()


class Folder(Protocol):
    """Where a report of several files goes."""

    def open(self, name: str, suffix: str) -> "AbstractContextManager[TextIO]":
        """A new file in UTF-8; any text will do as its name, which is made safe and unique."""
        ...


class Format(NamedTuple):
    """A form of report; `suffix` is what its files are usually called.

    `module` has `write` for a report in one file and `write_files` for one of several files, as
    `one_file` and `several_files` say.
    """

    name: str
    description: str
    suffix: str
    module: str
    one_file: bool = True
    several_files: bool = False

    def write(self, run: "Run", stream: TextIO, options: Options = DEFAULTS) -> None:
        """Write the report of a run; nothing but the stream is touched."""
        import_module(self.module).write(run, stream, options)

    def write_files(self, run: "Run", folder: Folder, options: Options = DEFAULTS) -> None:
        """Write the report of a run as several files; nothing but the folder is touched."""
        import_module(self.module).write_files(run, folder, options)


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
            "html",
            "One page for people: the cause, what to do first, every verdict with its evidence.",
            ".html",
            "hklint_reports.html",
        ),
        Format(
            "markdown",
            "A summary for job pages and pull requests: the answer, the worst rules, their hosts.",
            ".md",
            "hklint_reports.markdown",
        ),
        Format(
            "csv",
            "A table for spreadsheets: a row for each verdict.",
            ".csv",
            "hklint_reports.csv_table",
        ),
        Format(
            "json",
            "One JSON document for scripts, with a schema: what was judged, and why.",
            ".json",
            "hklint_reports.json_document",
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
            several_files=True,
        ),
        Format(
            "sarif",
            "SARIF 2.1.0 for code scanning: findings at the policy's lines.",
            ".sarif",
            "hklint_reports.sarif",
        ),
        Format(
            "sarif-azure",
            "SARIF with what Azure DevOps asks for beyond the standard.",
            ".sarif",
            "hklint_reports.sarif.azure",
        ),
        Format(
            "github",
            "Annotations that GitHub Actions shows beside the policy's lines.",
            ".txt",
            "hklint_reports.github",
        ),
        Format(
            "xccdf",
            "XCCDF 1.2 for compliance tools: a benchmark with a test result for each host.",
            ".xml",
            "hklint_reports.xccdf",
            several_files=True,
        ),
        Format(
            "arf",
            "ARF 1.1 for compliance tools: XCCDF with the assets, a file for each host.",
            ".xml",
            "hklint_reports.arf",
            one_file=False,
            several_files=True,
        ),
        Format(
            "oval",
            "OVAL 5.11.1: definitions of the registry rules, and what each host's registry had.",
            ".xml",
            "hklint_reports.oval",
            one_file=False,
            several_files=True,
        ),
        Format(
            "cklb",
            "Checklists for STIG Viewer 3, a file for each host.",
            ".cklb",
            "hklint_reports.cklb",
            one_file=False,
            several_files=True,
        ),
        Format(
            "ocsf",
            "OCSF compliance findings for security lakes, an event a line.",
            ".jsonl",
            "hklint_reports.ocsf",
        ),
    )
}
