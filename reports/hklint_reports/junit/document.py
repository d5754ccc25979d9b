"""The dialect of JUnit XML, which is what Jenkins' and Apache Ant's schemas both accept.

No attributes on `testsuites`, no output or properties in a case, everything else in one fixed
order (junit-10.xsd of Jenkins' xUnit plugin; JUnit.xsd of windyroad/JUnit-Schema).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, NewType, TextIO

from hklint_reports.text import xml_text

Escaped = NewType("Escaped", str)
"""Text as it may stand between the double quotes of an attribute."""
Element = Literal["", "failure", "error", "skipped"]


class Case(NamedTuple):
    """A test case as it stands in its document; `element` tells its outcome, "" for a pass."""

    element: Element
    text: str


@dataclass(frozen=True, slots=True)
class Suite:
    """A test suite; `seconds` is the time of all its cases, which are answered together."""

    name: str
    package: str
    started: datetime
    seconds: float
    properties: tuple[tuple[str, str], ...]
    cases: Sequence[Case]
    output: tuple[str, ...] = ()


def escaped(text: str) -> Escaped:
    """Text for an attribute."""
    return Escaped(xml_text(text).replace('"', "&quot;"))


def passed(classname: Escaped, name: Escaped) -> Case:
    """A case that has nothing to say."""
    return Case("", f'    <testcase classname="{classname}" name="{name}" time="0"/>\n')


def told(
    classname: Escaped,
    name: Escaped,
    element: Element,
    message: str,
    body: Iterable[str] = (),
    kind: str = "",
) -> Case:
    """A case with its message, which the content repeats: GitLab shows nothing but the content.

    `kind` is the type of a failure or error.
    """
    of_kind = f' type="{escaped(kind)}"' if kind else ""
    text = (
        f'    <testcase classname="{classname}" name="{name}" time="0">\n'
        f'      <{element}{of_kind} message="{escaped(message)}">'
        f"{_content((message, *body))}</{element}>\n    </testcase>\n"
    )
    return Case(element, text)


def write_document(suites: Iterable[str], stream: TextIO) -> None:
    """Write a document of suites, one at a time."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    stream.writelines(suites)
    stream.write("</testsuites>\n")


def suite_text(suite: Suite, number: int) -> str:
    """A suite as it stands in its document; its number is its id.

    Jenkins drops a suite whose name, id and time another one has, in whatever file.
    """
    return "".join(_pieces(suite, number))


def _pieces(suite: Suite, number: int) -> Iterator[str]:
    counts = Counter(case.element for case in suite.cases)
    name = escaped(suite.name.strip() or "localhost")
    yield (
        f'  <testsuite name="{name}" hostname="{name}" package="{escaped(suite.package)}" '
        f'id="{number}" tests="{len(suite.cases)}" failures="{counts["failure"]}" '
        f'errors="{counts["error"]}" skipped="{counts["skipped"]}" time="{suite.seconds:.3f}" '
        f'timestamp="{suite.started:%Y-%m-%dT%H:%M:%S}">\n    <properties>\n'
    )
    for key, value in suite.properties:
        yield f'      <property name="{escaped(key)}" value="{escaped(value)}"/>\n'
    yield "    </properties>\n"
    yield from (case.text for case in suite.cases)
    yield f"    <system-out>{_content(suite.output)}</system-out>\n    <system-err/>\n"
    yield "  </testsuite>\n"


def _content(lines: Iterable[str]) -> str:
    """Content of an element that no reader takes for more than text.

    Jenkins' JUnit Attachments plugin and GitLab fetch the file that `[[ATTACHMENT|path]]` names.
    """
    return "\n".join(map(xml_text, lines)).replace("[[ATTACHMENT|", r"[\x5bATTACHMENT|")
