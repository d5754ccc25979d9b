"""What a reader should know beside the verdicts: rules that don't apply, facts that are old."""

from collections.abc import Iterator

from hklint_reports.digest import Digest, HostFacts
from hklint_reports.terminal.page import Line, Page, hosts_text, plain, wrapped
from hklint_reports.text import counted, visible

NAMES_SHOWN = 3
REASONS_SHOWN = 8
"""Unless all are asked for."""


def skipped_lines(page: Page, digest: Digest) -> Iterator[Line]:
    """The not applicable verdicts, by reason."""
    groups = list(digest.skipped)
    limit = len(groups) if page.options.verbose else REASONS_SHOWN
    for group in groups[:limit]:
        reason, names, everything = group.item
        what = f"all {len(names)} rules" if everything and len(names) > 1 else _names(page, names)
        where = "" if page.single else f" {hosts_text(page, group.hosts)}"
        yield from _labelled(page, "not applicable", f"{what}{where}: {visible(reason)}")
    others = sum(group.hosts.number for group in groups[limit:])
    others += sum(group.hosts.number for group in digest.skipped.others.values())
    if others:
        text = "... and other rules or reasons; the HTML report has them all"
        yield from _labelled(page, "not applicable", text)


def recorded_lines(page: Page, digest: Digest) -> Iterator[Line]:
    """Hosts of several that were judged by facts read earlier, a line each."""
    if page.single:
        return
    for facts in digest.recorded:
        text = f"{visible(facts.host)}: facts of {visible(facts.recorded)}, {visible(facts.target)}"
        yield (("recorded earlier", "beside"), (f"  {text}", ""))
    if more := digest.recorded_hosts - len(digest.recorded):
        oldest = f"the oldest facts are of {visible(page.run.tally.recorded)}"
        yield (
            ("recorded earlier", "beside"),
            (f"  and {counted(more, 'host')} more; {oldest}", ""),
        )


def heading(facts: HostFacts) -> Iterator[Line]:
    """The one host of a run, by name."""
    windows = f"  ({facts.windows})" if facts.windows else ""
    yield plain(f"{facts.host}{windows}", "strong")
    if facts.recorded:
        yield plain(f"facts recorded {facts.recorded}, from {facts.target}")


def _labelled(page: Page, label: str, text: str) -> Iterator[Line]:
    for line in wrapped(text, page.options.width - len(label) - 2):
        yield ((label, "beside"), (f"  {line}", ""))
        label = " " * len(label)


def _names(page: Page, names: tuple[str, ...]) -> str:
    limit = len(names) if page.options.verbose else NAMES_SHOWN
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(visible(name) for name in names[:limit]) + more
