"""From a run without its hosts to the shapes of the JSON report."""

from hklint import run as runs
from hklint import waiver as waivers
from hklint.clock import utc
from hklint.verdict import Outcome
from hklint.waiver import moment_text
from hklint_reports.json_document import shapes
from hklint_reports.json_document.hosts import moment_or_none, place_of, texts_of
from hklint_reports.text import one_line, visible
from hklint_reports.wording import exit_reason, gate_reason


def run_shape(recorded: runs.Run) -> shapes.Run:
    """What was asked for, from the header of a run."""
    header = recorded.header
    return shapes.Run(
        tool=shapes.Tool("hklint", visible(header.hklint), visible(header.collector_sha256)),
        command=visible(header.command),
        arguments=texts_of(header.arguments),
        started=moment_text(utc(header.started)),
        ended=moment_text(utc(recorded.summary.ended)),
        interrupted=recorded.summary.interrupted,
        targets=header.targets,
        fail_on=header.fail_on,
        allow_unknown=header.allow_unknown,
        expired_waivers=header.expired_waivers,
        profiles=texts_of(header.profiles),
        parameters=tuple(
            shapes.Parameter(visible(name), visible(value), visible(header.sources.get(name, "")))
            for name, value in header.parameters.items()
        ),
        policies=tuple(_policy(policy) for policy in header.policies),
        waivers=tuple(
            _waiver(given, status)
            for given, status in zip(header.waivers, recorded.summary.waivers, strict=True)
        ),
        baseline=_baseline(header.baseline),
        since=_since(header.since),
        groups=tuple(
            shapes.Group(visible(group.name), texts_of(group.hosts)) for group in header.groups
        ),
    )


def _policy(policy: runs.PolicyInfo) -> shapes.Policy:
    return shapes.Policy(
        id=visible(policy.id),
        title=visible(one_line(policy.title)),
        version=visible(policy.version),
        path=visible(policy.path),
        sha256=visible(policy.sha256),
        rules=tuple(_rule(rule) for rule in policy.rules),
    )


def _rule(rule: runs.RuleInfo) -> shapes.Rule:
    return shapes.Rule(
        id=visible(rule.id),
        title=visible(one_line(rule.title)),
        severity=rule.severity,
        level=rule.level,
        why=visible(one_line(rule.why)),
        remedy=visible(one_line(rule.remedy)),
        references=tuple(
            shapes.Reference(visible(page.title), visible(page.url)) for page in rule.references
        ),
        tags=texts_of(rule.tags),
        controls=tuple(
            shapes.Control(visible(control.catalogue), visible(control.id))
            for control in rule.controls
        ),
        place=place_of(rule.span),
    )


def _waiver(given: waivers.Waiver, status: waivers.WaiverStatus) -> shapes.Waiver:
    return shapes.Waiver(
        id=visible(given.id),
        policy=visible(given.policy),
        rule=visible(given.rule),
        hosts=texts_of(given.hosts),
        reason=visible(given.reason),
        owner=visible(given.owner),
        approver=visible(given.approver),
        ticket=visible(given.ticket),
        valid_from=moment_text(given.valid_from),
        until=moment_text(given.until),
        unknown=given.unknown,
        state=status.state,
        matched=status.matched,
        needed=status.needed,
        unwaived=status.unwaived,
        not_judged=status.not_judged,
        place=place_of(given.span),
    )


def _baseline(baseline: runs.Baseline | None) -> shapes.Baseline | None:
    if baseline is None:
        return None
    return shapes.Baseline(visible(baseline.path), moment_or_none(baseline.started), baseline.hosts)


def _since(since: runs.Since | None) -> shapes.Since | None:
    if since is None:
        return None
    return shapes.Since(visible(since.path), moment_or_none(since.started), since.hosts)


def summary_shape(recorded: runs.Run) -> shapes.Summary:
    """What a run came to."""
    found = recorded.summary
    gate = shapes.Gate(found.exit_code == 0, gate_reason(recorded))
    return shapes.Summary(
        exit_code=found.exit_code,
        exit_reason=exit_reason(recorded),
        gate=gate if recorded.header.command == "gate" else None,
        hosts=found.hosts,
        hosts_not_reached=found.hosts_not_reached,
        verdicts=shapes.Counts(*(found.counts.get(outcome, 0) for outcome in Outcome)),
        waived=shapes.Counts(*(found.waived.get(outcome, 0) for outcome in Outcome)),
    )
