"""The hosts of a run as a table, worst first: what an administrator of many looks at first."""

from collections.abc import Iterator

from rich.cells import cell_len

from hklint_reports.digest.worst_hosts import HostLine, WorstHosts
from hklint_reports.terminal.page import MANY_HOSTS, Line, Page, Style, plain
from hklint_reports.text import counted, visible

HOSTS_LISTED = 30
MORE_HOSTS_LISTED = 1000
"""When all is asked for."""
CAUSE_WIDTH = 32
"""Columns that are kept for the causes."""
NAME_WIDTH = 20
"""Columns that the names of hosts have in any case; what follows a longer one begins later."""
CAUSE_LIMIT = 60
"""Characters of a cause."""


def hosts_listed(page: Page) -> int:
    """How many of the worst hosts the table has; none for the few that the blocks name."""
    if page.run.summary.hosts < MANY_HOSTS:
        return 0
    return MORE_HOSTS_LISTED if page.options.verbose else HOSTS_LISTED


def host_lines(page: Page, hosts: WorstHosts) -> Iterator[Line]:
    """A line for each of the worst hosts, and one about the others."""
    listed = list(hosts)
    if not listed:
        return
    columns = _columns(page)
    heads = "  ".join(word for word, _ in columns)
    room = max(NAME_WIDTH, page.options.width - CAUSE_WIDTH - cell_len(heads))
    name_width = min(room, max(cell_len(visible(line.host)) for line in listed))
    why = "why" if any(map(_told, listed)) else ""
    yield (((f"  {heads}  {'host':<{name_width}}  {why}").rstrip(), "strong"),)
    for line in listed:
        yield from _host(page, line, columns, name_width)
    more, failing = hosts.left_out
    if more:
        others = f"{failing} of them with a failed rule" if failing else "none with a failed rule"
        where = "the HTML report (`--report html=FILE`) has all"
        yield plain(f"  ... and {counted(more, 'host')} more, {others}; {where}")


def _columns(page: Page) -> list[tuple[str, Style]]:
    columns: list[tuple[str, Style]] = [("failed", "fail"), ("unknown", "unknown")]
    if page.run.header.baseline is not None:
        columns.append(("new", "fail"))
    columns.append(("passed", "pass"))
    if page.run.header.waivers:
        columns.append(("waived", "beside"))
    return columns


def _host(
    page: Page, line: HostLine, columns: list[tuple[str, Style]], name_width: int
) -> Iterator[Line]:
    numbers = {
        "failed": line.failed,
        "unknown": line.unknown,
        "new": line.new,
        "passed": line.passed,
        "waived": line.waived,
    }
    pieces: list[tuple[str, Style]] = []
    if line.failure is not None:
        width = sum(len(word) + 2 for word, _ in columns)
        pieces.append((f"{'  not reached':<{width}}", "unknown"))
    else:
        for word, style in columns:
            number = numbers[word]
            pieces.append((f"  {number or '-':>{len(word)}}", style if number else "beside"))
    name = visible(line.host)
    told = _told(line)
    pieces.append((f"  {name}", ""))
    if not told:
        yield tuple(pieces)
        return
    gap = " " * max(2, name_width - cell_len(name) + 2)
    room = page.options.width - sum(cell_len(text) for text, _ in pieces) - len(gap)
    if cell_len(told) <= room:
        yield (*pieces, (f"{gap}{told}", "beside"))
    else:
        yield tuple(pieces)
        yield ((f"      {told}", "beside"),)


def _told(line: HostLine) -> str:
    """The worst of a host in a few words."""
    if line.failure is not None:
        return str(line.failure)
    causes = [visible(cause, CAUSE_LIMIT) if cause else "cause not known" for cause in line.causes]
    words = [line.worst] if line.worst else []
    return ": ".join([*words, ", ".join(causes)] if causes else words)
