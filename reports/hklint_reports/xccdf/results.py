"""Test results: what came of the rules on one host."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta

from hklint.clock import utc, utc_or
from hklint.fact import Unreadable
from hklint.run import HostResult, Run
from hklint.tally import recorded_at
from hklint.verdict import Outcome, Verdict
from hklint_reports.target import account_of, facts, target_of
from hklint_reports.text import xml_attribute
from hklint_reports.waiving import waived_by
from hklint_reports.wording import expectation, failure_parts, parts
from hklint_reports.xccdf.benchmark import NAMESPACE, WINDOWS, version
from hklint_reports.xccdf.markup import element, lines_text
from hklint_reports.xccdf.names import benchmark_id, profile_id, result_id
from hklint_reports.xccdf.rules import SEVERITIES, WEIGHT, Rule, Rules

_RESULTS = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLICABLE: "notapplicable",
}
_FAILED_READS = {"access-denied", "failed", "malformed"}
"""Why a fact is not known although it was asked for: XCCDF calls that an error."""
_MESSAGES = {"error": "error", "unknown": "warning", "notchecked": "warning"}
"""How bad it is what a message says; in a message on any other result it is `info`."""
_NOT_SCORED = {"notapplicable", "notchecked"}
_STATES = {"new": "new", "unchanged": "known", "updated": "known, but changed"}
_LABEL = 9
"""Characters of the longest label."""
_TIME = "%Y-%m-%dT%H:%M:%SZ"


def result_lines(
    run: Run, rules: Rules, host: HostResult, number: int, benchmark: str
) -> Iterator[str]:
    """The test result of a host, which is the `number`th of the run.

    `benchmark` is where the benchmark stands: a fragment of the same file.
    """
    header = run.header
    started = utc_or(host.started, utc(header.started))
    ended = started + timedelta(seconds=host.seconds)
    yield f'<TestResult xmlns="{NAMESPACE}" id="{result_id(host.host, number)}"'
    yield f' start-time="{started.strftime(_TIME)}" end-time="{ended.strftime(_TIME)}"'
    yield f" version={xml_attribute(version(run))}"
    yield f" test-system={xml_attribute(f'cpe:/a:hklint:hklint:{header.hklint}')}>\n"
    yield f'<benchmark href="{benchmark}" id="{benchmark_id(header)}"/>\n'
    yield element("title", _title(run, host))
    yield from _identity(host)
    yield f'<profile idref="{profile_id(header)}"/>\n'
    yield element("target", host.host or "localhost")
    if (address := target_of(host).address) is not None:
        yield element("target-address", str(address))
    yield "<target-facts>\n"
    for name, text in facts(header, host):
        yield element("fact", text, name=name, type="string")
    yield "</target-facts>\n"
    if host.failure is None:
        yield f'<platform idref="{WINDOWS}"/>\n'
    score = _Score()
    for rule, result, message in _results(run, rules, host):
        score.add(rule, result)
        yield _rule_result(rule, result, ended.strftime(_TIME), message)
    yield from score.lines()
    yield "</TestResult>\n"


def _title(run: Run, host: HostResult) -> str:
    title = f"hklint {run.header.command}: {host.host}"
    if host.failure is not None:
        return f"{title}, which was not reached"
    recorded = recorded_at(run.header, host)
    return f"{title}, by facts recorded {recorded}, not as it is now" if recorded else title


def _identity(host: HostResult) -> Iterator[str]:
    """The account that the facts were read with, if its rights are known as well."""
    account = account_of(host)
    if account is not None:
        privileged = str(account.administrator).lower()
        yield element("identity", account.name, authenticated="true", privileged=privileged)


def _results(run: Run, rules: Rules, host: HostResult) -> Iterator[tuple[Rule, str, Iterable[str]]]:
    """The result of every rule with the lines of its message.

    On a host that was not reached all are errors: of those that are `notchecked` OpenSCAP's pages
    say "It seems that no action is necessary".
    """
    if host.failure is not None:
        reason = dict(failure_parts(host.failure))["reason"]
        for rule in rules.values():
            yield rule, "error", [f"not judged: the host was not reached, {reason}"]
        return
    left = dict(rules)
    for verdict in host.verdicts:
        key = (verdict.policy, verdict.rule, verdict.instance)
        left.pop(key, None)
        yield rules[key], _result(verdict), _message(run, verdict)
    for rule in left.values():
        yield rule, "notchecked", ["not judged: the run has no verdict of this rule on this host"]


def _rule_result(rule: Rule, result: str, time: str, message: Iterable[str]) -> str:
    return (
        f'<rule-result idref="{rule.id}" time="{time}"'
        f' severity="{SEVERITIES[rule.info.severity]}" weight="{WEIGHT}">\n'
        f"<result>{result}</result>\n{rule.idents}"
        f'<message severity="{_MESSAGES.get(result, "info")}">{lines_text(message)}</message>\n'
        f"{rule.check}</rule-result>\n"
    )


def _result(verdict: Verdict) -> str:
    """The result, which a waiver does not change: the message tells of it."""
    if verdict.outcome is Outcome.UNKNOWN and any(
        isinstance(seen.observation, Unreadable) and seen.observation.reason in _FAILED_READS
        for seen in verdict.evidence
    ):
        return "error"
    return _RESULTS[verdict.outcome]


def _message(run: Run, verdict: Verdict) -> Iterator[str]:
    """What was wanted and found, and the explanation with a label before its lines."""
    if verdict.waiver is not None:
        yield waived_by(verdict.waiver)
    yield expectation(verdict)
    last = ""
    for label, text in (*_baseline(run, verdict), *parts(verdict)):
        yield f"{label if label != last else '':{_LABEL}}  {text}"
        last = label


def _baseline(run: Run, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Where a verdict stands against an earlier run."""
    baseline, state = run.header.baseline, verdict.baseline_state
    if baseline is not None and state:
        yield "baseline", f"{_STATES[state]} since the run of {baseline.started} ({baseline.path})"


class _Score:
    """Scores by NISTIR 7275 revision 4, tables 40 and 41: the mean of the policies, and a count.

    What is not known counts as if it had failed, and what does not apply does not count.
    """

    def __init__(self) -> None:
        self._counted = Counter[str]()
        self._passed = Counter[str]()

    def add(self, rule: Rule, result: str) -> None:
        """One more result."""
        if result not in _NOT_SCORED:
            self._counted[rule.policy.id] += 1
            self._passed[rule.policy.id] += result == "pass"

    def lines(self) -> Iterator[str]:
        """The elements of the scores."""
        shares = [self._passed[policy] / number for policy, number in self._counted.items()]
        mean = 100 * sum(shares) / len(shares) if shares else 0
        yield f'<score system="urn:xccdf:scoring:default" maximum="100">{mean:.2f}</score>\n'
        yield f'<score system="urn:xccdf:scoring:flat" maximum="{self._counted.total()}">'
        yield f"{self._passed.total()}</score>\n"
