"""Instances of one rule that tell the same story are told together."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hklint.verdict import Verdict
from hklint_reports.digest.groups import Group, Hosts
from hklint_reports.wording import parts


@dataclass(frozen=True, slots=True)
class Story:
    """Verdicts of one rule on the same hosts, with the same consequence."""

    verdicts: tuple[Verdict, ...]
    hosts: Hosts


def stories(groups: Iterable[Group[Verdict]]) -> list[Story]:
    """Groups put together where only the instance differs, in the order of first appearance."""
    found: dict[object, Story] = {}
    for group in groups:
        verdict = group.item
        key = (
            verdict.policy,
            verdict.rule,
            verdict.outcome,
            verdict.explanation.matters,
            verdict.explanation.then,
            verdict.waiver,
            verdict.expired_waiver,
            verdict.baseline_state,
            verdict.effect,
            verdict.since,
            group.hosts.number,
            group.hosts.mark,
        )
        earlier = found[key].verdicts if key in found else ()
        found[key] = Story((*earlier, verdict), group.hosts)
    return list(found.values())


def told_together(verdicts: Iterable[Verdict]) -> Iterator[tuple[str, str]]:
    """The labelled lines of several verdicts, each said once, indented ones below their head."""
    labels: dict[str, dict[str, dict[str, None]]] = {}
    for verdict in verdicts:
        head = ""
        for label, line in parts(verdict):
            sections = labels.setdefault(label, {})
            if not line.startswith(" "):
                head = line
            below = sections.setdefault(head, {})
            if line != head:
                below[line] = None
    for label, sections in labels.items():
        for head, below in sections.items():
            yield from ((label, line) for line in (head, *below) if line)
