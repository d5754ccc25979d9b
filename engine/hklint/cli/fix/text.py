"""A fix in words: what may break, what changes, what it mends, what it leaves, what to do."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hklint.fact import RegistryValue
from hklint.fix import Conflict, Fix, HostFix, Left, Restart
from hklint.fixing.forms.group_policy import left_out
from hklint.judging.show import show
from hklint_reports.terminal.page import wrapped
from hklint_reports.text import counted, one_line, visible

MOST_HOSTS = 10
"""How many hosts are named one by one; `hosts.csv` has all."""

RESTART: dict[Restart, str] = {
    "computer": "one restart of the computer",
    "service": "a restart of the services concerned",
    "none": "no restart",
}


_BESIDES = "Windows waits for a restart besides, which this change does not need:"
WAITING: dict[Restart, str] = {
    "computer": "Windows waits for a restart already, and the one restart serves both:",
    "service": _BESIDES,
    "none": _BESIDES,
}


def headline(fix: Fix, found: Sequence[HostFix]) -> str:
    """The fix in one line: `EX01: 6 values to change, 5 verdicts mended, one restart ...`."""
    values = counted(len(fix.steps), "value")
    mended = max(len(item.mends) for item in found)
    return (
        f"{_hosts(fix.hosts)}: {values} to change, {counted(mended, 'verdict')} mended, "
        f"{RESTART[fix.restart]}"
    )


def _hosts(hosts: Sequence[str]) -> str:
    shown = ", ".join(map(visible, hosts[:MOST_HOSTS]))
    more = len(hosts) - MOST_HOSTS
    return f"{shown} and {counted(more, 'more host')}" if more > 0 else shown


def fix_lines(fix: Fix, found: Sequence[HostFix], width: int) -> Iterator[str]:
    """Everything about a fix that several hosts may share; `found` is what was derived for each."""
    first = found[0]
    yield from _section("It may break:", dict.fromkeys(_all(item.affects for item in found)), width)
    yield "It changes:"
    for place, steps in groupby(fix.steps, key=lambda step: _key(step.fact)):
        yield from _wrapped(place, width, 2)
        for step in steps:
            name = visible(step.fact.value) or "(default)"
            change = f"{name}: {visible(show(step.before))} -> {visible(show(step.after))}"
            yield from _wrapped(change, width, 6)
    yield from _section("It mends, proved by judging the changed facts:", first.mends, width)
    yield from _section(WAITING[fix.restart], filter(None, _waiting(found)), width)
    if not all(item.smallest for item in found):
        yield from wrapped(
            "The search was cut short: a smaller set of values may do as well.", width
        )


def _waiting(found: Sequence[HostFix]) -> Iterable[str]:
    """Why Windows waits for a restart, each reason once."""
    return dict.fromkeys(item.waiting for item in found)


def order_lines(fix: Fix, width: int) -> Iterator[str]:
    """What to do with the files, in order."""
    steps = ["Read what it may break, and what it changes."]
    steps.append("Keep the rollback files where you find them without this computer.")
    steps.append(
        "Check that the host is still as it was: take a new snapshot if the one there is is old."
    )
    steps.append(
        "Merge fix.reg on the host, as an administrator: `reg import fix.reg`. Or run fix.ps1 "
        "there, first with -WhatIf: it refuses if the host is no longer as it was."
    )
    steps.append(_for_many(fix))
    if fix.restart == "computer":
        steps.append("Restart the computer, once. Until then nothing changes.")
    elif fix.restart == "service":
        steps.append("Restart the services concerned.")
    steps.append("Check again.")
    yield "In this order:"
    for number, step in enumerate(steps, 1):
        yield from _wrapped(f"{number}. {step}", width, 2)


def _for_many(fix: Fix) -> str:
    out = left_out(fix)
    if len(out) == len(fix.steps):
        return "Instead, for many hosts: fix.yml with Ansible. Group Policy can't make this change."
    text = "Instead, for many hosts: fix.yml with Ansible, or registry.pol with Group Policy."
    names = (f"{step.fact.hive}\\{step.fact.key}: {step.fact.value}" for step in out)
    return f"{text} Not in registry.pol: {visible('; '.join(names))}." if out else text


def left_lines(found: HostFix, width: int) -> Iterator[str]:
    """What a host's fix does not mend, and why: the rules that can't pass together first."""
    yield from _section("Can't pass together:", map(_conflict, found.conflicts), width)
    yield from _section("It leaves as it is:", map(_left, found.left), width)


def _conflict(conflict: Conflict) -> str:
    rules = " and ".join(map(visible, conflict.rules))
    facts = "; ".join(visible(str(fact)) for fact in conflict.facts)
    return f"{rules}. They differ on {facts}." if facts else f"{rules}."


def _left(item: Left) -> str:
    return f"{visible(item.rule)} ({item.outcome}, {item.severity}): {visible(one_line(item.says))}"


def _key(fact: RegistryValue) -> str:
    return visible(f"{fact.hive}\\{fact.key} [{fact.view}]")


def _section(title: str, items: Iterable[str], width: int) -> Iterator[str]:
    listed = list(items)
    if listed:
        yield title
        for item in listed:
            yield from _wrapped(f"- {item}", width, 2)


def _all(groups: Iterable[Iterable[str]]) -> Iterator[str]:
    return (item for group in groups for item in group)


def _wrapped(text: str, width: int, indent: int) -> Iterator[str]:
    first, *rest = wrapped(text, width - indent - 2) or [""]
    yield " " * indent + first
    for line in rest:
        yield " " * (indent + 2) + line
