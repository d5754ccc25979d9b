"""The verdicts of the report, worst first: in full as far as anybody reads, the rest in a line."""

from collections import Counter
from collections.abc import Callable, Iterator

from hklint.run import Baseline, Gone
from hklint.verdict import SEVERITIES, Outcome, Verdict
from hklint_reports.digest import Digest
from hklint_reports.digest.groups import Group, Hosts
from hklint_reports.digest.rules import Rule, in_baseline
from hklint_reports.digest.stories import Story, stories
from hklint_reports.terminal.blocks import WORDS, state_of, verdict_block
from hklint_reports.terminal.page import Line, Page, hanging, hosts_text, on_hosts, plain
from hklint_reports.text import counted, visible
from hklint_reports.wording import expectation, gone_ending

BLOCKS_SHOWN = 20
"""Verdicts explained in full where there are many hosts, unless all are asked for."""
BLOCKS_OF_A_RULE = 3
"""Of one rule that fails in different ways; the first way of all rules goes before."""
LINES_SHOWN = 40
"""Verdicts told in a line, of each kind, unless all are asked for."""

RuleName = tuple[str, str]
"""The ids of a policy and of a rule."""


def verdict_blocks(page: Page, digest: Digest) -> Iterator[list[Line]]:
    """What counts, then what the baseline has already, what is waived, what turned, and passes."""
    yield from _explained(page, digest, Outcome.FAIL, _counts, lambda rule: rule.failed)
    yield from _explained(page, digest, Outcome.UNKNOWN, _counts, lambda rule: rule.unknown)
    yield from _explained(page, digest, Outcome.PASS, _is_held, lambda _: None)
    yield from _known(page, digest)
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN):
        yield from _explained(page, digest, outcome, _is_waived, lambda rule: rule.waived)
    yield from _gone(page, digest)
    if page.options.verbose:
        yield from _explained(page, digest, Outcome.PASS, _is_well, lambda _: None)
    else:
        yield from _fixed(page, digest)


def _counts(verdict: Verdict) -> bool:
    return verdict.waiver is None and not in_baseline(verdict)


def _is_waived(verdict: Verdict) -> bool:
    return verdict.waiver is not None


def _is_only_known(verdict: Verdict) -> bool:
    return verdict.waiver is None and in_baseline(verdict)


def _is_held(verdict: Verdict) -> bool:
    return verdict.effect != ""


def _is_well(verdict: Verdict) -> bool:
    return not verdict.effect and _counts(verdict)


def _rule(verdict: Verdict) -> RuleName:
    return verdict.policy, verdict.rule


def _stories(digest: Digest, outcome: Outcome, wanted: Callable[[Verdict], bool]) -> list[Story]:
    groups = (
        group for group in digest.verdicts if group.item.outcome is outcome and wanted(group.item)
    )
    return stories(sorted(groups, key=_weight))


def _weight(group: Group[Verdict] | Group[Gone]) -> tuple[int, int]:
    return SEVERITIES.index(group.item.severity), -group.hosts.number


def _explained(
    page: Page,
    digest: Digest,
    outcome: Outcome,
    wanted: Callable[[Verdict], bool],
    hosts_of: Callable[[Rule], Hosts | None],
) -> Iterator[list[Line]]:
    """Blocks for the worst, a line for each of the others, and one for rules with many stories."""
    found = _stories(digest, outcome, wanted)
    shown, short, surplus = _chosen(found) if page.shortened else (found, [], Counter[RuleName]())
    yield from (verdict_block(page, story) for story in shown)
    lines = list(_lines(page, short))
    firsts = {_rule(story.verdicts[0]): story.verdicts[0] for story in found}
    beyond = {
        _rule(group.item)
        for group in digest.verdicts.others.values()
        if group.item.outcome is outcome and wanted(group.item)
    }
    for name, verdict in firsts.items():
        if name not in beyond and not surplus[name]:
            continue
        ways = "many other ways" if name in beyond else counted(surplus[name], "other way")
        rule = digest.rule(name)
        hosts = None if rule is None else hosts_of(rule)
        total = "" if hosts is None else f"; in all {on_hosts(page, hosts)}"
        lines += _short(page, verdict, verdict.rule, f"in {ways} as well{total}")
    if lines:
        told = "  --verbose explains more, the HTML report (`--report html=FILE`) all"
        yield [*lines, plain(told)]


