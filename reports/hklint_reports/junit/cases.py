"""The cases of a host: its verdicts, or that it was not reached."""

from collections.abc import Iterator
from functools import lru_cache

from hklint.counting import expired, holds, is_known
from hklint.fact import Unreadable
from hklint.run import HostResult, RunHeader
from hklint.verdict import BaselineState, Outcome, Verdict
from hklint_reports.junit.document import Case, Element, Escaped, escaped, passed, told
from hklint_reports.since import mark
from hklint_reports.waiving import waived_by
from hklint_reports.wording import expectation, failure_parts, parts

NAMES_KEPT = 20_000
"""Names of cases that are not made anew for each host, as most policies have fewer rules."""

_ELEMENTS: dict[Outcome, Element] = {
    Outcome.FAIL: "failure",
    Outcome.UNKNOWN: "error",
    Outcome.NOT_APPLICABLE: "skipped",
}
_STATES: dict[BaselineState, str] = {
    "new": "new",
    "unchanged": "known",
    "updated": "known, but changed,",
}


class Names:
    """Gives each name once; whoever comes second gets it with a number."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def free(self, name: Escaped) -> Escaped:
        """The name, or one like it."""
        free = name
        while free in self._given:
            self._given[name] += 1
            free = Escaped(f"{name} ({self._given[name]})")
        self._given[free] = 1
        return free


class Classes:
    """Class names of cases: policy and host, since GitLab shows neither suite nor package.

    Jenkins takes all before the last dot for a package, so a host has none there. GitLab knows a
    case by its class and name, and drops a second one without a word; so hosts that look alike,
    such as one in two snapshots, are numbered.
    """

    def __init__(self, package: str) -> None:
        self._package = package
        self._hosts = Names()

    def of(self, host: HostResult) -> dict[str, Escaped]:
        """The class names of a host by policy; "" stands for all policies together."""
        name = self._hosts.free(Escaped(escaped(host.host).replace(".", "_")))
        policies = {verdict.policy: verdict.policy for verdict in host.verdicts}
        return {
            key: Escaped(f"{escaped(policy)}.{name}")
            for key, policy in {**policies, "": self._package}.items()
        }


def host_cases(header: RunHeader, host: HostResult, classes: Classes) -> Iterator[Case]:
    """The cases of a host; no two of them have the same class and name."""
    classnames = classes.of(host)
    if host.failure is not None:
        said = [f"{label}: {text}" for label, text in failure_parts(host.failure)]
        kind = f"hklint.not-reached.{host.failure.reason}"
        name = escaped("host: The host was reached")
        yield told(classnames[""], name, "error", said[0], said[1:], kind)
    names = {policy: Names() for policy in classnames}
    for verdict in host.verdicts:
        policy = verdict.policy
        name = names[policy].free(_name(verdict.rule, verdict.instance, verdict.title))
        yield _case(header, verdict, classnames[policy], name)


@lru_cache(NAMES_KEPT)
def _name(rule: str, instance: str, title: str) -> Escaped:
    return escaped(f"{rule}[{instance}]: {title}" if instance else f"{rule}: {title}")


def _case(header: RunHeader, verdict: Verdict, classname: Escaped, name: Escaped) -> Case:
    outcome = verdict.outcome
    message = expectation(verdict)
    if outcome is Outcome.PASS and holds(header, verdict):
        message = f"{message}; {mark(verdict)}"
        return told(classname, name, "error", message, _body(header, verdict), "hklint.effect")
    if outcome is Outcome.PASS and verdict.waiver is None:
        return passed(classname, name)
    if accepted := _accepted(header, verdict):
        return told(classname, name, "skipped", f"{accepted}; {message}", _body(header, verdict))
    if outcome is Outcome.NOT_APPLICABLE:
        return told(classname, name, "skipped", message)
    kind = f"hklint.fail.{verdict.severity}" if outcome is Outcome.FAIL else _unknown(verdict)
    return told(classname, name, _ELEMENTS[outcome], message, _body(header, verdict), kind)


def _accepted(header: RunHeader, verdict: Verdict) -> str:
    """Why a verdict that is no pass does not count for the exit code, so is no red case either."""
    if verdict.waiver is not None:
        return waived_by(verdict.waiver)
    if is_known(header, verdict) and not expired(header, verdict):
        return _since(header, verdict)
    return ""


def _since(header: RunHeader, verdict: Verdict) -> str:
    """Where a verdict stands against the baseline; "" without one."""
    baseline, state = header.baseline, verdict.baseline_state
    if baseline is None or not state:
        return ""
    return f"{_STATES[state]} since the run of {baseline.started} ({baseline.path})"


def _body(header: RunHeader, verdict: Verdict) -> Iterator[str]:
    if since := _since(header, verdict):
        yield f"baseline: {since}"
    if turned := mark(verdict):
        yield f"since: {turned}"
    yield from (f"{label}: {text}" for label, text in parts(verdict))


def _unknown(verdict: Verdict) -> str:
    """The error's type: the first thing that could not be read gives the reason."""
    for evidence in verdict.evidence:
        if isinstance(evidence.observation, Unreadable):
            return f"hklint.unknown.{evidence.observation.reason}"
    return "hklint.unknown"
