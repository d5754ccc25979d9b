"""The terminal report: the cause first, then every rule that did not pass, with its explanation."""

from collections.abc import Iterator
from typing import TextIO

from hklint.run import Run
from hklint.verdict import SEVERITIES, Outcome, Verdict
from hklint_reports import DEFAULTS, Options
from hklint_reports.terminal.blocks import (
    diagnosis_block,
    failure_block,
    verdict_block,
)
from hklint_reports.terminal.ending import ending, gate_line
from hklint_reports.terminal.groups import Group, grouped
from hklint_reports.terminal.instances import stories
from hklint_reports.terminal.page import Line, Page, plain, print_lines, signs_for
from hklint_reports.terminal.skipped import recorded_lines, skipped_lines
from hklint_reports.terminal.waivers import waiver_lines
from hklint_reports.wording import not_asked, recorded_at


def write(run: Run, stream: TextIO, options: Options = DEFAULTS) -> None:
    """Write what people read, in their terminal's characters and width."""
    page = Page(run, options, signs_for(stream))
    lines = ending(page) if options.quiet else _lines(page)
    print_lines(lines, stream, color=options.color)


def _lines(page: Page) -> Iterator[Line]:
    for block in _blocks(page):
        yield from block
        yield ()
    yield from ending(page)


def _blocks(page: Page) -> Iterator[list[Line]]:
    run = page.run
    if run.header.command == "gate":
        yield [gate_line(run)]
    yield from _heading(page)
    found = ((host.host, diagnosis) for host in run.hosts for diagnosis in host.diagnoses)
    diagnoses = grouped(found, evidence=page.options.verbose)
    for cause in sorted(diagnoses, key=lambda group: (group.item.works, -len(group.hosts))):
        yield diagnosis_block(page, cause)
    shown = [(Outcome.FAIL, False), (Outcome.UNKNOWN, False)]
    shown += [(Outcome.FAIL, True), (Outcome.UNKNOWN, True)]
    shown += [(Outcome.PASS, False)] if page.options.verbose else []
    for outcome, waived in shown:
        for story in stories(_worst_first(page, outcome, waived=waived)):
            yield verdict_block(page, story)
    failures = ((host.host, host.failure) for host in run.hosts if host.failure is not None)
    for failure in grouped(failures):
        yield failure_block(page, failure)
    if lines := [*skipped_lines(page), *recorded_lines(page)]:
        yield lines
    if lines := list(waiver_lines(page)):
        yield lines
    if run.summary.interrupted:
        yield [plain(not_asked(run), "unknown")]


def _heading(page: Page) -> Iterator[list[Line]]:
    """What was looked at: the one host by name, and on request where the judgement comes from."""
    run, lines = page.run, list[Line]()
    if len(run.hosts) == 1:
        host = run.hosts[0]
        windows = f"  ({host.windows})" if host.windows else ""
        lines.append(plain(f"{host.host}{windows}", "strong"))
        if recorded := recorded_at(run, host):
            lines.append(plain(f"facts recorded {recorded}, from {host.target}"))
    if page.options.verbose:
        header = run.header
        lines += [
            plain(f"policy {policy.id} {policy.version}  {policy.path}  sha256 {policy.sha256}")
            for policy in header.policies
        ]
        lines.append(plain(f"hklint {header.hklint}, {header.started} to {run.summary.ended}"))
    if lines:
        yield lines


def _worst_first(page: Page, outcome: Outcome, *, waived: bool) -> list[Group[Verdict]]:
    verdicts = (
        (host.host, verdict)
        for host in page.run.hosts
        for verdict in host.verdicts
        if verdict.outcome is outcome and (verdict.waiver is not None) is waived
    )
    return sorted(
        grouped(verdicts, evidence=page.options.verbose),
        key=lambda group: (SEVERITIES.index(group.item.severity), -len(group.hosts)),
    )
