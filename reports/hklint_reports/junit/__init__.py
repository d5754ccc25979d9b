"""JUnit XML for build servers: a suite for each host, a case for each rule.

In one file, or in several of a bounded size for readers that take no larger ones.
"""

from typing import TextIO

from hklint.run import Run
from hklint_reports import DEFAULTS, Folder, Options
from hklint_reports.junit.document import suite_text, write_document
from hklint_reports.junit.files import documents
from hklint_reports.junit.suites import suites


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write one document, a host at a time.

    What stays in memory of a host is its class name, so that no two hosts get the same one.
    """
    del options
    write_document((suite_text(suite, number) for number, suite in enumerate(suites(run))), stream)


def write_files(run: Run, folder: Folder, options: Options = DEFAULTS) -> None:
    """Write documents that are small enough for GitLab, a host at a time.

    They are called as Ant calls its own, `TEST-*.xml`, which Azure's task looks for.
    """
    del options
    for number, texts in documents(suites(run)):
        with folder.open(f"TEST-hklint-{number:04d}", ".xml") as stream:
            write_document(texts, stream)
