"""JUnit XML for build servers: a suite for each host, a case for each rule.

The dialect is what Jenkins' junit-10.xsd and Apache Ant's schema both accept: no attributes on
`testsuites`, no output or properties in a case, everything else in one fixed order.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from hklint.fact import Unreadable
from hklint.run import HostResult, Run
from hklint.verdict import Outcome, Verdict
from hklint_reports import DEFAULTS, Options
from hklint_reports.text import xml_attribute, xml_text
from hklint_reports.times import utc, utc_or
from hklint_reports.waiving import about, waived_by, waiver_notes, whose
from hklint_reports.wording import (
    exit_reason,
    expectation,
    failure_parts,
    not_asked,
    parts,
)


@dataclass(frozen=True, slots=True)
class Case:
    """A test case; `element` is what tells its outcome, or "" for a pass."""

    classname: str
    name: str
    element: str = ""
    type: str = ""
    message: str = ""
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suite:
    """A test suite; `seconds` is the time of all its cases, which are answered together."""

    name: str
    package: str
    number: int
    started: datetime
    seconds: float
    properties: tuple[tuple[str, str], ...]
    cases: tuple[Case, ...]
    output: tuple[str, ...]


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write a suite for each host, one at a time."""
    del options
    write_suites(_suites(run), stream)


def write_suites(suites: Iterable[Suite], stream: TextIO) -> None:
    """Write a document of suites, one at a time."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n')
    for suite in suites:
        stream.writelines(_suite_lines(suite))
    stream.write("</testsuites>\n")


def _suites(run: Run) -> Iterator[Suite]:
    package = ",".join(policy.id for policy in run.header.policies)
    started = utc(run.header.started)
    for number, host in enumerate(run.hosts):
        yield Suite(
            name=host.host,
            package=package,
            number=number,
            started=utc_or(host.started, started),
            seconds=host.seconds,
            properties=_properties(run, host),
            cases=tuple(_cases(host, package)),
            output=tuple(_diagnoses(host)),
        )
    if problem := _problem_of_the_run(run):
        case = Case(f"{package}.run", "run: The run was completed", "error", "hklint.run", problem)
        number = len(run.hosts)
        yield Suite("run", package, number, started, 0, _properties(run, None), (case,), ())
    if cases := tuple(_waiver_cases(run, package)):
        number = len(run.hosts) + (1 if problem else 0)
        yield Suite("waivers", package, number, started, 0, _properties(run, None), cases, ())


def _problem_of_the_run(run: Run) -> str:
    """What no host's case says; a red exit code must not go with a green report."""
    if run.summary.interrupted:
        return not_asked(run)
    waived = run.summary.waived
    told = run.summary.hosts_not_reached or any(
        run.summary.counts.get(outcome, 0) > waived.get(outcome, 0)
        for outcome in (Outcome.FAIL, Outcome.UNKNOWN)
    )
    return exit_reason(run) if run.summary.exit_code and not told else ""


def _waiver_cases(run: Run, package: str) -> Iterator[Case]:
    """A skipped case for each waiver that needs attention: build servers show nothing else."""
    for note in waiver_notes(run):
        name = f"{note.waiver.id}: {note.word}"
        message = f"{about(note.waiver)} {note.text}; {whose(note.waiver)}"
        yield Case(f"{package}.waivers", name, "skipped", "", message)


def _properties(run: Run, host: HostResult | None) -> tuple[tuple[str, str], ...]:
    header = run.header
    about = [("hklint", header.hklint)]
    if host is not None:
        about += [("target", host.target), ("windows", host.windows)]
    about += [
        (f"policy {policy.id}", f"{policy.version}, sha256 {policy.sha256}")
        for policy in header.policies
    ]
    return tuple(about)


def _diagnoses(host: HostResult) -> Iterator[str]:
    for diagnosis in host.diagnoses:
        yield f"diagnosis: {diagnosis.title}"
        yield f"because: {diagnosis.sentence}"
        yield from (f"then: {step}" for step in diagnosis.next_steps)


def _cases(host: HostResult, package: str) -> Iterator[Case]:
    if host.failure is not None:
        said = tuple(f"{label}: {text}" for label, text in failure_parts(host.failure))
        kind = f"hklint.not-reached.{host.failure.reason}"
        name = "host: The host was reached"
        yield Case(_classname(package, host), name, "error", kind, said[0], said)
    for verdict in host.verdicts:
        yield _case(_classname(verdict.policy, host), verdict)


def _classname(package: str, host: HostResult) -> str:
    """Policy and host; Jenkins takes all before the last dot for a package, GitLab needs both."""
    return f"{package}.{host.host.replace('.', '_')}"


def _case(classname: str, verdict: Verdict) -> Case:
    name = f"{verdict.name}: {verdict.title}"
    body = tuple(f"{label}: {text}" for label, text in parts(verdict))
    if verdict.waiver is not None:
        message = f"{waived_by(verdict.waiver)}; {expectation(verdict)}"
        return Case(classname, name, "skipped", "", message, body)
    match verdict.outcome:
        case Outcome.PASS:
            return Case(classname, name)
        case Outcome.FAIL:
            kind = f"hklint.fail.{verdict.severity}"
            return Case(classname, name, "failure", kind, expectation(verdict), body)
        case Outcome.UNKNOWN:
            return Case(classname, name, "error", _unknown(verdict), expectation(verdict), body)
        case Outcome.NOT_APPLICABLE:
            return Case(classname, name, "skipped", "", expectation(verdict))


def _unknown(verdict: Verdict) -> str:
    """The error's type: the first thing that could not be read gives the reason."""
    for evidence in verdict.evidence:
        if isinstance(evidence.observation, Unreadable):
            return f"hklint.unknown.{evidence.observation.reason}"
    return "hklint.unknown"


def _suite_lines(suite: Suite) -> Iterator[str]:
    def count(element: str) -> int:
        return sum(case.element == element for case in suite.cases)

    name = xml_attribute(suite.name or "localhost")
    yield (
        f"  <testsuite name={name} hostname={name} package={xml_attribute(suite.package)} "
        f'id="{suite.number}" tests="{len(suite.cases)}" failures="{count("failure")}" '
        f'errors="{count("error")}" skipped="{count("skipped")}" time="{suite.seconds:.3f}" '
        f'timestamp="{suite.started:%Y-%m-%dT%H:%M:%S}">\n'
    )
    yield "    <properties>\n"
    for key, value in suite.properties:
        yield f"      <property name={xml_attribute(key)} value={xml_attribute(value)}/>\n"
    yield "    </properties>\n"
    for case in suite.cases:
        yield from _case_lines(case)
    yield f"    <system-out>{_body(suite.output)}</system-out>\n    <system-err/>\n"
    yield "  </testsuite>\n"


def _case_lines(case: Case) -> Iterator[str]:
    name = f"classname={xml_attribute(case.classname)} name={xml_attribute(case.name)}"
    if not case.element:
        yield f'    <testcase {name} time="0"/>\n'
        return
    kind = f" type={xml_attribute(case.type)}" if case.type else ""
    yield f'    <testcase {name} time="0">\n'
    yield f"      <{case.element}{kind} message={xml_attribute(case.message)}>"
    yield f"{_body(case.body)}</{case.element}>\n    </testcase>\n"


def _body(lines: tuple[str, ...]) -> str:
    return "\n".join(xml_text(line) for line in lines)
