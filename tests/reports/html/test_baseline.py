"""A run that was compared with an earlier one: what is new stands out, what is known does not."""

from collections.abc import Callable
from types import ModuleType
from xml.etree.ElementTree import Element

import msgspec

from hklint.run import Run
from hklint_reports.html import advice, start
from hklint_reports.html.index import Index
from hklint_reports.html.statuses import Status

Page = Callable[[Run], str]
Parsed = Callable[[str], Element]


def _badges(tree: Element) -> list[str | None]:
    return [item.text for item in tree.iter() if "badge" in item.get("class", "").split()]


def _lines(tree: Element, name: str) -> list[str]:
    return [
        " ".join("".join(line.itertext()).split())
        for item in tree.iter()
        if item.get("class") == name
        for line in item
    ]


def test_what_is_known_does_not_count(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    run = fleets.compared(runs)
    assert start.tiles(run)[0].said == "3 known"
    tree = parsed(page(run))
    assert _lines(tree, "tiles")[0] == "4 \u2717 failed (3 known)"
    assert Index(run).rules[0].info.id == "dotnet-uses-schannel-defaults"
    (step,) = advice.steps(Index(run))
    assert step.lines[0] == "high, 1 verdict failed"


def test_every_verdict_says_where_it_stands(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    badges = _badges(parsed(page(fleets.compared(runs))))
    assert badges == ["new", "known", "known", *("new", "known"), *("known", "known")]


def test_a_baseline_that_does_not_decide_is_only_told(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    run = fleets.compared(runs, decides=False)
    tree = parsed(page(run))
    assert _lines(tree, "tiles")[0] == "4 \u2717 failed"
    assert "known" in _badges(tree)
    assert {
        shared.status for _, column in Index(run).columns for shared in column.verdicts.all
    } == {
        Status.FAIL,
        Status.PASS,
    }


def test_what_is_mended_is_told(
    fleets: ModuleType, runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    tree = parsed(page(fleets.compared(runs)))
    line = "low Enabled and DisabledByDefault are both set on 2 of 2 hosts"
    assert _lines(tree, "gone") == [line]


def test_the_page_names_the_baseline(fleets: ModuleType, runs: ModuleType, page: Page) -> None:
    which = (
        "before.jsonl, the run of 2026-11-01T08:00:00Z over 2 hosts; what it has already is known"
    )
    assert f"<dd>{which}, and does not count</dd>" in page(fleets.compared(runs))
    shown = page(fleets.compared(runs, decides=False))
    assert f"<dd>{which}, and counts all the same</dd>" in shown


def test_without_a_baseline_nothing_is_said_of_one(
    runs: ModuleType, page: Page, parsed: Parsed
) -> None:
    text = page(runs.fleet())
    assert 'value="known"' not in text
    assert "<dt>baseline</dt>" not in text
    assert _badges(parsed(text)) == []


def test_the_end_of_a_waiver_counts_though_known(fleets: ModuleType, runs: ModuleType) -> None:
    run = fleets.compared(runs)
    header = msgspec.structs.replace(run.header, expired_waivers="fail")
    over = runs.NET_WAIVER.mark
    hosts = [
        msgspec.structs.replace(
            host,
            verdicts=tuple(
                msgspec.structs.replace(verdict, expired_waiver=over)
                for verdict in host.verdicts[:1]
            ),
        )
        for host in run.hosts
    ]
    index = Index(Run(header, hosts, run.summary))
    assert index.rules[0].counts == {Status.FAIL: 2}