def _chosen(found: list[Story]) -> tuple[list[Story], list[Story], Counter[RuleName]]:
    """What is explained, what is told in a line, and how many more stories of a rule there are.

    The first story of every rule goes before the second of any.
    """
    told = Counter[RuleName]()
    ways: list[tuple[int, int, Story]] = []
    for place, story in enumerate(found):
        rule = _rule(story.verdicts[0])
        told[rule] += 1
        if told[rule] <= BLOCKS_OF_A_RULE:
            ways.append((told[rule], place, story))
    ways.sort(key=lambda way: way[:2])
    shown = sorted(ways[:BLOCKS_SHOWN], key=lambda way: way[1])
    surplus = told - Counter(dict.fromkeys(told, BLOCKS_OF_A_RULE))
    return [way[2] for way in shown], [way[2] for way in ways[BLOCKS_SHOWN:]], surplus


def _known(page: Page, digest: Digest) -> Iterator[list[Line]]:
    """What the baseline has already, in a line each."""
    found = [
        story
        for outcome in (Outcome.FAIL, Outcome.UNKNOWN)
        for story in _stories(digest, outcome, _is_only_known)
    ]
    if not found:
        return
    baseline = page.run.header.baseline
    idle = "; this does not count" if baseline is not None and baseline.decides else ""
    since = plain(f"Known since the run of {_run_of(baseline)}{idle}:", "strong")
    if page.options.verbose:
        yield [since]
        yield from (verdict_block(page, story) for story in found)
    else:
        yield [since, *_lines(page, found), plain("  --verbose explains them")]


def _gone(page: Page, digest: Digest) -> Iterator[list[Line]]:
    """What failed in the baseline and fails no more."""
    groups = sorted(digest.gone, key=_weight)
    if not groups:
        return
    lines = [
        plain(f"Fails no more since the run of {_run_of(page.run.header.baseline)}:", "strong")
    ]
    limit = len(groups) if page.options.verbose else LINES_SHOWN
    for group in groups[:limit]:
        gone = group.item
        name = f"{gone.rule}[{gone.instance}]" if gone.instance else gone.rule
        where = "" if page.single else f" {hosts_text(page, group.hosts)}"
        text = (
            f"{visible(name)}: {visible(gone.title)}  ({gone.severity}){where}{gone_ending(gone)}"
        )
        lines += hanging((("  ", ""),), text, page.options.width)
    if (more := len(groups) - limit + len(digest.gone.others)) > 0:
        lines.append(plain(f"  ... and {more} more"))
    yield lines


def _fixed(page: Page, digest: Digest) -> Iterator[list[Line]]:
    """What was fixed since the earlier run, and is in effect."""
    since, found = page.run.header.since, _stories(digest, Outcome.PASS, _is_well)
    if since is not None and found:
        head = plain(f"Fixed since the run of {since.started} ({since.path}):", "strong")
        yield [head, *_lines(page, found)]


def _run_of(baseline: Baseline | None) -> str:
    return "" if baseline is None else f"{visible(baseline.started)} ({visible(baseline.path)})"


def _lines(page: Page, found: list[Story]) -> Iterator[Line]:
    limit = len(found) if page.options.verbose else LINES_SHOWN
    for story in found[:limit]:
        where = "" if page.single else f"{hosts_text(page, story.hosts)}: "
        more = len(story.verdicts) - 1
        also = f", and so in {counted(more, 'other instance')}" if more else ""
        first = story.verdicts[0]
        yield from _short(page, first, first.name, f"{where}{expectation(first)}{also}")
    if (more := len(found) - limit) > 0:
        yield plain(f"  ... and {more} more")


def _short(page: Page, verdict: Verdict, name: str, text: str) -> Iterator[Line]:
    """A verdict in a line, which goes on indented if it is a long one."""
    word, style = WORDS[verdict.outcome]
    head: Line = ((word, style), (f"[{visible(name)}]{state_of(verdict)} ", style))
    yield from hanging(head, f"({verdict.severity}) {text}", page.options.width)
