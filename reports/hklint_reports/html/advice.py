"""What the page begins with after the answer: the causes, and what to do first."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from hklint.failure import ADVICE, MEANING, Reason
from hklint.verdict import Diagnosis, Evidence
from hklint_reports.html.blocks import cause_title
from hklint_reports.html.index import Column, Index, Rule
from hklint_reports.html.statuses import LOOKS, Status, cause_status
from hklint_reports.text import counted, sentence
from hklint_reports.wording import row_place

MOST_CAUSES = 10
"""Causes that are shown; each host has its own anyway."""
MOST_STEPS = 3
MOST_RULES = 5
MOST_LINES = 12
"""Lines of a fix."""


class Cause(NamedTuple):
    """A diagnosis with how many hosts have it, and the rows of its model that decided."""

    key: str
    title: str
    sentence: str
    on: str
    state: str
    model: str
    places: tuple[str, ...]


class Step(NamedTuple):
    """Something to do; `rule` is the one that it is about, or None. `fix` are registry values."""

    head: str
    lines: tuple[str, ...]
    rule: Rule | None = None
    fix_head: str = ""
    fix: tuple[str, ...] = ()


def on(hosts: int, of: int) -> str:
    """On how many hosts; nothing in a run of a single one."""
    return "" if of == 1 else f"on {hosts:,} of {of:,} hosts"


def told(index: Index) -> list[tuple[Diagnosis, int]]:
    """Diagnoses that read differently, with their hosts: those of most hosts first, works last."""
    hosts: Counter[Diagnosis] = Counter()
    for shared in index.diagnoses.all:
        hosts[_without_evidence(shared.item)] += shared.hosts
    return sorted(hosts.items(), key=lambda item: (item[0].works, -item[1]))


def _without_evidence(item: Diagnosis) -> Diagnosis:
    """A diagnosis as it is told: with the rows of its own model, and without what was read."""
    return Diagnosis(
        policy=item.policy,
        model=item.model,
        state=item.state,
        title=item.title,
        sentence=item.sentence,
        works=item.works,
        rows=tuple(row for row in item.rows if row.model == item.model),
        evidence=tuple[Evidence, ...](),
        next_steps=item.next_steps,
    )


def causes(index: Index) -> list[Cause]:
    """All causes that read differently."""
    return [
        Cause(
            key=LOOKS[cause_status(item)].key,
            title=cause_title(item),
            sentence=item.sentence,
            on=on(hosts, len(index.hosts)),
            state=item.state,
            model=item.model,
            places=tuple(row_place(row) for row in item.rows),
        )
        for item, hosts in told(index)
    ]


def steps(index: Index) -> Iterator[Step]:
    """What to do first: the causes that most hosts have, those not reached, the worst rules."""
    broken = [(item, hosts) for item, hosts in told(index) if not item.works]
    for item, hosts in broken[:MOST_STEPS]:
        where = on(hosts, len(index.hosts))
        head = f"O{where[1:]}: " if where else ""
        yield Step(f"{head}{cause_title(item)}", item.next_steps)
    yield from _not_reached(index)
    ill = [rule for rule in index.rules if rule.counts[Status.FAIL] or rule.counts[Status.UNKNOWN]]
    for rule in ill[:MOST_RULES]:
        fixes = list(dict.fromkeys(filter(None, map(_fix, rule.columns))))
        risks = dict.fromkeys(
            line
            for column in rule.columns
            for shared in column.failed
            for line in shared.item.explanation.affects
        )
        lines = tuple(line for fix, _ in fixes for line in fix)
        more = len(lines) - MOST_LINES
        yield Step(
            head=sentence(rule.title),
            lines=(*_counts(rule), *(f"May break: {line}" for line in risks)),
            rule=rule,
            fix_head="Fix" if all(alike for _, alike in fixes) else "Fix on the most hosts alike",
            fix=(*lines[:MOST_LINES], *([f"... {more} more lines"] if more > 0 else ())),
        )


def _fix(column: Column) -> tuple[tuple[str, ...], bool] | None:
    """What most of the hosts that fail need, and whether all of them need the same."""
    fixes: Counter[tuple[str, ...]] = Counter()
    for shared in column.failed:
        fixes[shared.item.explanation.fix] += shared.hosts
    del fixes[()]
    return (fixes.most_common(1)[0][0], len(fixes) == 1) if fixes else None


def _not_reached(index: Index) -> Iterator[Step]:
    reasons: Counter[Reason] = Counter()
    for shared in index.failures.all:
        reasons[shared.item.reason] += shared.hosts
    for reason, number in reasons.most_common(MOST_STEPS):
        yield Step(
            f"{counted(number, 'host')} gave no answer: {MEANING[reason]}.", (ADVICE[reason],)
        )


def _counts(rule: Rule) -> Iterator[str]:
    """What is wrong by a rule, and why that matters."""
    said = [
        f"{counted(rule.counts[status], 'verdict')} {LOOKS[status].word}"
        for status in (Status.FAIL, Status.UNKNOWN)
        if rule.counts[status]
    ]
    yield f"{rule.info.severity}, {', '.join(said)}"
    if rule.info.why:
        yield sentence(rule.info.why)
