"""The page: what its templates draw of a run."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from hklint.run import Run
from hklint.verdict import SEVERITIES
from hklint_reports.html import advice, start, tls
from hklint_reports.html.blocks import BADGES, Block, Blocks
from hklint_reports.html.data import document
from hklint_reports.html.index import Column, Host, Index, Rule
from hklint_reports.html.links import Link, links
from hklint_reports.html.statuses import LOOKS, VERDICTS, Look, Status
from hklint_reports.html.tables import Tables
from hklint_reports.since import since_line
from hklint_reports.wording import not_asked

SMALL = 500
"""Verdicts up to which the page has everything without its script."""

_PLAIN = re.compile(r"[a-z0-9][a-z0-9.-]*")
Protocols = list[tuple[str, tuple[tls.Cell, ...]]]


class Group(NamedTuple):
    """A verdict with the hosts that share it; `number` is that of the script's data."""

    number: int
    name: str
    look: Look
    block: Block
    hosts: tuple[str, ...]


class Entry(NamedTuple):
    """A verdict in the list of a host, or in the matrix; `number` is -1 where there is none."""

    number: int
    look: Look
    badge: str
    name: str
    title: str


_NO_ENTRY = Entry(-1, Look("none", "no verdict", ""), "", "", "")


class Page:
    """A run as its page shows it: indexed, with what stands at the beginning."""

    looks = LOOKS
    statuses = VERDICTS
    severities = SEVERITIES
    roles = tls.ROLES
    not_reached = LOOKS[Status.NOT_REACHED]

    def __init__(self, run: Run) -> None:
        self.run = run
        self.index = Index(run)
        self.tables = Tables(run.header.documents)
        for cause in self.index.diagnoses.all:
            self.tables.add(cause.item.rows)
        for _, column in self.index.columns:
            for shared in column.verdicts.all:
                self.tables.add(shared.item.rows)
        self.blocks = Blocks(run.header.documents, self.tables)
        self.columns = [(self.index.rules[number], column) for number, column in self.index.columns]
        self._first = _firsts(self.columns)
        self.verdicts = sum(run.summary.counts.values())
        self.small = self.verdicts <= SMALL
        self.banner = start.banner(run)
        self.title = start.title(run, self.index)
        self.baseline = start.baseline(run)
        self.since = since_line(run)
        self.gone = start.gone(self.index)
        self.tiles = start.tiles(run)
        causes = advice.causes(self.index)
        self.causes = causes[: advice.MOST_CAUSES]
        self.more_causes = len(causes) - len(self.causes)
        self.steps = list(advice.steps(self.index))
        self.nothing = start.nothing(run)
        self.notes = start.notes(run)
        self.interrupted = not_asked(run) if run.summary.interrupted else ""
        self.fleet = _protocols(self.index.pictures)
        self.asked = sorted({host.asked for host in self.index.hosts if host.asked})

    def on(self, hosts: int) -> str:
        """On how many hosts; nothing in a run of a single one."""
        return advice.on(hosts, len(self.index.hosts))

    def picture(self, host: Host) -> Protocols:
        """The states of protocols on one host; nothing if none was judged."""
        return _protocols(Counter([host.picture]))

    def anchor(self, rule: Rule) -> str:
        """Where a rule stands on the page; the same in every run where its names are plain."""
        names = (rule.policy.id, rule.info.id)
        if all(map(_PLAIN.fullmatch, names)):
            return "/".join(names)
        return f"rule/{self.index.rules.index(rule)}"

    def links(self, rule: Rule) -> list[Link]:
        """The pages that a rule rests on."""
        return list(links(rule.info.references))

    def groups(self, rule: Rule) -> list[Group]:
        """The verdicts of a rule with their hosts, the worst first."""
        groups = [group for column in rule.columns for group in self._groups(column)]
        order = list(LOOKS.values())
        return sorted(groups, key=lambda group: (order.index(group.look), -len(group.hosts)))

    def _groups(self, column: Column) -> Iterator[Group]:
        hosts: list[list[str]] = [[] for _ in column.verdicts.all]
        for host, number in zip(self.index.hosts, self.index.order, strict=True):
            if cell := column.cell(number):
                hosts[cell - 1].append(host.name)
        for number, shared in enumerate(column.verdicts.all):
            yield Group(
                self._first[id(column)] + number,
                shared.item.name,
                LOOKS[shared.status],
                self.blocks.verdict(shared),
                tuple(hosts[number]),
            )

    def entries(self, number: int) -> Iterator[Entry]:
        """What a host has in each column; `number` is its place in the list of hosts."""
        host = self.index.order[number]
        for _, column in self.columns:
            cell = column.cell(host)
            if cell == 0:
                yield _NO_ENTRY
                continue
            shared = column.verdicts.all[cell - 1]
            shown = self._first[id(column)] + cell - 1
            badge = BADGES[shared.item.baseline_state]
            yield Entry(shown, LOOKS[shared.status], badge, shared.item.name, shared.item.title)

    def worst_first(self, number: int) -> list[Entry]:
        """The verdicts of a host."""
        order = list(LOOKS.values())
        entries = [entry for entry in self.entries(number) if entry.number >= 0]
        return sorted(entries, key=lambda entry: order.index(entry.look))

    def cause(self, number: int) -> Block:
        """A cause by its number."""
        return self.blocks.diagnosis(self.index.diagnoses.all[number].item)

    def failure(self, host: Host) -> Block:
        """Why a host was not reached."""
        return self.blocks.failure(self.index.failures.all[host.failure].item)

    def data(self) -> Iterator[Markup]:
        """The data of the script, which are no markup."""
        for piece in document(self.index, self.blocks):
            yield Markup(piece)  # noqa: S704 - script_json leaves nothing to escape


def _firsts(columns: list[tuple[Rule, Column]]) -> dict[int, int]:
    """The number of the first verdict of each column, as the script's data count them."""
    first, found = 0, dict[int, int]()
    for _, column in columns:
        found[id(column)] = first
        first += len(column.verdicts.all)
    return found


def _protocols(pictures: Counter[str]) -> Protocols:
    return [] if set(pictures) <= {tls.NOTHING} else tls.fleet_table(pictures)
