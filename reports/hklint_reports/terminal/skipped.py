"""What a reader should know beside the verdicts: rules that don't apply, facts that are old."""

from collections.abc import Iterator

from hklint.run import HostResult
from hklint.verdict import Outcome
from hklint_reports.terminal.groups import grouped
from hklint_reports.terminal.page import Line, Page, hosts_text
from hklint_reports.text import visible
from hklint_reports.wording import recorded_at

NAMES_SHOWN = 3
Skipped = tuple[str, tuple[str, ...], bool]
"""The reason, the rules, and whether these are all rules of the host."""


def skipped_lines(page: Page) -> Iterator[Line]:
    """The not applicable verdicts, by reason."""
    for group in grouped((host.host, skipped) for host in page.run.hosts for skipped in _of(host)):
        reason, names, everything = group.item
        what = f"all {len(names)} rules" if everything and len(names) > 1 else _names(page, names)
        where = "" if page.single else f" {hosts_text(page, group.hosts)}"
        text = f"  {what}{where}: {visible(reason)}"
        yield ((("not applicable"), "beside"), (text, ""))


def recorded_lines(page: Page) -> Iterator[Line]:
    """Hosts of several that were judged by facts read earlier, a line each."""
    for host in () if page.single else page.run.hosts:
        if recorded := recorded_at(page.run, host):
            text = f"  {visible(host.host)}: facts of {visible(recorded)}, {visible(host.target)}"
            yield (("recorded earlier", "beside"), (text, ""))


def _of(host: HostResult) -> Iterator[Skipped]:
    names: dict[str, list[str]] = {}
    for verdict in host.verdicts:
        if verdict.outcome is Outcome.NOT_APPLICABLE:
            names.setdefault(verdict.reason, []).append(verdict.name)
    for reason, rules in names.items():
        yield reason, tuple(rules), len(rules) == len(host.verdicts)


def _names(page: Page, names: tuple[str, ...]) -> str:
    limit = len(names) if page.options.verbose else NAMES_SHOWN
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(visible(name) for name in names[:limit]) + more
