"""The index of a run: which verdict each host has by each rule, what hosts share kept once.

One pass over the hosts. What stays in memory is a number for each verdict, and the verdicts that
differ from each other.
"""

import re
from array import array
from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import msgspec

from hklint.failure import Failure
from hklint.run import HostResult, PolicyInfo, RuleInfo, Run
from hklint.tally import recorded_at
from hklint.verdict import SEVERITIES, DecidingRow, Diagnosis, Evidence, Severity, Verdict
from hklint_reports.html import tls
from hklint_reports.html.statuses import VERDICTS, Status, cause_status, status_of

T = TypeVar("T")
MOST_LISTED = 3
"""Values of `for_each` that a rule's title lists."""
_HOLE = re.compile("<([a-z][a-z0-9_]*)>")
_CHOICE = re.compile("([a-z][a-z0-9_]*)=(.*?)(?=,[a-z][a-z0-9_]*=|$)")
"""A name and its value, as `Verdict.instance` has them."""


@dataclass(slots=True)
class Shared(Generic[T]):
    """Something that several hosts have alike, with what it states of protocols."""

    item: T
    status: Status
    stated: tls.Stated
    hosts: int = 0


class Pool(Generic[T]):
    """Things that differ from each other, numbered as they are first seen."""

    def __init__(self) -> None:
        self.all: list[Shared[T]] = []
        self._numbers: dict[Hashable, int] = {}

    def add(self, item: T, key: Hashable, status: Status, rows: Iterable[DecidingRow] = ()) -> int:
        """The number of a thing that a host has; things with one key are alike."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.all)
            self.all.append(Shared(item, status, tls.stated(rows)))
        self.all[number].hosts += 1
        return number


@dataclass(slots=True)
class Column:
    """One rule, or one instance of it, over all hosts.

    `cells` has a number for each host, in their order: 0 for no verdict, else that of the verdict
    in `verdicts`, counted from 1.
    """

    verdicts: Pool[Verdict] = field(default_factory=Pool[Verdict])
    cells: "array[int]" = field(default_factory=lambda: array("I"))

    @property
    def first(self) -> Verdict:
        """The verdict that names the column."""
        return self.verdicts.all[0].item

    @property
    def failed(self) -> list[Shared[Verdict]]:
        """The verdicts that count as failed."""
        return [shared for shared in self.verdicts.all if shared.status is Status.FAIL]

    def cell(self, host: int) -> int:
        """The number that a host has; hosts behind the last one with a verdict have none."""
        return self.cells[host] if host < len(self.cells) else 0


@dataclass(slots=True)
class Rule:
    """A rule of the run with its columns. `counts` is by status, `hosts` how many failed it."""

    policy: PolicyInfo
    info: RuleInfo
    columns: list[Column] = field(default_factory=list[Column])
    counts: Counter[Status] = field(default_factory=Counter[Status])

    @property
    def title(self) -> str:
        """Its title, with the values of `for_each` that verdicts have where it names them."""
        return _HOLE.sub(self._filled_in, self.info.title)

    def _filled_in(self, hole: re.Match[str]) -> str:
        """Few values are listed; `<role>` stays as it is where no verdict tells them."""
        name = hole[1]
        choices = (_CHOICE.findall(column.first.instance) for column in self.columns)
        values = list(
            dict.fromkeys(value for each in choices for key, value in each if key == name)
        )
        if len(values) > MOST_LISTED:
            return f"each {name}"
        return "/".join(values) or hole[0]

    def weight(self) -> tuple[int, int, int]:
        """What orders rules, the worst first: the worst that happened, severity, how often."""
        worst = next((status for status in VERDICTS if self.counts[status]), Status.PASS)
        return worst, SEVERITIES.index(self.info.severity), -self.counts[worst]


@dataclass(slots=True)
class Host:
    """A host as the page lists it; `diagnoses` and `failure` are numbers in the index, or -1."""

    name: str
    target: str
    windows: str
    recorded: str
    asked: str
    failure: int
    diagnoses: tuple[int, ...]
    picture: str
    counts: tuple[int, ...]

    def weight(self) -> tuple[int, ...]:
        """What orders hosts, the worst first."""
        failed, *others = self.counts
        return -failed, self.failure < 0, *(-count for count in others)


class Index:
    """What the page shows of a run, the worst first."""

    def __init__(self, run: Run) -> None:
        self.diagnoses = Pool[Diagnosis]()
        self.failures = Pool[Failure]()
        self.gone = Counter[tuple[str, Severity]]()
        self._texts: dict[str, str] = {}
        self._columns: dict[tuple[str, str, str, int], Column] = {}
        rules = {
            (policy.id, rule.id): Rule(policy, rule)
            for policy in run.header.policies
            for rule in policy.rules
        }
        hosts = [self._host(run, result, number) for number, result in enumerate(run.hosts)]
        self.order = sorted(range(len(hosts)), key=lambda number: hosts[number].weight())
        self.hosts = [hosts[number] for number in self.order]
        for (policy, rule, _, _), column in self._columns.items():
            entry = rules[policy, rule]
            entry.columns.append(column)
            for shared in column.verdicts.all:
                entry.counts[shared.status] += shared.hosts
        self.rules = sorted(rules.values(), key=Rule.weight)
        self.pictures = Counter(host.picture for host in self.hosts)

    @property
    def columns(self) -> Iterable[tuple[int, Column]]:
        """All columns, each with the number of its rule."""
        for number, rule in enumerate(self.rules):
            yield from ((number, column) for column in rule.columns)

    def _host(self, run: Run, result: HostResult, number: int) -> Host:
        counts = [0] * len(VERDICTS)
        stated: set[tls.Stated] = set()
        for verdict in result.verdicts:
            column = self._column(verdict, number)
            status = status_of(run.header, verdict)
            shared = column.verdicts.add(verdict, _key(verdict), status, verdict.rows)
            column.cells.append(shared + 1)
            counts[status] += 1
            stated.add(column.verdicts.all[shared].stated)
        diagnoses = tuple(
            self.diagnoses.add(item, _key(item), cause_status(item), item.rows)
            for item in result.diagnoses
        )
        self.gone.update((item.title, item.severity) for item in result.gone)
        stated.update(self.diagnoses.all[number].stated for number in diagnoses)
        failure = result.failure
        return Host(
            name=result.host,
            target=result.target,
            windows=self._once(result.windows),
            recorded=self._once(recorded_at(run.header, result)),
            asked=self._once(_asked(result)),
            failure=-1 if failure is None else self._failure(failure),
            diagnoses=diagnoses,
            picture=self._once(tls.picture(stated)),
            counts=tuple(counts),
        )

    def _failure(self, failure: Failure) -> int:
        return self.failures.add(failure, failure, Status.NOT_REACHED)

    def _once(self, text: str) -> str:
        """The same text, kept once for all hosts that have it."""
        return self._texts.setdefault(text, text)

    def _column(self, verdict: Verdict, host: int) -> Column:
        """The column of a verdict, filled up to the host; a second one if the host stands there."""
        occurrence = 0
        while True:
            key = (verdict.policy, verdict.rule, verdict.instance, occurrence)
            column = self._columns.get(key)
            if column is None:
                column = self._columns[key] = Column()
            missing = host - len(column.cells)
            if missing >= 0:
                column.cells.extend([0] * missing)
                return column
            occurrence += 1


def _key(item: Verdict | Diagnosis) -> Hashable:
    """What is told of it; of its evidence what is shown, as the raw record of a request differs."""
    shown = tuple((entry.fact, entry.shown) for entry in item.evidence)
    return msgspec.structs.replace(item, evidence=tuple[Evidence, ...]()), shown


def _asked(result: HostResult) -> str:
    """As whom and how the host was asked, as its snapshot says."""
    source = (result.snapshot or {}).get("source")
    try:
        said = msgspec.convert(source, _Source)
    except msgspec.ValidationError:
        return ""
    return ", ".join(part for part in (said.account, said.transport) if part)


class _Source(msgspec.Struct):
    """What is shown of a snapshot's source."""

    account: str = ""
    transport: str = ""
