"""The suites of a run: one for each host, and what no host's suite tells."""

from collections.abc import Iterator

from hklint.clock import utc, utc_or
from hklint.run import HostResult, Run, RunHeader
from hklint.verdict import Outcome
from hklint_reports.junit.cases import Classes, host_cases
from hklint_reports.junit.document import Case, Suite, escaped, told
from hklint_reports.since import host_line
from hklint_reports.waiving import about, waiver_notes, whose
from hklint_reports.wording import exit_reason, not_asked


def suites(run: Run) -> Iterator[Suite]:
    """All suites, those of hosts first and in their order."""
    header = run.header
    package = ",".join(policy.id for policy in header.policies)
    started = utc(header.started)
    policies = _policies(header)
    classes = Classes(package)
    for host in run.hosts:
        yield Suite(
            name=host.host,
            package=package,
            started=utc_or(host.started, started),
            seconds=host.seconds,
            properties=(
                ("hklint", header.hklint),
                ("target", host.target),
                ("windows", host.windows),
                *policies,
            ),
            cases=tuple(host_cases(header, host, classes)),
            output=(*_since(header, host), *_diagnoses(host)),
        )
    about_run = (("hklint", header.hklint), *policies)
    if problem := _problem(run):
        classname, name = escaped(f"{package}.run"), escaped("run: The run was completed")
        case = told(classname, name, "error", problem, kind="hklint.run")
        yield Suite("run", package, started, 0, about_run, (case,))
    if cases := tuple(_waiver_cases(run, package)):
        yield Suite("waivers", package, started, 0, about_run, cases)


def _problem(run: Run) -> str:
    """What no host's case says; a red exit code must not go with a green report."""
    if run.summary.interrupted:
        return not_asked(run)
    tally = run.tally
    red = (
        tally.not_reached
        + tally.expired
        + tally.held.total()
        + sum(
            tally.counts[outcome] - tally.waived[outcome] - tally.known[outcome]
            for outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        )
    )
    return exit_reason(run) if run.summary.exit_code and not red else ""


def _waiver_cases(run: Run, package: str) -> Iterator[Case]:
    """A skipped case for each waiver that needs attention: build servers show nothing else."""
    classname = escaped(f"{package}.waivers")
    for note in waiver_notes(run):
        message = f"{about(note.waiver)} {note.text}; {whose(note.waiver)}"
        yield told(classname, escaped(f"{note.waiver.id}: {note.word}"), "skipped", message)


def _policies(header: RunHeader) -> tuple[tuple[str, str], ...]:
    """What the run was judged by, and compared with."""
    found = [
        (f"policy {policy.id}", f"{policy.version}, sha256 {policy.sha256}")
        for policy in header.policies
    ]
    if header.baseline is not None:
        found.append(("baseline", f"{header.baseline.started}, {header.baseline.path}"))
    if header.since is not None:
        found.append(("since", f"{header.since.started}, {header.since.path}"))
    return tuple(found)


def _since(header: RunHeader, host: HostResult) -> Iterator[str]:
    if said := host_line(header, host):
        yield f"since: {said}"


def _diagnoses(host: HostResult) -> Iterator[str]:
    for diagnosis in host.diagnoses:
        yield f"diagnosis: {diagnosis.title}"
        yield f"because: {diagnosis.sentence}"
        yield from (f"then: {step}" for step in diagnosis.next_steps)
