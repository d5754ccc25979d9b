"""Two runs, compared verdict by verdict."""

from collections import Counter

from msgspec.structs import replace

from hklint.comparing.causes import Judges, cause, fact_changes, judges
from hklint.comparing.hosts import ByHost
from hklint.comparing.judged_by import changed_models, parameter_changes, policy_changes
from hklint.comparing.kinds import kind
from hklint.comparing.seen import Key, Seen, SeenHost, seen, seen_host, state_of
from hklint.comparing.worse import exit_code
from hklint.comparison import (
    Cause,
    Change,
    Compared,
    Comparison,
    HostChange,
    Hosts,
    Kind,
    Side,
    State,
)
from hklint.run import HostResult, Run
from hklint.verdict import SEVERITIES, Outcome, Severity

_KINDS = tuple(Kind)
_ABSENT = Side(State.ABSENT, "", "", "")
_NOT_REACHED = Side(State.NOT_REACHED, "", "", "")
_STILL = (Kind.STILL_FAILING, Kind.STILL_UNKNOWN, Kind.STILL_WAIVED)


def compare_runs(
    before: tuple[str, Run], after: tuple[str, Run], fail_on: Severity | None = None
) -> Comparison:
    """What turned between two runs, each given with its path.

    Without `fail_on`, what counted in the later run counts. Of the earlier run is kept, for each
    verdict, a reference of eight bytes to what its host may share with others; of the later one
    the names of the hosts, for each rule that turned in the same way.
    """
    earlier, later = before[1], after[1]
    found = _Found(judges(earlier.header, later.header))
    same: dict[Seen, Seen] = {}
    for result in earlier.hosts:
        found.before.add(result, seen_host(result, same))
    for result in later.hosts:
        found.add(result)
    comparison = Comparison(
        before=_compared(*before),
        after=_compared(*after),
        fail_on=fail_on or later.header.fail_on,
        allow_unknown=later.header.allow_unknown,
        exit_code=0,
        policies=policy_changes(earlier.header, later.header),
        parameters=parameter_changes(earlier.header, later.header),
        models=changed_models(earlier.header, later.header),
        hosts=found.hosts(),
        verdicts=found.verdicts,
        counts={one: found.counts[one] for one in Kind},
        changes=found.changes(),
    )
    return replace(comparison, exit_code=exit_code(comparison))


def _compared(path: str, run: Run) -> Compared:
    return Compared(
        path=path,
        started=run.header.started,
        hklint=run.header.hklint,
        command=run.header.command,
        hosts=run.summary.hosts,
        not_reached=run.summary.hosts_not_reached,
        interrupted=run.summary.interrupted,
        exit_code=run.summary.exit_code,
    )


class _Found:
    """What has been found so far, the hosts of the later run being added one by one."""

    def __init__(self, by: Judges) -> None:
        self._by = by
        self._hosts: dict[str, list[HostChange]] = {
            name: [] for name in ("lost", "appeared", "back", "silent")
        }
        self._both = 0
        self._alike: dict[Change, list[str]] = {}
        self.before: ByHost[SeenHost] = ByHost()
        self.counts = Counter[Kind]()
        self.verdicts = 0

    def add(self, result: HostResult) -> None:
        """One more host of the later run."""
        earlier = self.before.find(result)
        if earlier is not None:
            earlier.met = True
        self._add_host(result, earlier)
        if result.failure is None:
            self._add_verdicts(result, earlier)

    def _add_host(self, result: HostResult, earlier: SeenHost | None) -> None:
        reached = result.failure is None
        if earlier is None:
            self._hosts["appeared"].append(_host_change(result))
        elif earlier.reason:
            self._hosts["back" if reached else "silent"].append(_host_change(result))
        elif reached:
            self._both += 1
        else:
            reason = _host_change(result).reason
            self._hosts["lost"].append(replace(_seen_change(earlier), reason=reason))

    def _add_verdicts(self, result: HostResult, earlier: SeenHost | None) -> None:
        before: dict[Key, Seen] = {one.key: one for one in earlier.verdicts} if earlier else {}
        for verdict in result.verdicts:
            was = before.pop((verdict.policy, verdict.rule, verdict.instance), None)
            self.verdicts += was is not None
            if was is not None and verdict.outcome is Outcome.PASS and was.side.state is State.PASS:
                self.counts[Kind.UNCHANGED] += 1
            else:
                self._add_pair(result.host, earlier, was, seen(verdict))
        for was in before.values():
            self._add_pair(result.host, earlier, was, None)

    def _add_pair(
        self, host: str, earlier: SeenHost | None, was: Seen | None, now: Seen | None
    ) -> None:
        absent = _NOT_REACHED if earlier is not None and earlier.reason else _ABSENT
        one = now or was
        assert one is not None
        sides = (was.side if was else absent, now.side if now else _ABSENT)
        what = kind(sides[0].state, sides[1].state)
        self.counts[what] += 1
        if what is Kind.UNCHANGED:
            return
        quiet = what in _STILL and sides[0] == sides[1]
        facts = () if quiet else fact_changes(was, now)
        why = cause(what, was, now, facts, self._by) if was else _cause_of_new(earlier)
        ended = was.waiver if was and what is Kind.WAIVER_ENDED else None
        change = Change(
            kind=what,
            policy=one.policy,
            rule=one.rule,
            instance=one.instance,
            title=one.title,
            severity=one.severity,
            was=sides[0],
            now=sides[1],
            cause=why,
            facts=facts,
            waiver=(now.waiver if now else None) or ended,
            hosts=(),
        )
        self._alike.setdefault(change, []).append(host)

    def hosts(self) -> Hosts:
        """How the hosts differ, when all have been added."""
        gone = tuple(_seen_change(host) for host in self.before if not host.met)
        rest = {name: tuple(hosts) for name, hosts in self._hosts.items()}
        return Hosts(self._both, gone=gone, **rest)

    def changes(self) -> tuple[Change, ...]:
        """What turned, the worst first, each with its hosts."""
        changes = (replace(change, hosts=tuple(hosts)) for change, hosts in self._alike.items())
        return tuple(sorted(changes, key=_rank))


def _rank(change: Change) -> tuple[object, ...]:
    severity = SEVERITIES.index(change.severity)
    return (
        *(_KINDS.index(change.kind), severity, -len(change.hosts)),
        *(change.policy, change.rule, change.instance, change.now.found, change.hosts),
    )


def _cause_of_new(earlier: SeenHost | None) -> Cause:
    if earlier is None:
        return Cause.NEW_HOST
    return Cause.NOT_REACHED_BEFORE if earlier.reason else Cause.NEW_RULE


def _host_change(result: HostResult) -> HostChange:
    states = Counter(map(state_of, result.verdicts))
    reason = str(result.failure.reason) if result.failure is not None else ""
    return HostChange(result.host, states[State.FAIL], states[State.UNKNOWN], reason)


def _seen_change(host: SeenHost) -> HostChange:
    states = Counter(verdict.side.state for verdict in host.verdicts)
    return HostChange(host.name, states[State.FAIL], states[State.UNKNOWN], host.reason)
